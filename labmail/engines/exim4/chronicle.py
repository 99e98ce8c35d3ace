"""The chronicle: what the logs of real Exims say, told as the lab's events.

Exim writes a line when something has happened; the lab tells an event with its cause, so that a
letter has one story from desk to desk::

    a line          which letter is it?       told by
    <=              witnesses.py              coming.py     from whom, every word, on disk
    => -> and so on book.py                   going.py      which router, to which host or mailbox
    == ** and words book.py                   staying.py    until when, why not, frozen, completed

A line ``<=`` waits a moment until somebody has said whose letter it is, and a line ``==`` until it
is known when Exim tries again; later lines about the letter wait behind it. What no log tells is
not told: which rules let a letter pass, which routers declined, what the DNS was asked.

Law: Exim specification, chapter 53. Try: ``Lab("two_companies", engine="exim4")`` and a letter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from labmail.mta.events import Spooled
from labmail.trace import Event, Recorder

from .book import Book, Known, Place, Surroundings
from .coming import came
from .ear import Receipt
from .going import went
from .logline import DELIVERED, LogLine
from .staying import given_up, noted, put_off, refused
from .witnesses import Witnesses


class Chronicle:
    """Tells ``trace`` what the logs of all the town's Exims say.

    ``is_hinted``: whether it is known what a host remembers of its last failures.
    """

    def __init__(
        self, trace: Recorder, around: Surroundings, is_hinted: Callable[[str], bool]
    ) -> None:
        self.book, self.witnesses = Book(trace, around), Witnesses(around.hosts)
        self._is_hinted = is_hinted
        self._waiting: defaultdict[Place, list[LogLine]] = defaultdict(list)
        for event in trace.events:
            self._remember(event)
        self._forget = trace.watch(self.witnesses.client_says)

    def close(self) -> None:
        """Listens no longer."""
        self._forget()

    def known(self, host: str, id: str) -> Known | None:
        """What is known of a letter that waits at a host under an id."""
        return self.book.letters.get((host, id))

    def _remember(self, event: Event) -> None:
        """A letter of an earlier run that still waits is the same letter."""
        if isinstance(event, Spooled) and event.letter:
            place = event.host, event.id
            self.book.letters[place] = Known(
                *place, event.letter, event.sender, event.recipients, event.name
            )

    def heard(self, host: str, id: str, receipt: Receipt, *, by_exim: bool) -> None:
        """An ear at ``host`` hands in the receipt of a letter; see `Witnesses.ear_says`."""
        self.witnesses.ear_says((host, id), receipt, by_exim=by_exim)

    # -- lines

    def read(self, host: str, line: LogLine) -> None:
        """A line of a host's log, in its order."""
        place = host, line.id
        if not line.id:
            refused(self.book, host, line)
        elif place in self._waiting or not self._is_ready(place, line):
            self._waiting[place].append(line)
        else:
            self._tell(place, line)

    @property
    def waits(self) -> bool:
        """Whether any line waits."""
        return bool(self._waiting)

    def go_on(self, *, at_last: bool = False) -> None:
        """Tells what need not wait any more; ``at_last``: nobody will say any more."""
        for place in tuple(self._waiting):
            if place in self._waiting:
                self._release(place, at_last=at_last)

    def _is_ready(self, place: Place, line: LogLine) -> bool:
        if line.flag == "==":
            return self._is_hinted(place[0])
        return line.flag != "<=" or "H" not in line.fields or self.witnesses.is_final(place)

    def _release(self, place: Place, *, at_last: bool = False) -> None:
        """Tells the lines of a place in their order, up to one that must wait."""
        lines = self._waiting.pop(place, [])
        while lines and (at_last or self._is_ready(place, lines[0])):
            self._tell(place, lines.pop(0))
        if lines:
            self._waiting[place] = lines

    def _tell(self, place: Place, line: LogLine) -> None:
        book = self.book
        if line.flag == "<=":
            came(book, place, line, self.witnesses.use(place))
        elif line.flag in DELIVERED:
            went(book, book.letter(place), line, self.witnesses, self._release)
        elif line.flag == "==":
            put_off(book, book.letter(place), line)
        elif line.flag == "**":
            given_up(book, book.letter(place), line)
        else:
            noted(book, book.letter(place), line)
