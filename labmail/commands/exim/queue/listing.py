"""``-bp``: the letters that wait.

    25m  2.9K 1vwz8C-000001-00 <alice@example.com>
            D anna@example.com
              bob@ask.com

     3d   412 1vwz8C-000007-00 <> *** frozen ***
              nobody@example.com

    -bpc   how many            -bpu   only recipients who have not got it
    -bpr   in any order        -bpa   also addresses made of them, and done: +D
                               -bpra, -bpru   both

Law: Exim specification, §5.3 (-bp…).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from labmail.mta.queue.listing import age, size
from labmail.mta.recipient import Recipient

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter


def listed(mta: Mta, flags: str, ids: Iterable[str], remark: str = "") -> Said:
    """The listing of all letters, or of those with these ids; ``remark`` goes to the errors."""
    queue, now = mta.queue, mta.office.now()
    if flags == "c":
        return Said(out=f"{len(queue)}\n")
    wanted = list(ids)
    if not wanted:
        return Said(out="".join(_entry(each, now, flags) for each in queue), err=remark)
    entries = (_entry(queue[i], now, flags) if i in queue else _missing(i) for i in wanted)
    return Said(out="".join(entries), err=remark)


def _entry(letter: Letter, now: float, flags: str) -> str:
    lines = (head(letter, now), *_recipients(letter, flags), "")
    return "".join(f"{line}\n" for line in lines)


def head(letter: Letter, now: float) -> str:
    """The first line of an entry: age, size, id and sender."""
    frozen = "" if letter.frozen is None else " *** frozen ***"
    how_old = age(now - letter.received)
    return f"{how_old:>3} {listed_size(letter):>5} {letter.id} <{letter.sender}>{frozen}"


def listed_size(letter: Letter) -> str:
    """The size as Exim lists it, by the files: there, a line of the header ends in LF."""
    label = letter.label
    return size(label.head_size + label.body_size + 1 - label.lines)


def _recipients(letter: Letter, flags: str) -> Iterator[str]:
    done, known = letter.done, set()
    for name in dict.fromkeys(letter.recipients):
        unique = Recipient(name).unique
        known.add(unique)
        if unique not in done:
            yield f"          {name}"
        elif "u" not in flags:
            yield f"        D {name}"
    if "a" in flags:
        yield from (f"       +D {name}" for name in sorted(done - known))


def _missing(message_id: str) -> str:
    return f"      {message_id}\n    *** spool read error: No such file or directory ***\n\n"
