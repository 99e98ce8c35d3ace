"""``exiqgrep``: those letters of the queue that fit.

    exiqgrep -f '^<alice@' -i       ids of letters from alice: for xargs exim -Mrm
    exiqgrep -z -c                  how many are frozen
    exiqgrep -o 86400               older than a day

The oldest letter comes first; with -R, last.

Law: Exim specification, §53.3 (exiqgrep).
"""

from __future__ import annotations

import getopt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from labmail.mta.recipient import Recipient

from ..queue.listing import head, listed_size
from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

OPTIONS = "hf:r:y:o:s:C:zxlibRcaG:E:"
CHOOSING = ("-f", "-r", "-s", "-y", "-o", "-z", "-x", "-c")
"""At least one of these must be said."""
HELP = """\
exiqgrep: shows those messages of the queue that fit.

which:  -f PATTERN  sender, as <a@b.test>     -z  only frozen ones
        -r PATTERN  one of its recipients     -x  only such that are not
        -s PATTERN  size, as it is listed     -y SECONDS  younger, -o SECONDS  older
how:    -l  as exim -bp has it (so it is without a word), -b  in one line, -i  ids, -c  how many
        -R  the newest first, -a  recipients who have got it, too
"""

Fits = Callable[["Letter"], bool]


async def exiqgrep(mta: Mta, words: Sequence[str]) -> Said:
    """What the program says for these words."""
    try:
        pairs, rest = getopt.getopt(list(words), OPTIONS)
    except getopt.GetoptError as wrong:
        return Said(0, out=HELP, err=f"Unknown option: {wrong.opt}\n")
    options = dict(pairs)
    if "-h" in options:
        return Said(out=HELP)
    if rest or not any(each in options for each in CHOOSING):
        return Said(1, out=HELP)
    try:
        fits = _chooser(options, mta.office.now())
    except (re.error, ValueError) as wrong:
        return Said(255, err=f"exiqgrep: {wrong}\n")
    waiting = [letter for letter in mta.queue if letter.waiting]
    found = [letter for letter in waiting if fits(letter)]
    if "-R" in options:
        found.reverse()
    if "-c" in options:
        return Said(out=f"{len(found)} matches out of {len(waiting)} messages\n")
    now, everybody = mta.office.now(), "-a" in options
    return Said(out="".join(_shown(letter, options, now, everybody) for letter in found))


def _chooser(options: dict[str, str], now: float) -> Fits:
    """All that a letter must be. Raises re.error, ValueError."""
    wanted: list[Fits] = []
    if "-f" in options:
        sender = re.compile(options["-f"], re.IGNORECASE)
        wanted.append(lambda letter: sender.search(f"<{letter.sender}>") is not None)
    if "-r" in options:
        to = re.compile(options["-r"], re.IGNORECASE)
        wanted.append(lambda letter: any(map(to.search, _names(letter, "-a" in options))))
    if "-s" in options:
        big = re.compile(options["-s"])
        wanted.append(lambda letter: big.search(listed_size(letter)) is not None)
    if "-y" in options:
        young = _seconds(options["-y"])
        wanted.append(lambda letter: now - letter.received < young)
    if "-o" in options:
        old = _seconds(options["-o"])
        wanted.append(lambda letter: now - letter.received > old)
    if "-z" in options:
        wanted.append(lambda letter: letter.frozen is not None)
    if "-x" in options:
        wanted.append(lambda letter: letter.frozen is None)
    return lambda letter: all(fits(letter) for fits in wanted)


def _seconds(text: str) -> int:
    """A number, as far as there is one."""
    found = re.match(r"[0-9]+", text)
    if found is None:
        raise ValueError(f"expected seconds, found {text!r}")
    return int(found[0])


def _names(letter: Letter, everybody: bool) -> Iterator[str]:
    for name in dict.fromkeys(letter.recipients):
        done = Recipient(name).unique in letter.done
        if not done:
            yield name
        elif everybody:
            yield f"D {name}"


def _shown(letter: Letter, options: dict[str, str], now: float, everybody: bool) -> str:
    if "-i" in options:
        return f"{letter.id}\n"
    names = list(_names(letter, everybody))
    if "-b" in options:
        return f"{letter.id} From: <{letter.sender}> To: {';'.join(names)}\n"
    return "".join([head(letter, now), "\n", *(f"\t  {name}\n" for name in names), "\n"])
