r"""A redirection list: what stands behind an alias, or in a .forward.

    bob, carol@ask.com, "ann lee"@lab.test, Ann <ann@lab.test>      addresses
    :blackhole:              take the letter and throw it away
    :fail: moved in May      refuse the address; the text is the reply
    :defer: back at noon     not now
    :include:/etc/lists/all  the addresses in that file, too
    |/usr/bin/program        a program, and /var/archive/mail a file: these need a transport

Items are separated by commas or line ends. A missing comma is the commonest mistake, and it is
told with file, line and column.

Law: Exim specification, chapter 22 ("The redirect router"), sections on redirection data.

Try: ``parse_items(whole_file("bob, carol@ask.com\n", "/home/anna/.forward"))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from labmail.message.address import AddressError, parse_mailbox

from .lsearch import Place, Value

Kind = Literal["address", "blackhole", "fail", "defer", "unknown", "include", "pipe", "file"]

_SPECIAL = re.compile(r":(blackhole|fail|defer|unknown|include):[ \t]*")
_ADVICE = "separate addresses by commas"


class RedirectError(ValueError):
    """Redirection data that cannot be understood. ``str()`` is the text for log and reply."""

    def __init__(self, problem: str, place: Place) -> None:
        self.problem, self.place = problem, place
        super().__init__(f"error in redirect data: {problem} ({place})")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: ``text`` is the address, the reply, the path or the command."""

    kind: Kind
    text: str
    place: Place


def parse_items(value: Value) -> tuple[Item, ...]:
    """The items in order. ``:fail:`` and ``:defer:`` take all that follows as their text.

    Raises `RedirectError`.
    """
    items: list[Item] = []
    for start, end in _spans(value.text):
        piece, place = value.text[start:end], value.place(start)
        special = _SPECIAL.match(piece)
        if special and special[1] in ("fail", "defer"):
            words = " ".join(value.text[start + special.end() :].split())
            items.append(Item(special[1], words, place))  # type: ignore[arg-type]
            break
        if special:
            items.append(Item(special[1], piece[special.end() :].strip(), place))  # type: ignore[arg-type]
        else:
            items.append(_plain(piece, value, start))
    return tuple(items)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the items begin and end: between commas and line ends that no quotes enclose."""
    start, quoted, at = 0, False, 0
    while at <= len(text):
        letter = text[at : at + 1]
        if letter == "\\" and quoted:
            at += 1
        elif letter == '"':
            quoted = not quoted
        elif letter == "#" and not quoted and not text[start:at].strip():
            at = _line_end(text, at)
            start = at + 1
        elif letter == "" or letter == "\n" or (letter == "," and not quoted):
            if text[start:at].strip():
                lead = len(text[start:at]) - len(text[start:at].lstrip())
                yield start + lead, start + len(text[start:at].rstrip())
            start, quoted = at + 1, False
        at += 1


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _plain(piece: str, value: Value, start: int) -> Item:
    bare = piece[1:-1] if len(piece) > 1 and piece[0] == piece[-1] == '"' else piece
    place = value.place(start)
    if bare.startswith("|"):
        return Item("pipe", bare[1:].strip(), place)
    if bare.startswith("/") and "@" not in bare:
        return Item("file", bare, place)
    return Item("address", _address(piece.removeprefix("\\"), value, start), place)


def _address(piece: str, value: Value, start: int) -> str:
    """``Ann <ann@lab.test>`` → ``ann@lab.test``; a name without a domain stays as it is."""
    quoted = r'"(?:[^"\\]|\\.)*"'
    bare = re.fullmatch(rf'{quoted}|[^\s"<>()@,:;]+', piece)
    if bare:
        return piece
    two = re.match(rf"((?:{quoted}|[^\s\"<>]+))\s+([^\s<>]+)", piece)
    if two and "<" not in piece and "(" not in piece:
        problem = f"malformed address: {two[2]} may not follow {two[1]}; {_ADVICE}"
        raise RedirectError(problem, value.place(start + two.start(2)))
    if "<" in piece and ">" not in piece:
        problem = f"'>' missing at end of address in \"{piece}\""
        raise RedirectError(problem, value.place(start + piece.index("<")))
    try:
        return parse_mailbox(piece).address.text
    except AddressError as error:
        where = value.place(start + error.position)
        raise RedirectError(f'malformed address "{piece}": {error}', where) from None
