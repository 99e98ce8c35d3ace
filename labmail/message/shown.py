"""Something to look at: text in a terminal, a small picture in a notebook, with the same content.

Every ``show()`` of this room returns a `Shown`. Printed, in a screen reader, or compared by a test
it is plain text; nothing in it depends on anything but the letter, so that a notebook gives the
same output on each run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """Something to look at: ``text`` in a terminal, ``html`` in a notebook."""

    text: str
    html: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html


def cut(items: list[str], most: int, what: str) -> list[str]:
    """The first ``most`` items, and how many more there are.

    >>> cut(["a", "b", "c"], 2, "letters")
    ['a', 'b', '… and 1 more letters']
    """
    return items[:most] + more(len(items), most, what)


def more(count: int, most: int, what: str) -> list[str]:
    return [f"… and {count - most:,} more {what}"] if count > most else []
