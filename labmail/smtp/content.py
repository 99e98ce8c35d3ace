r"""Content: the letter itself between 354 and the dot, and how its end is found.

The end of a letter is a line with nothing but a dot: exactly CR LF ``.`` CR LF (RFC 5321
§4.1.1.4). A line of the letter that begins with a dot is sent with one more, and the receiver takes
it away again (§4.5.2, *transparency*)::

    in the letter        on the wire
    Dear Bob,            Dear Bob,
    .hidden              ..hidden
                         .              ◀── the end

Only CR LF counts. ``\n.\n``, ``\r.\r`` and ``\n.\r\n`` are text, and stay in the letter byte for
byte: a server that took one of them for the end would see two letters where another sees one, which
was the SMTP smuggling of 2023 (CVE-2023-51764 and its kin).

The content is read in chunks, not in lines, which is several times faster. What goes over the
limit is thrown away as it comes, in flat memory.

Try: ``intake = Intake(1000); intake.feed(b"Subject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n")``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CRLF = b"\r\n"
END = b"\r\n.\r\n"
SHOWN = 65_536
"""Octets of the wire that are kept to be shown."""

_RECEIVED = re.compile(rb"^Received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


@dataclass(frozen=True, slots=True)
class Content:
    """A letter that has come in. ``letter`` is None where it was over the limit."""

    letter: bytes | None
    wire: bytes
    """The first octets as they came over the wire, dots and end included."""
    elided: int
    """How many more octets of the wire there were."""

    @property
    def wire_size(self) -> int:
        return len(self.wire) + self.elided


class Intake:
    """Takes in one letter's content. ``limit`` is in octets of the letter; more is not kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray(CRLF)  # as if a line had just ended: "." may be the first line
        self._room = limit
        self._wire = b""
        self._dropped = 0

    def feed(self, chunk: bytes) -> bytes | None:
        """Takes a chunk. Gives None until the end came, then what followed it: commands."""
        buffer, searched = self._buffer, max(0, len(self._buffer) - len(END) + 1)
        buffer += chunk
        end = buffer.find(END, searched)
        if end < 0:
            if self._dropped or self._over():
                self._drop()
            return None
        rest = bytes(memoryview(buffer)[end + len(END) :])
        del buffer[end + len(END) :]
        return rest

    def _over(self) -> bool:
        """Whether the letter is over the limit already, its added dots not counted."""
        if len(self._buffer) <= self._room:
            return False
        self._room = self.limit + self._buffer.count(CRLF + b".") + 2 * len(END)
        return len(self._buffer) > self._room

    def _drop(self) -> None:
        self._wire = self._wire or bytes(self._buffer[2 : 2 + SHOWN])
        keep = len(END) - 1
        self._dropped += len(self._buffer) - keep
        del self._buffer[:-keep]

    @property
    def size(self) -> int:
        """Octets that came over the wire so far."""
        return self._dropped + len(self._buffer) - len(CRLF)

    def finish(self) -> Content:
        """The letter, once `feed` has found its end."""
        wire = self._wire or bytes(self._buffer[2 : 2 + SHOWN])
        elided = self.size - len(wire)
        letter = None if self._dropped else self._letter()
        return Content(letter, wire, elided)

    def clear(self) -> None:
        """Lets go of the octets at once: whoever was cut off may still be held by a traceback."""
        self._buffer.clear()

    def _letter(self) -> bytes | None:
        """The letter without the first dot of each line that begins with one (§4.5.2)."""
        letter = bytes(memoryview(self._buffer)[2 : -len(END) + 2])
        if letter.startswith(b"."):
            letter = letter[1:]
        letter = letter.replace(b"\r\n.", CRLF)
        return letter if len(letter) <= self.limit else None


def stuffed(content: bytes) -> bytes:
    r"""What a client sends after 354: dots doubled, the end added (RFC 5321 §4.5.2).

    A bare CR or LF becomes CR LF, since a client must not send one alone (§2.3.8).

    >>> stuffed(b".hidden\r\n")
    b'..hidden\r\n.\r\n'
    """
    content = with_line_ends(content)
    if not content.endswith(b"\r\n") and content:
        content += b"\r\n"
    dotted = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if dotted.startswith(b".") else b"") + dotted + b".\r\n"


def with_line_ends(content: bytes) -> bytes:
    """The content with every bare CR or LF made CR LF; itself where there is none."""
    pairs = content.count(b"\r\n")
    if pairs == content.count(b"\n") == content.count(b"\r"):
        return content
    return _BARE.sub(b"\r\n", content)


def hops(content: bytes) -> int:
    """How many ``Received:`` fields the header has: hosts that the letter has passed (§6.3)."""
    end = 0 if content.startswith(CRLF) else content.find(CRLF + CRLF)
    return len(_RECEIVED.findall(content, 0, end if end >= 0 else len(content)))


def has_longer_line(content: bytes, limit: int) -> bool:
    """Whether a line is longer than ``limit`` octets, CR LF included. Leaps, does not walk."""
    start, size = 0, len(content)
    while size - start > limit:
        end = content.rfind(b"\r\n", start, start + limit)
        if end < 0:
            return True
        start = end + 2
    return False
