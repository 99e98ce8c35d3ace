"""What comes of reading an address: its parts and its place, or Exim's word for what is wrong.

Law: Exim specification, ``allow_utf8_domains``, ``strip_excess_angle_brackets``,
``strip_trailing_dot``, ``allow_domain_literals``; RFC 5322 §3.4 for groups.
"""

from __future__ import annotations

from typing import NamedTuple

from labmail.exim.errors import EximError


class Extracted(NamedTuple):
    """An address, where its domain begins in it (0: there is none), and where it was written."""

    address: str
    domain_at: int
    start: int
    end: int

    @property
    def domain(self) -> str:
        return self.address[self.domain_at :] if self.domain_at else ""

    @property
    def local_part(self) -> str:
        return self.address[: self.domain_at - 1] if self.domain_at else self.address


class BadAddress(EximError):
    """Not an address; ``message`` is what Exim says of it."""


class Leniency(NamedTuple):
    """What the main options allow."""

    utf8_domains: bool = False
    excess_brackets: bool = False
    trailing_dot: bool = False
    literals: bool = False


STRICT = Leniency()


class Groups:
    """Where a list of addresses stands in a group: between ``name:`` and ``;``.

    The list is cut at commas first, so a group may begin in one piece and end in another.
    """

    def __init__(self) -> None:
        self.allowed = True
        self.inside = False

    def open(self) -> None:
        self.allowed, self.inside = False, True

    def close(self) -> None:
        self.allowed, self.inside = True, False
