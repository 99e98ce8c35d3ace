r"""Octets for the eye: what can be read as text, and everything else as a small drawn tag.

A line of a dialogue is shown to the byte. CR LF, a bare LF, a NUL, a byte that is no UTF-8: all
must be seen, and must do nothing. None of them reaches the page as itself.

Try::

    >>> runs(b"NOOP\r\n")
    [['text', 'NOOP'], ['tag', 'CRLF']]
    >>> runs(b"a\x00\xff\n")
    [['text', 'a'], ['tag', 'NUL'], ['tag', 'xFF'], ['tag', 'LF']]
"""

from __future__ import annotations

import re

from labmail.message.visible import visible

NAMES = {0x00: "NUL", 0x07: "BEL", 0x08: "BS", 0x09: "TAB", 0x0A: "LF", 0x0D: "CR", 0x1B: "ESC"}
LONGEST = 2000
"""Octets of one line that are shown."""

_TAGGED = re.compile(rb"\r\n|[\x00-\x08\x0a-\x1f\x7f]")

Run = list[str]
"""``["text", …]`` or ``["tag", …]``."""


def runs(octets: bytes) -> list[Run]:
    """The octets as runs of text and tags. A tab stays text; it is harmless."""
    shown, cut = octets[:LONGEST], len(octets) - LONGEST
    found: list[Run] = []
    at = 0
    for tagged in _TAGGED.finditer(shown):
        found += _text(shown[at : tagged.start()])
        found.append(["tag", _name(tagged[0])])
        at = tagged.end()
    found += _text(shown[at:])
    return [*found, ["tag", f"… {cut} octets more"]] if cut > 0 else found


def _name(octets: bytes) -> str:
    if octets == b"\r\n":
        return "CRLF"
    return NAMES.get(octets[0], f"x{octets[0]:02X}")


def _text(octets: bytes) -> list[Run]:
    """Text, where the octets are UTF-8; else what is, and the rest byte by byte."""
    found: list[Run] = []
    while octets:
        try:
            return [*found, ["text", visible(octets.decode("utf-8"))]]
        except UnicodeDecodeError as problem:
            if problem.start:
                found.append(["text", visible(octets[: problem.start].decode("utf-8"))])
            found += [["tag", f"x{octet:02X}"] for octet in octets[problem.start : problem.end]]
            octets = octets[problem.end :]
    return found
