"""Letters in one place, as a list that a notebook shows as a table: a mailbox, what was fetched.

Try: ``lab.user("bob@ask.com").mailbox``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from ..message import Header, Shown, look
from ..message.visible import octets, shorten, visible
from .show_town import letters
from .showable import Showable, title


class LetterLike(Protocol):
    """What a list of letters needs to know of each."""

    @property
    def header(self) -> Header: ...

    @property
    def subject(self) -> str: ...

    @property
    def content(self) -> bytes: ...


T = TypeVar("T", bound=LetterLike)


class Letters(Showable, list[T]):
    """A list of letters; ``place`` says where they are: ``Bob's mailbox on mail.ask.com``."""

    def __init__(self, items: Iterable[T], place: str, drawing: str = "mailbox") -> None:
        super().__init__(items)
        self.place, self.drawing = place, drawing

    def show(self) -> Shown:
        """A line for each: number, sender, subject, size."""
        rows = [_cells(number, letter) for number, letter in enumerate(self)]
        count = letters(len(self))
        lines = [f"{visible(self.place)}: {count}"]
        wide = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
        for row in rows:
            cells = (f"{cell:<{width}}" for cell, width in zip(row, [*wide, 0], strict=True))
            lines.append(f"  {'  '.join(cells)}")
        table = look.table(("", "from", "subject", "size"), [map(look.esc, row) for row in rows])
        inner = title(self.drawing, self.place, count, "keep") + (table if rows else "")
        return Shown("\n".join(lines), look.card(look.row(inner), label=self.place))

    def __repr__(self) -> str:
        return str(self)


def _cells(number: int, letter: Any) -> tuple[str, str, str, str]:
    sender = shorten(letter.header.text("From", "?"), 40)
    subject = shorten(letter.subject or "(no subject)", 60)
    return str(number), visible(sender), visible(subject), octets(len(letter.content))
