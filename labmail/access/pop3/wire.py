"""A message on the wire: how its end is marked, and how its top is cut off.

A reply of many lines ends in a line with a single dot. A line of the message that begins with a dot
must not be taken for it, so it is given one more, which the client takes away again (RFC 1939 §3)::

    message    .signature CRLF        wire    ..signature CRLF
                                              . CRLF

Both work on pieces, wherever a piece may be cut, and hold none of them.

Try::

    >>> content = Content(None, keep=65536)
    >>> content.feed(b"a\\r\\n.b\\r\\n") + content.end()
    b'a\\r\\n..b\\r\\n.\\r\\n'
"""

from __future__ import annotations

END = b".\r\n"


class Stuffer:
    """Doubles the dots at the start of lines, piece by piece."""

    def __init__(self) -> None:
        self._at_start = True

    def feed(self, piece: bytes) -> bytes:
        """``piece`` as it goes over the wire."""
        if not piece:
            return piece
        wire = piece.replace(b"\n.", b"\n..")
        if self._at_start and piece.startswith(b"."):
            wire = b"." + wire
        self._at_start = piece.endswith(b"\n")
        return wire


class Top:
    """Lets the header, the empty line and the first ``lines`` of the body through (RFC 1939 §7)."""

    def __init__(self, lines: int) -> None:
        self.done = False
        self._left = lines
        self._in_header = True
        self._begun = b""
        """The first octets of a header line that was cut by the end of a piece."""

    def feed(self, piece: bytes) -> bytes:
        """The part of ``piece`` that belongs to the top; ``done`` when there is no more."""
        start = self._body(piece) if self._in_header else 0
        if self._in_header:
            return piece
        while self._left and (end := piece.find(b"\n", start) + 1):
            self._left -= 1
            start = end
        self.done = not self._left
        return piece[:start] if self.done else piece

    def _body(self, piece: bytes) -> int:
        """Where the body begins in ``piece``, if it does."""
        start = 0
        while end := piece.find(b"\n", start) + 1:
            if self._begun + piece[start : min(end, start + 3)] == b"\r\n":
                self._in_header = False
                return end
            start, self._begun = end, b""
        self._begun = (self._begun + piece[start : start + 3])[:3]
        return start


class Content:
    """A message, or its top of ``lines`` lines, on its way to the client.

    ``shown`` keeps the first octets of it for the trace, as they went over the wire; ``elided``
    counts the others.
    """

    def __init__(self, lines: int | None, keep: int) -> None:
        self.shown, self.elided = bytearray(), 0
        self._top = None if lines is None else Top(lines)
        self._stuffer, self._keep = Stuffer(), keep

    @property
    def done(self) -> bool:
        """Whether no more of the message is wanted."""
        return self._top is not None and self._top.done

    def feed(self, piece: bytes) -> bytes:
        """The octets to send for a piece of the message."""
        return self._note(self._stuffer.feed(self._top.feed(piece) if self._top else piece))

    def end(self) -> bytes:
        """The octets to send behind the last piece."""
        return self._note(END)

    def _note(self, octets: bytes) -> bytes:
        room = max(0, self._keep - len(self.shown))
        self.shown += octets[:room]
        self.elided += len(octets[room:])
        return octets
