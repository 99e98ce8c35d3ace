"""The mbox format: many letters in one file, each begun by a ``From `` line.

::

    From alice@example.com Mon Mar 02 09:00:00 2026      sender of the envelope, time of delivery
    Return-path: <alice@example.com>                     the letter, lines ending in LF
    Subject: lunch

    >From here on it is a secret.                        was "From here on …": else it would begin
                                                         another letter
    From carol@ask.com Mon Mar 02 09:00:05 2026          an empty line, and the next letter

The format was never designed and has dialects (RFC 4155). This one is what Exim's *appendfile*
writes by default: ``message_prefix`` with the envelope sender or MAILER-DAEMON, ``check_string``
and ``escape_string`` on the lines of the body, ``message_suffix`` an empty line. Its ``>`` cannot
be taken back when reading, since a line may have begun with ``>From`` from the start; so a letter
is served as it lies in the file.

Reading is stricter than splitting at each ``From ``: a border has an empty line before it (or the
start of the file), and ends in a date.

Try::

    >>> from_line("alice@example.com", 1772442000.0)
    b'From alice@example.com Mon Mar 02 09:00:00 2026\\n'
    >>> escape(b"Subject: lunch\\n\\nFrom here on\\n")
    b'Subject: lunch\\n\\n>From here on\\n'
"""

from __future__ import annotations

import re
import time
from calendar import timegm
from collections.abc import Callable, Iterator

from labmail.message.dates import DAYS, MONTHS

BLOCK = 1 << 20
"""Octets looked at in one go when a file is searched for borders."""
LONGEST_BORDER = 1000
"""Octets that a ``From `` line may have."""

_BORDER = re.compile(
    rb"From (?:[^\n]*? )??(?:%b) +(%b) +(\d{1,2}) +(\d\d):(\d\d)(?::(\d\d))?"
    rb"(?: +[A-Za-z0-9+-]{1,6})? +(\d{4})(?: +[+-]\d{4})?[ \t]*\r?\n"
    % ("|".join(DAYS).encode(), "|".join(MONTHS).encode())
)
_BODY = re.compile(rb"(?:\A|\n)\r?\n")


def ctime(posix: float) -> str:
    """A date as in ``From `` lines, in UTC and in English whatever the locale.

    >>> ctime(1772442000.0)
    'Mon Mar 02 09:00:00 2026'
    """
    at = time.gmtime(posix // 1)
    day, month = DAYS[at.tm_wday], MONTHS[at.tm_mon - 1]
    hour = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f"{day} {month} {at.tm_mday:02} {hour} {at.tm_year}"


def border_time(line: bytes) -> int | None:
    """POSIX seconds of a ``From `` line, read as UTC; None where it is no such line.

    >>> border_time(b"From alice@example.com Mon Mar  2 09:00:00 2026\\n")
    1772442000
    """
    if (found := _BORDER.fullmatch(line)) is None:
        return None
    month, *numbers = found.groups(b"0")
    day, hour, minute, second, year = map(int, numbers)
    return timegm((year, MONTHS.index(month.decode()) + 1, day, hour, minute, second))


def from_line(sender: str, posix: float) -> bytes:
    """The line before a letter. ``sender`` "" is a bounce's, written MAILER-DAEMON.

    A control character in ``sender``, which a strict SMTP server never lets in, becomes ``?``: it
    must not be able to begin a line.
    """
    name = "".join(char if char >= " " and char != "\x7f" else "?" for char in sender)
    line = f"From {name or 'MAILER-DAEMON'} {ctime(posix)}\n"
    return line.encode("utf-8", "surrogateescape")


def escape(stored: bytes) -> bytes:
    """The letter (LF line ends) with ``>`` before each line of the body that begins ``From ``."""
    if b"\nFrom " not in stored or (body := _BODY.search(stored)) is None:
        return stored
    start = body.end() - 1
    return stored[:start] + stored[start:].replace(b"\nFrom ", b"\n>From ")


def entry(stored: bytes, sender: str, posix: float) -> tuple[bytes, bytes]:
    """What is appended for a letter: its ``From `` line, and its text, without the empty line
    after.

    A letter whose last line has no end gets one.
    """
    text = escape(stored)
    if text and not text.endswith(b"\n"):
        text += b"\n"
    return from_line(sender, posix), text


def borders(read: Callable[[int, int], bytes], size: int) -> Iterator[tuple[int, int]]:
    """Where each letter begins: offsets of its ``From `` line and of the line after that.

    ``read(count, offset)`` gives octets of the file, ``size`` is its length. The file is never held
    as a whole.
    """
    window, base, at = b"\n\n", -2, 0  # as if an empty line stood before the file
    while True:
        block = read(min(BLOCK, size - at), at) if at < size else b""
        window, at = window + block, at + len(block)
        keep = len(window) - 8  # a border may begin in the last octets: "\n\r\nFrom "
        found = window.find(b"\nFrom ")
        while found >= 0:
            end = window.find(b"\n", found + 1)
            if end < 0 and block and len(window) - found < LONGEST_BORDER:
                keep = min(keep, found - 2)
                break
            if _follows_blank(window, found) and (line := _BORDER.match(window, found + 1)):
                yield base + line.start(), base + line.end()
            found = window.find(b"\nFrom ", found + 1)
        if not block:
            return
        keep = max(keep, 0)
        window, base = window[keep:], base + keep


def _follows_blank(window: bytes, line_end: int) -> bool:
    """Whether the line that ends at ``line_end`` is empty."""
    before = window[max(0, line_end - 2) : line_end]
    return before.endswith(b"\n") or before == b"\n\r"
