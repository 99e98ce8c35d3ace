"""What a Sieve script is made of: tests, and commands in blocks.

Law: RFC 5228 §3 to §5.
"""

from __future__ import annotations

from typing import NamedTuple


class Constant(NamedTuple):
    """``true`` and ``false``."""

    value: bool


class Not(NamedTuple):
    test: Test


class Several(NamedTuple):
    """``allof`` and ``anyof``."""

    every: bool
    tests: list[Test]


class Size(NamedTuple):
    """``size :over 1M``."""

    over: bool
    limit: int


class Exists(NamedTuple):
    names: list[str]
    line: int


class Matching(NamedTuple):
    """How strings are compared: ``:contains``, and by which comparator; was that required?"""

    type: str
    comparator: str
    required: bool = True
    relation: str = ""
    """``gt``, ``le`` …: of :count and :value (RFC 5231)."""


class Compared(NamedTuple):
    """``header``, ``address`` or ``envelope``: whether one of the values is one of the keys."""

    kind: str
    part: str
    how: Matching
    names: list[str]
    keys: list[str]
    line: int


class HasFlag(NamedTuple):
    """``hasflag``: is one of the flags set so far one of these? RFC 5232 §4."""

    how: Matching
    flags: list[str]
    line: int


Test = Constant | Not | Several | Size | Exists | Compared | HasFlag


class Block(list["Command"]):
    """Commands, one after the other."""


class If:
    """``if``, its ``elsif``, its ``else``."""

    def __init__(self) -> None:
        self.branches: list[tuple[Test, Block]] = []


class Plain(NamedTuple):
    """``stop``, ``keep``, ``discard``."""

    name: str
    line: int
    flags: list[str] | None = None


class Redirect(NamedTuple):
    address: str
    copy: bool
    line: int


class Fileinto(NamedTuple):
    folder: str
    copy: bool
    line: int
    flags: list[str] | None = None


class Vacation(NamedTuple):
    """An answer to who writes to somebody who is away. RFC 5230."""

    reason: str
    days: int
    subject: str | None
    sender: str | None
    addresses: list[str]
    mime: bool
    handle: str | None
    line: int
    begins: int
    """The line in which it begins."""


class Reject(NamedTuple):
    """``reject`` and ``ereject``: back to the sender, with a text. RFC 5429."""

    name: str
    reason: str
    line: int


class Flagging(NamedTuple):
    """``setflag``, ``addflag``, ``removeflag``. RFC 5232 §3."""

    name: str
    flags: list[str]
    line: int


Command = If | Plain | Redirect | Fileinto | Vacation | Reject | Flagging
