"""What may be put before a reader's eyes: text of strangers, made harmless and short.

A header is written by whoever sent the letter. It may hold a NUL, an escape sequence for a
terminal, or U+202E, which makes everything after it run from right to left, so that
``gpj.exe`` looks like ``exe.jpg``. Whatever this room shows goes through `visible` first.

Try::

    >>> visible("a\\x00b\\u202egpj.exe")
    'a\\\\x00b\\\\u202egpj.exe'
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f"  # control characters, but for the tab
    "\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"  # invisible, or turning the direction
    "\u2028\u2029"  # line ends of their own kind
    "\ud800-\udfff]"  # halves of a character
)


def visible(text: str) -> str:
    """The text with every control, invisible or direction character as ``\\xNN`` or ``\\uNNNN``.

    Line ends are shown too; split into lines first where lines are wanted. A tab stays.
    """
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def visible_bytes(data: bytes) -> str:
    """Bytes of unknown charset for the eye: UTF-8 if they are, else one character for each byte."""
    return visible(as_text(data))


def as_text(data: bytes) -> str:
    """UTF-8 if the bytes are valid UTF-8 (RFC 6532), else latin-1. Never fails, loses nothing."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def shorten(text: str, width: int = 72) -> str:
    """The text, cut at ``width`` characters with an ellipsis.

    >>> shorten("a long subject", 8)
    'a long …'
    """
    return text if len(text) <= width else text[: width - 1] + "…"


def octets(count: int) -> str:
    """A size in words: RFCs count *octets*, bytes of eight bits.

    >>> octets(1), octets(41234)
    ('1 octet', '41,234 octets')
    """
    return "1 octet" if count == 1 else f"{count:,} octets"


def listed(items: tuple[str, ...] | list[str], most: int = 6) -> str:
    """A list in words, cut after ``most``.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most:,} more"
