r"""Extensions that Exim 4.96 does not have: read and run only where the caller allows them.

    require ["reject", "relational", "imap4flags"];
    if header :value "ge" :comparator "i;ascii-numeric" "x-score" "10" { reject "No, thank you."; }
    addflag "\\Flagged";
    if hasflag :count "ge" :comparator "i;ascii-numeric" "2" { keep :flags "$work"; }

    reject, ereject    the letter goes back, with a text; nothing else may be done with it
    relational         :count and :value, with gt ge lt le eq ne
    imap4flags         setflag, addflag, removeflag, hasflag, and :flags of keep and fileinto

To real Exim each of these is an "unknown capability", and to `labmail exim -bf` too, unless
``--sieve-extensions`` is said.

Law: RFC 5429 (reject), RFC 5231 (relational), RFC 5232 (imap4flags).

Try::

    >>> related("ge", "9", "10", numeric=True), related("ge", "9", "10", numeric=False)
    (False, True)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .tree import Block, Flagging, HasFlag, Matching, Reject, Test

if TYPE_CHECKING:
    from .words import Words

EXTENSIONS = ("reject", "ereject", "relational", "imap4flags")
"""What ``require`` may ask for besides, where it is allowed."""

COMMANDS = {
    "reject": "reject",
    "ereject": "ereject",
    "setflag": "imap4flags",
    "addflag": "imap4flags",
    "removeflag": "imap4flags",
}
"""Commands, and the extension that each belongs to."""

RELATIONS = ("gt", "ge", "lt", "le", "eq", "ne")
_ENDLESS = 10**30
"""What does not begin with a digit is larger than any number (RFC 4790 §9.1)."""


class Extended:
    """The grammar of the extensions; the reader of the core inherits it."""

    words: Words
    allowed: frozenset[str]

    def need(self, capability: str) -> None:
        raise NotImplementedError

    def semicolon(self) -> None:
        raise NotImplementedError

    def _string(self, otherwise: str) -> str:
        raise NotImplementedError

    def _strings(self, otherwise: str) -> list[str]:
        raise NotImplementedError

    def _how(self, parts: bool) -> tuple[str, Matching]:
        raise NotImplementedError

    def further(self, commands: Iterable[str] = tuple(COMMANDS)) -> list[str]:
        """The commands that may be written here."""
        return [name for name in commands if COMMANDS[name] in self.allowed]

    def extended(self, name: str, block: Block) -> None:
        """A command of an extension, whose name has been read."""
        self.need(COMMANDS[name])
        if name in ("reject", "ereject"):
            reason, line = self._string("missing reason string"), self.words.line
            self.semicolon()
            block.append(Reject(name, reason, line))
            return
        flags, line = self._strings("flag string list expected"), self.words.line
        self.semicolon()
        block.append(Flagging(name, flags, line))

    def flags(self) -> list[str] | None:
        """``:flags`` of keep and fileinto; None where it does not stand."""
        if "imap4flags" not in self.allowed or not self.words.name(":flags"):
            return None
        self.need("imap4flags")
        return self._strings("flag string list expected")

    def has_flag(self) -> Test:
        self.need("imap4flags")
        _, how = self._how(False)
        return HasFlag(how, self._strings("flag string list expected"), self.words.line)

    def relation(self) -> str:
        """What stands behind ``:count`` or ``:value``."""
        self.need("relational")
        word = self._string("missing relational match")
        if word not in RELATIONS:
            raise self.words.mistake("invalid relational match")
        return word


def related(relation: str, value: str, key: str, *, numeric: bool) -> bool:
    """Is the value, say, greater than the key? Both have been prepared by the comparator."""
    one, other = (_number(value), _number(key)) if numeric else (value, key)
    return {
        "gt": one > other,  # type: ignore[operator]
        "ge": one >= other,  # type: ignore[operator]
        "lt": one < other,  # type: ignore[operator]
        "le": one <= other,  # type: ignore[operator]
        "eq": one == other,
        "ne": one != other,
    }[relation]


def _number(text: str) -> int:
    found = re.match("[0-9]{1,30}", text)
    return int(found[0]) if found else _ENDLESS


class Flags:
    r"""The flags that keep and fileinto will put on the letter; capitals do not count.

    >>> flags = Flags()
    >>> flags.change("addflag", ["\\Seen $work", "\\seen"]); flags.all
    ('\\Seen', '$work')
    >>> flags.change("removeflag", ["$WORK"]); flags.all
    ('\\Seen',)
    """

    def __init__(self) -> None:
        self.all: tuple[str, ...] = ()

    def change(self, verb: str, given: Iterable[str]) -> None:
        """``setflag``, ``addflag`` or ``removeflag``."""
        named = single(given)
        known = {flag.lower() for flag in named}
        if verb == "removeflag":
            self.all = tuple(flag for flag in self.all if flag.lower() not in known)
        else:
            self.all = single([*(self.all if verb == "addflag" else ()), *named])


def single(given: Iterable[str]) -> tuple[str, ...]:
    r"""One flag each: a string may hold several. What a mailbox alone decides is left out.

    >>> single(["a B", "b \\Recent"])
    ('a', 'B')
    """
    found: dict[str, str] = {}
    for flag in " ".join(given).split():
        if flag.lower() != "\\recent":
            found.setdefault(flag.lower(), flag)
    return tuple(found.values())
