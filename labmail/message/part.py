"""A part of a message: a leaf with content, or a branch with parts of its own. RFC 2045, RFC 2046.

A part is written like a small message: a header, an empty line, a body. Two fields say how to read
the body, and they are two different things::

    Content-Type: text/plain; charset=utf-8          what it is
    Content-Transfer-Encoding: quoted-printable      how its bytes are written in lines of ASCII

A part here holds no copy of its bytes: it knows where in the letter it begins and ends.

Try: ``print(Message(content).tree())``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .charset import decode_charset
from .filename import safe_name
from .header import Header
from .parameters import Parameters, read_parameters
from .show_tree import show_tree
from .shown import Shown

_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, eq=False)
class Part:
    """One node of the MIME tree. ``path`` numbers it as IMAP does (``1.2``; ``""`` for the whole).

    ``type`` is in lower case, ``text/plain`` where none is given (RFC 2045 §5.2). ``problems`` are
    sentences about what was wrong with it.
    """

    source: bytes = field(repr=False)
    """The whole letter."""
    path: str
    header: Header
    start: int
    """Where its body begins in `source`."""
    end: int
    type: str
    content_type: Parameters = field(repr=False)
    parts: tuple[Part, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def raw(self) -> bytes:
        """The body of the part as it travels, encoded."""
        return self.source[self.start : self.end]

    @property
    def size(self) -> int:
        """Octets of `raw`."""
        return self.end - self.start

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case, ``7bit`` where none is given (RFC 2045 §6.1)."""
        value = read_parameters(self.header.get("Content-Transfer-Encoding")).value
        return value or "7bit"

    @property
    def charset(self) -> str | None:
        """The charset in lower case; ``us-ascii`` for text that names none; None for the rest."""
        given = self.content_type.get("charset")
        if given:
            return given.lower()
        return "us-ascii" if self.type.startswith("text/") else None

    @cached_property
    def _disposition(self) -> Parameters:
        return read_parameters(self.header.get("Content-Disposition"))

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline``, or ``""`` where the sender did not say (RFC 2183)."""
        return self._disposition.value

    @property
    def filename(self) -> str | None:
        """The name that the sender suggests, decoded, as hostile as it came. See `safe_name`."""
        return self._disposition.get("filename") or self.content_type.get("name")

    @property
    def safe_name(self) -> str:
        """A name under which it may be saved."""
        return safe_name(self.filename, default="attachment")

    @property
    def is_attachment(self) -> bool:
        """True for a leaf that is meant to be saved rather than read on the spot."""
        if self.parts and self.type != "message/rfc822":
            return False
        return self.disposition == "attachment" or not (
            self.type in ("text/plain", "text/html") or self.disposition == "inline"
        )

    @property
    def content(self) -> bytes:
        """The bytes that the author put in: the transfer encoding taken off, as far as it goes."""
        if self.encoding == "base64":
            return _base64(self.raw)
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(self.raw)
        return self.raw

    @property
    def text(self) -> str:
        """The content as characters, line ends as ``\\n``; latin-1 where the charset is unknown.

        Bytes that mean nothing in the charset become U+FFFD.
        """
        content = self.content
        text = decode_charset(content, self.charset or "utf-8")
        text = content.decode("latin-1") if text is None else text
        return text.replace("\r\n", "\n")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, from top to bottom."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.parts))

    def show(self) -> Shown:
        """The tree from here down: type, charset, encoding, size and name of each part."""
        return show_tree(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __str__(self) -> str:
        return str(self.show())

    def __repr__(self) -> str:
        return f"<Part {self.path or 'root'}: {self.type}, {self.size} octets>"


def _base64(raw: bytes) -> bytes:
    """Characters outside the alphabet are skipped (RFC 2045 §6.8), a torn end is dropped."""
    letters = _NO_BASE64.sub(b"", raw.partition(b"=")[0])
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))
