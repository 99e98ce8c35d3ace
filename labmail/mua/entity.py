"""An entity: a header and a body, as MIME sends them, one in another. RFC 2045 §2.4.

Mail was made for lines of ASCII, at most 998 octets long, and some hosts on the road may still know
no more. So what is not that is dressed up for the journey (RFC 2045 §6)::

    7bit               it is lines of ASCII already: as it stands
    quoted-printable   mostly ASCII: "café" is "caf=C3=A9", and can still be read
    base64             the rest: 3 octets are 4 letters, in lines of 76: a third more, and line ends

Try::

    >>> text_entity("Das Café").body
    b'Das Caf=C3=A9\\r\\n'
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from labmail.message import Header, write_parameters

from .attachment import Attachment

LONGEST_LINE = 998


@dataclass(frozen=True)
class Entity:
    """``header`` holds its Content- fields; ``body`` is ready for the wire."""

    header: Header = field(default_factory=Header)
    body: bytes = b""

    def __bytes__(self) -> bytes:
        return bytes(self.header) + b"\r\n" + self.body


def text_entity(text: str, subtype: str = "plain") -> Entity:
    """Text for people: UTF-8, or US-ASCII where that suffices; ends with a line end.

    Raises `ValueError` for a half of a character (a lone surrogate), which UTF-8 cannot say.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    lines += "" if lines.endswith("\n") or not lines else "\n"
    try:
        content = lines.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the text has half a character at position {error.start}: expected whole ones"
        ) from None
    charset = "us-ascii" if lines.isascii() else "utf-8"
    return _leaf(f"text/{subtype}", {"charset": charset}, content, text=True)


def attachment_entity(attachment: Attachment) -> Entity:
    """A file: its bytes come out as they went in, line ends too (so base64, text or not).

    A letter in a letter may not be encoded (RFC 2046 §5.2.1) and is sent as it stands.
    """
    shown = "inline" if attachment.cid else "attachment"
    disposition = write_parameters(shown, filename=attachment.name)
    if attachment.type == "message/rfc822":
        entity = _enclosed(attachment.content)
    else:
        entity = _leaf(attachment.type, {}, attachment.content, text=False)
    header = entity.header.add("Content-Disposition", disposition)
    if attachment.cid:
        header = header.add("Content-ID", f"<{attachment.cid}>")
    return Entity(header, entity.body)


def multipart(subtype: str, parts: Sequence[Entity], boundary: str) -> Entity:
    """Several entities in one. The boundary is made longer until it occurs in none of them."""
    written = [bytes(part) for part in parts]
    while any(b"--" + boundary.encode() in part for part in written):
        boundary += "+"
    mark = b"--" + boundary.encode("ascii")
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in written) + mark + b"--\r\n"
    value = write_parameters(f"multipart/{subtype}", boundary=boundary)
    return Entity(Header().add("Content-Type", value), body)


def _leaf(kind: str, parameters: dict[str, str], content: bytes, *, text: bool) -> Entity:
    encoding, body = encode(content, text=text)
    header = Header().add("Content-Type", write_parameters(kind, **parameters))
    return Entity(header.add("Content-Transfer-Encoding", encoding), body)


def _enclosed(content: bytes) -> Entity:
    header = Header().add("Content-Type", "message/rfc822")
    encoding = "7bit" if content.isascii() else "8bit"
    return Entity(header.add("Content-Transfer-Encoding", encoding), content)


def encode(content: bytes, *, text: bool) -> tuple[str, bytes]:
    """The transfer encoding, and the content in it.

    ``text`` has ``\\n`` line ends, which may change on the road, and may be written in any of the
    three; anything else is written in base64.
    """
    if not text:
        return "base64", _base64(content)
    longest = max(map(len, content.split(b"\n")))
    if longest <= LONGEST_LINE and not re.search(rb"[^\t\n\x20-\x7e]", content):
        return "7bit", content.replace(b"\n", b"\r\n")
    quoted = _quoted_printable(content)
    coded = _base64(content.replace(b"\n", b"\r\n"))
    return ("quoted-printable", quoted) if len(quoted) <= len(coded) else ("base64", coded)


def _quoted_printable(content: bytes) -> bytes:
    return binascii.b2a_qp(content, istext=True).replace(b"\n", b"\r\n")


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
