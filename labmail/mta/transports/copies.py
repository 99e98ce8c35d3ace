r"""The copy that leaves: a letter in the queue is one, and each transport makes its own of it.

What it may add, take away and write anew, from top to bottom::

    Return-path: <alice@example.com>              return_path_add     the envelope's sender
    Envelope-to: bob@ask.com                      envelope_to_add     its recipients that led here
    Delivery-date: Mon, 02 Mar 2026 09:00:00 +0000  delivery_date_add
    Received: …  From: …  Subject: …              headers_remove takes some, headers_rewrite changes
    X-List: team                                  headers_add of the router, then of the transport
                                                  headers_only stops here, body_only begins behind
    Noon, at the usual place?

Law: Exim specification, chapter 24; RFC 5321 §4.4 (Return-path).

Try: ``(await copy(asked, letter, body, batch, now, sender)).whole``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.config.split import split
from labmail.exim.header_rewriting import rewrite_header
from labmail.exim.options.rewrite import Rewriting, read_rule
from labmail.message.dates import rfc5322_date
from labmail.message.field import Field

from ..header import join, own_field
from ..told import words
from .asking import Asked

if TYPE_CHECKING:
    from ..letter import Letter
    from .base import Assigned

HEADER = -25
"""Exim's number where header lines could not be added or removed."""
_LINE_END = re.compile(rb"\r?\n")


async def sender_of(asked: Asked, letter: Letter, batch: Sequence[Assigned]) -> str:
    """The sender of the envelope that goes along: what the router says of bounces, then what the
    transport's ``return_path`` makes of it."""
    bounces = batch[0].address.errors_to
    before = letter.sender if bounces is None else words(bounces)
    if asked["return_path"] is None:
        return before
    name, given = asked.block.name, asked["return_path"]
    failing = f'Failed to expand return path "{given}" in {name} transport: '
    told = await asked.expanded(given, failing.__add__)
    return before if told is None else words(told.text)


class Copy(NamedTuple):
    """A letter as it leaves, with CR LF line ends: the header with the blank line, and the body."""

    top: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.top + self.body


async def copy(
    asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], now: float, sender: str
) -> Copy:
    """The letter as it leaves, for all who share it."""
    if asked["body_only"]:
        return Copy(b"", body)
    on_top = marks(asked, sender, batch, now)
    fields = await header(asked, letter, batch)
    return Copy(join((*on_top, *fields), b""), b"" if asked["headers_only"] else body)


def marks(asked: Asked, sender: str, batch: Sequence[Assigned], now: float) -> list[Field]:
    """The fields that only the last host may put on top."""
    added: list[Field] = []
    if asked["return_path_add"]:
        added.append(own_field("Return-path", f"<{sender}>", utf8=True))
    if asked["envelope_to_add"]:
        originals: list[str] = []
        for each in batch:
            known = set(originals)
            originals += [name for name in each.originals if name not in known]
        added.append(own_field("Envelope-to", ",\n ".join(originals), utf8=True))
    if asked["delivery_date_add"]:
        added.append(own_field("Delivery-date", rfc5322_date(now)))
    return added


async def header(asked: Asked, letter: Letter, batch: Sequence[Assigned]) -> list[Field]:
    """The letter's own fields, without those that are removed, with those that are added."""
    address = batch[0].address
    removed = [*address.headers_remove, *await _items(asked, "headers_remove", ":")]
    fields = [field for field in letter.fields if not _names(removed, field.name)]
    if rules := asked["headers_rewrite"]:
        fields = await _rewritten(fields, [read_rule(each) for each in split(rules)], asked)
    added = [*address.headers_add, *await _items(asked, "headers_add", "\n")]
    return fields + [field for text in added for field in _fields(text)]


async def _rewritten(fields: list[Field], rules: Sequence[Rewriting], asked: Asked) -> list[Field]:
    """The fields after the transport's own rewriting rules."""
    found = []
    for field in fields:
        line = field.raw.replace(b"\r\n", b"\n").decode("latin-1")
        new, _ = await rewrite_header(line, rules, asked.context)
        changed = Field(new.encode("latin-1").replace(b"\n", b"\r\n"))
        found.append(field if new == line else changed)
    return found


def _names(patterns: Iterable[str], name: str) -> bool:
    """Whether a list of names has this one; a ``*`` at the end stands for the rest of a name."""
    lower = name.lower()
    return any(
        fnmatchcase(lower, item.lower()) if item.endswith("*") else item.lower() == lower
        for text in patterns
        for item in split(text)
    )


async def _items(asked: Asked, option: str, separator: str) -> list[str]:
    """The items of an option, each expanded by itself."""
    found = []
    for item in split(asked[option] or "", separator):
        failing = f"failed to expand headers_add or headers_remove{asked.where}: "
        told = await asked.expanded(item, failing.__add__, HEADER)
        if told is not None and told.text:
            found.append(told.text)
    return found


def _fields(text: str) -> list[Field]:
    """Header lines that a string has made: one, or several with line ends between."""
    raw = text.encode("latin-1").rstrip(b"\r\n")
    lines = re.split(rb"\r?\n(?![ \t])", raw)
    return [Field(_LINE_END.sub(b"\r\n", line) + b"\r\n") for line in lines if line]


__all__ = ["Copy", "copy", "header", "marks", "sender_of"]
