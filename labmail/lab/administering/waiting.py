"""The queue as a notebook shows it: which letters wait, since when, for whom, and until when.

What ``exim -bp`` prints for an administrator (Exim specification §5.2), and two things more that
the host knows: why a recipient was put off, and when it is tried again.

    mail.example.com, Mon 2 Mar 2026 09:02:08: 1 letter waits
      2:07 min  462 octets  1vwz8D-000006-HP  <alice@example.com>
                bob@ask.com: deferred, Connection timed out; next try Mon 2 Mar 2026 09:17:08

Try: ``lab.host("mail.example.com").queue``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from labmail.message import Shown, look
from labmail.message.visible import octets, visible
from labmail.trace import Place
from labmail.trace.icons import PATHS, STATES
from labmail.trace.words import after, day

from ..show_town import letters
from ..showable import Showable, title

if TYPE_CHECKING:
    from labmail.mta.letter import Letter

PlacesOf = Callable[[str], Mapping[str, Place]]


@dataclass(frozen=True, slots=True)
class WaitingFor:
    """One recipient who has not got the letter yet. ``next_try`` is POSIX seconds, or None."""

    address: str
    state: str
    why: str
    next_try: float | None

    def __str__(self) -> str:
        why = f", {self.why}" if self.why else ""
        soon = f"; next try {day(self.next_try)}" if self.next_try is not None else ""
        return visible(f"{self.address}: {self.state}{why}{soon}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in a queue. ``age`` in seconds, ``size`` in octets; ``letter`` is the lab's name."""

    id: str
    age: float
    size: int
    sender: str
    recipients: tuple[WaitingFor, ...]
    letter: str | None = None


class WaitingLetters(Showable, tuple[Waiting, ...]):
    """The queue of one host at one moment, oldest letter first. Look again to see it change."""

    host: str
    time: float

    def __new__(cls, rows: Iterable[Waiting], host: str, time: float) -> WaitingLetters:
        queue = super().__new__(cls, rows)
        queue.host, queue.time = host, time
        return queue

    def show(self) -> Shown:
        """As text and as a table."""
        head = f"{self.host}, {day(self.time)}"
        if not self:
            empty = "The queue is empty."
            card = look.card(look.row(title("queue", head, empty, "keep")), label="queue")
            return Shown(f"{head}: {empty.lower()}", card)
        count = f"{letters(len(self))} wait{'s' if len(self) == 1 else ''}"
        table = look.table(COLUMNS, chain.from_iterable(map(_cells, self)))
        card = look.card(look.row(title("queue", head, count, "keep"), table), label="queue")
        return Shown("\n".join([f"{head}: {count}", *_lines(self)]), card)

    def __repr__(self) -> str:
        return str(self)


COLUMNS = ("letter", "age, size", "for", "state", "next try")


def _lines(rows: Iterable[Waiting]) -> Iterator[str]:
    for row in rows:
        size = octets(row.size)
        yield visible(f"  {after(row.age):<8}  {size}  {row.id}  <{row.sender}>")
        yield from (f"            {each}" for each in row.recipients)


def _cells(row: Waiting) -> Iterator[tuple[str, ...]]:
    """A row for each recipient; what is true of the whole letter stands in the first."""
    whole: tuple[str, ...] = (
        f"{look.code(row.id)}<br>from {look.code(f'<{row.sender}>')}",
        f"{look.esc(after(row.age))}<br>{look.esc(octets(row.size))}",
    )
    for each in row.recipients:
        due = "" if each.next_try is None else day(each.next_try)
        yield (*whole, look.esc(each.address), _state(each), look.esc(due))
        whole = ("", "")


def _state(each: WaitingFor) -> str:
    """Sign and word, never colour alone."""
    colour, drawing = STATES.get(each.state, STATES["under way"])
    sign = f"<span class='lm-{colour}'>{look.icon(PATHS[drawing])} {look.esc(each.state)}</span>"
    return f"{sign}<br>{look.esc(each.why)}" if each.why else sign


def waiting_letters(
    queue: Iterable[Letter], host: str, now: float, places: PlacesOf
) -> WaitingLetters:
    """What ``queue`` holds at this moment. ``places`` says where a letter of the trace lies."""
    return WaitingLetters([_row(letter, now, places) for letter in queue], host, now)


def _row(letter: Letter, now: float, places: PlacesOf) -> Waiting:
    known = places(letter.name) if letter.name else {}
    recipients = []
    for each in letter.waiting:
        due = letter.next_tries.get(each.address)
        state = "frozen" if letter.frozen is not None else "deferred" if due else "under way"
        place = known.get(each.address)
        why = place.detail if place and state == place.state else ""
        recipients.append(WaitingFor(each.address, state, why, None if state == "frozen" else due))
    age = now - letter.received
    return Waiting(letter.id, age, letter.size, letter.sender, tuple(recipients), letter.name)
