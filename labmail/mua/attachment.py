"""An attachment: a name, a kind and bytes. RFC 2183.

The kind is guessed from the ending of the name, from a table of our own: the machine's table would
say something else on the next machine.

Try::

    >>> Attachment("map.png", b"...").type
    'image/png'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

TYPES = {
    "txt": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
    "md": "text/markdown",
    "ics": "text/calendar",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "wav": "audio/x-wav",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "gz": "application/gzip",
    "json": "application/json",
    "eml": "message/rfc822",
}
OTHER = "application/octet-stream"
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")


@dataclass(frozen=True)
class Attachment:
    """``type`` is guessed where it is ``""``; ``cid`` names a picture for the HTML text (RFC 2392).

    Raises `ValueError` for a type that is no ``type/subtype``, or a multipart.
    """

    name: str
    content: bytes
    type: str = ""
    cid: str = ""

    def __post_init__(self) -> None:
        if not self.type:
            ending = PurePath(self.name).suffix.removeprefix(".").lower()
            object.__setattr__(self, "type", TYPES.get(ending, OTHER))
        if not _TYPE.fullmatch(self.type) or self.type.lower().startswith("multipart/"):
            raise ValueError(
                f"attachment {self.name!r}: found type {self.type!r}, expected one such as "
                '"image/png" (RFC 2045 §5.1)'
            )

    def __repr__(self) -> str:
        return f"<Attachment {self.name!r}, {self.type}, {len(self.content)} octets>"
