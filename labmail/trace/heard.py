"""Lines as they crossed the wire, cut where their ends are: what both sides of a dialogue heard.

A `Line` keeps its exact octets, line end included, so that a reader can see whether it was CR LF.
`Cutter` cuts a stream into such lines; what has no end yet waits.

Try::

    >>> cutter = Cutter()
    >>> cutter.feed(b"EHLO x\\r\\nMA"), cutter.rest
    ([b'EHLO x\\r\\n'], b'MA')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .meaning import Meaning

Kind = Literal["command", "answer", "content", "reply", "more"]
"""Of a line: a command, a login's answer, a part of a letter; a reply, or a further line of one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the dialogue. ``masked``: it held a secret, which is not kept.

    ``meaning`` explains a reply, at its last line.
    """

    speaker: Literal["C", "S"]
    octets: bytes
    kind: Kind
    masked: bool = False
    meaning: Meaning | None = None

    @property
    def text(self) -> str:
        """The line without its end, one character for each octet that is not UTF-8."""
        octets = self.octets.removesuffix(b"\n").removesuffix(b"\r")
        return octets.decode("utf-8", "backslashreplace")


class Cutter:
    """Cuts octets into lines at each LF; the LF stays with its line."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, octets: bytes) -> list[bytes]:
        """The lines that are whole now."""
        lines = (self.rest + octets).split(b"\n")
        self.rest = lines.pop()
        return [line + b"\n" for line in lines]
