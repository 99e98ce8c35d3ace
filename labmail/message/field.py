"""One header field: a name, a colon, a value, over one line or several. RFC 5322 §2.2.

::

    Subject: a long subject that goes on ⏎     the value is folded: a line that begins with
     in a second line                    ⏎     white space belongs to the one before it

A field keeps the bytes it came with, line ends included, because a signature (DKIM) or a student
may want to know what exactly was there. `value` is the same unfolded, and `text` what a person is
meant to read. A field that is made here is one field and stays one: a line end in its value is
refused, since whatever followed it would become a field of its own, or the body (header injection).

Try::

    >>> Field.make("Subject", "Café at noon").raw
    b'Subject: =?utf-8?Q?Caf=C3=A9_at_noon?=\\r\\n'
    >>> Field.make("Subject", "Hello\\r\\nBcc: eve@ask.com")
    Traceback (most recent call last):
    labmail.message.field.FieldError: Subject: found a line end at position 5 of the value; a \
field is one line, and what follows a line end would become a field of its own (RFC 5322 §2.2)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .address import parse_addresses
from .encoded import decode_words, encode_words
from .problem import Problem
from .visible import as_text

NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]+")
"""RFC 5322 §2.2: printable ASCII without the colon."""

START = re.compile(rb"(" + NAME.pattern + rb")([ \t]*):")
"""How a field begins; white space before the colon is obsolete (§4.5)."""

ADDRESS_FIELDS = frozenset(
    prefix + name
    for prefix in ("", "resent-")
    for name in ("from", "sender", "reply-to", "to", "cc", "bcc")
)
WIDTH = 78
LONGEST_LINE = 998
"""Octets of a line without its CRLF: should be ≤ 78, must be ≤ 998 (§2.1.1)."""

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_STRANGE = re.compile(
    rb"(?P<nul>\x00)|(?P<cr>\r(?!\n))|(?P<lf>(?<!\r)\n)|(?P<ctl>[\x01-\x08\x0b\x0c\x0e-\x1f\x7f])"
    rb"|(?P<high>[\x80-\xff])"
)
_EXPECTED = {
    "nul": ("no NUL", "RFC 5322 §2.2"),
    "cr": ("CR only before LF", "RFC 5322 §2.2"),
    "lf": ("CR before LF", "RFC 5322 §2.2"),
    "ctl": ("no control character", "RFC 5322 §2.2"),
    "high": ("ASCII, or SMTPUTF8 on the whole road", "RFC 5322 §2.2, RFC 6532"),
}


class FieldError(ValueError):
    """A header field that must not be written."""


@dataclass(frozen=True, slots=True)
class Field:
    """``raw`` is the field with its line ends; ``line`` the line of the letter where it began.

    Lines count from 1; a field that was made and not read has line 0. Two fields are equal if their
    bytes are.
    """

    raw: bytes
    line: int = field(default=0, compare=False)

    @classmethod
    def make(cls, name: str, value: str) -> Field:
        """Writes a field: ASCII as it stands, anything else as encoded-words, folded at 78.

        In a field of addresses only the names become encoded-words (RFC 2047 §5); its addresses
        are only read, and may then raise `AddressError`, if it is not ASCII.
        """
        _check(name, value)
        value = value.strip(" \t")
        if not value.isascii():
            value = _encode(name, value)
        return cls(fold(f"{name}: {value}" if value else f"{name}:").encode("ascii") + b"\r\n")

    @property
    def name(self) -> str:
        """As it was written; compare in lower case."""
        match = START.match(self.raw)
        return match[1].decode("ascii") if match else ""

    @property
    def body(self) -> bytes:
        """Everything after the colon, as it came, line ends included (the *field body*)."""
        match = START.match(self.raw)
        return self.raw[match.end() :] if match else self.raw

    @property
    def value(self) -> str:
        """The field body unfolded (§2.2.3), without white space at its ends."""
        return _FOLD.sub("", as_text(self.body)).strip(" \t\r\n")

    @property
    def text(self) -> str:
        """For people: the value with its encoded-words decoded (RFC 2047)."""
        return decode_words(self.value)

    @property
    def lines(self) -> tuple[bytes, ...]:
        """The lines of the field without their line ends."""
        lines = self.raw.split(b"\n")
        return tuple(line.removesuffix(b"\r") for line in (lines[:-1] if not lines[-1] else lines))

    def problems(self) -> Iterator[Problem]:
        """What the field should not contain, each kind once, with line and column."""
        start = START.match(self.raw)
        if start and start[2]:
            yield Problem(self.line, start.end(1) + 1, " ", '":" after the name', "RFC 5322 §4.5.8")
        seen: set[str | None] = set()
        for match in _STRANGE.finditer(self.raw):
            if match.lastgroup not in seen:
                seen.add(match.lastgroup)
                expected, law = _EXPECTED[match.lastgroup or "ctl"]
                line, column = self._place(match.start())
                yield Problem(line, column, match.group().decode("latin-1"), expected, law)
        for number, text in enumerate(self.lines):
            if len(text) > LONGEST_LINE:
                expected = f"at most {LONGEST_LINE} octets in a line, got {len(text)}"
                place = self.line + number, LONGEST_LINE + 1
                yield Problem(*place, chr(text[LONGEST_LINE]), expected, "RFC 5322 §2.1.1")

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.raw[:offset]
        return self.line + before.count(b"\n"), offset - (before.rfind(b"\n") + 1) + 1

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"

    def __repr__(self) -> str:
        return f"Field({self.raw!r})"


def _check(name: str, value: str) -> None:
    if not name.isascii() or not NAME.fullmatch(name.encode("ascii")):
        raise FieldError(
            f"the field name {name!r}: expected printable ASCII without space or colon, such as "
            f'"Subject" (RFC 5322 §2.2)'
        )
    refuse_line_ends(name, value)


def refuse_line_ends(name: str, value: str) -> None:
    """Raises `FieldError` if the value of field ``name`` has a CR, LF or NUL in it."""
    if (strange := re.search(r"[\r\n\0]", value)) is not None:
        found = "a NUL" if strange.group() == "\0" else "a line end"
        raise FieldError(
            f"{name}: found {found} at position {strange.start()} of the value; a field is one "
            "line, and what follows a line end would become a field of its own (RFC 5322 §2.2)"
        )


def _encode(name: str, value: str) -> str:
    if name.lower() in ADDRESS_FIELDS:
        return ", ".join(item.encoded() for item in parse_addresses(value))
    return " ".join(encode_words(value, first=WIDTH - 2 - len(f"{name}: ")))


def fold(line: str) -> str:
    """Breaks a field before white space into lines of at most 78 characters, where it can (§2.2.3).

    >>> fold("Subject: " + "word " * 20).count("\\r\\n ")
    1
    """
    out: list[str] = []
    current = ""
    for piece in re.findall(r"[ \t]*[^ \t]+", line.rstrip(" \t")):
        if current and piece[0] in " \t" and len(current) + len(piece) > WIDTH:
            out.append(current)
            current = ""
        current += piece
    return "\r\n".join([*out, current])
