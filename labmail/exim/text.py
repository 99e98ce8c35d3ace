"""A string of the engine: octets, and whether they can be trusted.

Exim computes with octets. Here each octet is one character of a latin-1 `str`, so that ``len``,
slices and patterns count as Exim does; at the edges `of` and `octets` turn bytes into text and
back, and nothing is lost on the way.

Beside the text goes one bit: *tainted* means that a stranger chose it (a header, an address, a
word of a dialogue). Tainted text may be compared and looked up, but it may not name a file or a
program. The bit is a field of its own and not a property of the string, since everything that
joins two strings would forget it: whoever joins says what the result is.

Law: Exim specification, §9.1 and chapter 11, on tainted data (since 4.94).

Try: ``Text("bob", tainted=True) + Text("@ask.com")``.
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """Some octets as a latin-1 `str`, and whether they are tainted."""

    text: str
    tainted: bool = False

    @classmethod
    def of(cls, octets: bytes, tainted: bool = False) -> Text:
        """The text for octets from outside; every octet has its character."""
        return cls(octets.decode("latin-1"), tainted)

    @property
    def octets(self) -> bytes:
        """What leaves the engine."""
        return self.text.encode("latin-1")

    def like(self, text: str) -> Text:
        """Other octets, trusted as these are: what was made of a stranger's word is a stranger's.

        >>> Text("Bob", tainted=True).like("bob")
        Text(text='bob', tainted=True)
        """
        return Text(text, self.tainted)

    def __add__(self, other: object) -> Text:
        """Joined: tainted if either is."""
        if not isinstance(other, Text):
            return NotImplemented
        return Text(self.text + other.text, self.tainted or other.tainted)


EMPTY = Text("")
