"""The body: what the letter says. RFC 5322 §2.3.

Everything after the first empty line. For a mail server it is bytes in lines and nothing more; MIME
(`mime`) gives it kinds, parts and charsets, and only the programs at the two ends of the road read
those.

Try::

    >>> Body(b"Dear Bob,\\r\\nlunch?\\r\\n").lines
    (b'Dear Bob,', b'lunch?')
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .show import show_body
from .shown import Shown


@dataclass(frozen=True)
class Body:
    """The bytes as they are in transit: CRLF line ends, transfer encodings still on."""

    content: bytes

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """The lines without their line ends."""
        lines = self.content.split(b"\n")
        return tuple(line.removesuffix(b"\r") for line in (lines[:-1] if not lines[-1] else lines))

    def __bytes__(self) -> bytes:
        return self.content

    def __len__(self) -> int:
        """Octets."""
        return len(self.content)

    def show(self) -> Shown:
        """For the notebook: the first lines as they travel, and the size."""
        return show_body(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __str__(self) -> str:
        return str(self.show())

    def __repr__(self) -> str:
        return f"<Body: {len(self.lines)} lines, {len(self)} octets>"
