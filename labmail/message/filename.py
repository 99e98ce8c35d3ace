"""A name for an attachment on the reader's own disk. RFC 2183 §2.3.

The sender suggests a name, and a suggestion is all it is: ``../../etc/passwd``, ``CON``, one with a
NUL in it, one that turns its direction to look like a picture. A program that followed it could be
made to write where the sender likes. So the last part of the path is kept, and of that only what
every system takes for plain characters.

Try::

    >>> safe_name("../../etc/passwd")
    'passwd'
    >>> safe_name("C:\\\\Users\\\\bob\\\\Caf\\u00e9 menu.pdf")
    'Café menu.pdf'
    >>> safe_name("..")
    'attachment'
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255
"""Octets that a name may have on nearly every file system."""

_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)")
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def safe_name(name: str | None, default: str = "attachment") -> str:
    """A file name that can be joined to a folder: one path part, never empty, never hidden.

    ``name`` is the decoded parameter (`Part.filename`), or None where the sender gave none.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    tidy = _FORBIDDEN.sub("_", " ".join(seen.split())).lstrip(". ").rstrip(". ")
    if _DEVICES.match(tidy):
        tidy = "_" + tidy
    return _cut(tidy) or default


def _cut(name: str) -> str:
    """At most `LONGEST` octets of UTF-8, the ending kept."""
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + ending
