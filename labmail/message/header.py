"""The header: an ordered list of fields, for people and for their programs. RFC 5322 §2.2, §3.6.

::

    Received: from mail.example.com …     ┐ trace fields: each host puts its own on top
    Received: from alice.example.com …    ┘
    Date: Mon, 02 Mar 2026 09:00:00 +0000 ┐ the author's fields: Date and From are the only
    From: Alice <alice@example.com>       │ ones that every message must have
    To: bob@ask.com                       ┘
                                            the empty line: here the header ends
    Dear Bob, …

No server reads it to learn where the letter goes; that is the envelope's work.

The header ends before the first empty line. If the empty line is missing it ends before the first
line that can be no field and no continuation of one: that line begins the body, as in Exim and in
Python's own ``email``, and the header says so in `problems`. It also ends before a field that would
make it larger than `LARGEST`. `split` finds that place; order, duplicates and bytes of the fields
are kept.

Try::

    >>> header = Header.parse(b"From: alice@example.com\\r\\nX-Mood: calm\\r\\n\\r\\nDear Bob")
    >>> bytes(header.replace("From", "president@whitehouse.test").remove("X-Mood"))
    b'From: president@whitehouse.test\\r\\n'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .field import NAME, START, Field
from .problem import Problem
from .show import show_header
from .shown import Shown
from .visible import as_text

_SINGLE = "date from sender reply-to to cc bcc message-id in-reply-to references subject"
ONCE = frozenset(_SINGLE.split())
"""Fields that a message has at most once (§3.6); of them Date and From exactly once."""

REQUIRED = ("Date", "From")
EXIM = "Exim specification, chapter 14, header_maxsize"
LARGEST = 1 << 20
"""Octets of a header; Exim refuses larger ones (its main option ``header_maxsize``)."""


@dataclass(frozen=True)
class Header:
    """Fields in the order in which they stand. A value: every change makes a new header."""

    fields: tuple[Field, ...] = ()
    fault: Problem | None = field(default=None, compare=False)
    """Why the header ended other than with an empty line, where it did."""

    @classmethod
    def parse(cls, content: bytes) -> Header:
        """The header at the beginning of a message (or of a MIME part)."""
        return split(content)[0]

    @cached_property
    def _index(self) -> dict[str, tuple[Field, ...]]:
        index: dict[str, list[Field]] = {}
        for item in self.fields:
            index.setdefault(item.name.lower(), []).append(item)
        return {name: tuple(found) for name, found in index.items()}

    def __bytes__(self) -> bytes:
        """The fields as they came, to the byte; without the empty line."""
        return b"".join(item.raw for item in self.fields)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._index

    def __getitem__(self, name: str) -> str:
        """The unfolded value of the first field of that name, in any case. `KeyError` if none."""
        if name in self:
            return self.every(name)[0].value
        names = ", ".join(dict.fromkeys(item.name for item in self.fields)) or "no field at all"
        raise KeyError(f"the header has no {name}: field; it has {names}")

    def get(self, name: str, default: str = "") -> str:
        """The unfolded value of the first field of that name, or ``default``."""
        found = self.every(name)
        return found[0].value if found else default

    def text(self, name: str, default: str = "") -> str:
        """The same for people: encoded-words decoded."""
        found = self.every(name)
        return found[0].text if found else default

    def every(self, name: str) -> tuple[Field, ...]:
        """All fields of that name, from top to bottom."""
        return self._index.get(name.lower(), ())

    # -- changing: each returns a new header ------------------------------------------------

    def replace(self, name: str, value: str) -> Header:
        """Puts ``name: value`` in the place of the first field of that name; others of it go.

        At the end, where there was none. The value is written by `Field.make`.
        """
        new, kept = Field.make(name, value), list[Field]()
        for item in self._ended():
            if item.name.lower() != name.lower():
                kept.append(item)
            elif new not in kept:
                kept.append(new)
        return Header((*kept, *(() if name in self else (new,))))

    def add(self, name: str, value: str, *, top: bool = False) -> Header:
        """Adds one more field, at the end, or on top as a trace field."""
        new = (Field.make(name, value),)
        return Header(new + self._ended() if top else self._ended() + new)

    def remove(self, name: str) -> Header:
        """The header without the fields of that name."""
        return Header(tuple(item for item in self.fields if item.name.lower() != name.lower()))

    def _ended(self) -> tuple[Field, ...]:
        """The fields, the last one with a line end, so that another can follow."""
        if not self.fields or self.fields[-1].raw.endswith(b"\n"):
            return self.fields
        return (*self.fields[:-1], Field(self.fields[-1].raw + b"\r\n", self.fields[-1].line))

    # -- looking ----------------------------------------------------------------------------

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with it, in the order of the lines; what is missing, last."""
        found = [problem for item in self.fields for problem in item.problems()]
        found += [] if self.fault is None else [self.fault]
        found.sort(key=lambda problem: (problem.line, problem.column))
        return (*found, *self._occurrence())

    def _occurrence(self) -> Iterator[Problem]:
        for name in REQUIRED:
            if name not in self:
                yield Problem(0, 0, f"no {name}: field", "exactly one", "RFC 5322 §3.6")
        for name, found in self._index.items():
            if name in ONCE and len(found) > 1:
                text = f"{len(found)} fields {found[0].name}:"
                yield Problem(0, 0, text, "at most one", "RFC 5322 §3.6")

    def show(self) -> Shown:
        """For the notebook: one line for each field, what is encoded decoded beside it."""
        return show_header(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __str__(self) -> str:
        return str(self.show())

    def __repr__(self) -> str:
        return f"<Header: {len(self)} fields, {len(bytes(self))} octets>"


def split(content: bytes, start: int = 0, end: int | None = None) -> tuple[Header, bytes, int]:
    """Finds where the header ends: the header, the empty line, and where the body begins.

    The three parts of the content, put together again, are the content::

        content[start:end] == bytes(header) + separator + content[body:end]

    The separator is ``b"\\r\\n"``, or ``b"\\n"`` in a letter with Unix line ends, or ``b""`` where
    the empty line is missing. Lines count from ``start``.
    """
    end = len(content) if end is None else end
    fields: list[Field] = []
    at, line = start, 1
    while at < end:
        after = _line_end(content, at, end)
        if content[at:after] in (b"\r\n", b"\n"):
            return Header(tuple(fields)), content[at:after], after
        if not START.match(content, at, after):
            fault = _no_field(content[at:after], line)
            return Header(tuple(fields), fault), b"", at
        while after < end and content[after] in b" \t":
            after = _line_end(content, after, end)
        if after - start > LARGEST:
            return Header(tuple(fields), _too_large(content[at:after], line)), b"", at
        fields.append(Field(content[at:after], line))
        line += content.count(b"\n", at, after)
        at = after
    fault = Problem(line, 1, "", "an empty line after the header", "RFC 5322 §2.1")
    return Header(tuple(fields), fault), b"", end


def _line_end(content: bytes, at: int, end: int) -> int:
    """Where the line that begins at ``at`` has ended, its LF included."""
    return content.find(b"\n", at, end) + 1 or end


def _too_large(field: bytes, number: int) -> Problem:
    found = as_text(field[:200].split(b"\n")[0])
    return Problem(number, 1, found, f"the end of the header before {LARGEST:,} octets", EXIM)


def _no_field(line: bytes, number: int) -> Problem:
    """The line where the header broke off, and the column where a colon should have stood."""
    name = NAME.match(line)
    found = as_text(line[:200].rstrip(b"\r\n"))
    expected = 'a field name and ":", or an empty line before the body'
    return Problem(number, name.end() + 1 if name else 1, found, expected, "RFC 5322 §2.1, §2.2")
