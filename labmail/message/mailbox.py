"""A mailbox: an address, and the name of whoever owns it. RFC 5322 §3.4.

::

    "Bob Smith" <bob@ask.com>      a mailbox: a name and an address
                 └┬┘ └──┬──┘
            local part  domain     only the domain's own host may interpret the local part

    friends: anna@ask.com, bob@ask.com;     a group

These are the values, and how they are written; `address` reads them. What stands between the angle
brackets of ``MAIL FROM:<…>`` is another, stricter grammar (RFC 5321 §4.1.2), which belongs to the
SMTP dialogue.

Try::

    >>> str(Mailbox("Smith, Bob", Address("bob", "ask.com")))
    '"Smith, Bob" <bob@ask.com>'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .encoded import encode_words, needs_words
from .lexical import ATOM, quote

_DOT_ATOM = re.compile(rf"{ATOM.pattern}(?:\.{ATOM.pattern})*")
_ATOMS = re.compile(rf"{ATOM.pattern}(?: {ATOM.pattern})*")


@dataclass(frozen=True, slots=True, eq=False)
class Address:
    """``local`` is the local part in its meaning, without quotes; ``domain`` as it was written.

    Two addresses are equal if the domains are equal but for upper and lower case and the local
    parts are equal to the letter (RFC 5321 §2.4).

    >>> Address("bob", "ask.com") == Address("bob", "ASK.com"), Address("a b", "ask.com").text
    (True, '"a b"@ask.com')
    """

    local: str
    domain: str

    @property
    def text(self) -> str:
        """As it is written: the local part in quotes where it must be."""
        plain = _DOT_ATOM.fullmatch(self.local)
        return f"{self.local if plain else quote(self.local)}@{self.domain}"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Address({self.local!r}, {self.domain!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str]:
        return self.local, self.domain.lower()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name of its owner; ``name`` is ``""`` where none is given."""

    name: str
    address: Address

    def __str__(self) -> str:
        """For people: the name in its own characters."""
        return f"{_phrase(self.name)} <{self.address}>" if self.name else str(self.address)

    def encoded(self) -> str:
        """For the header: ASCII, the name as encoded-words where it must be (RFC 2047 §5).

        >>> Mailbox("Zoë", Address("zoe", "ask.com")).encoded()
        '=?utf-8?Q?Zo=C3=AB?= <zoe@ask.com>'
        """
        if not needs_words(self.name):
            return str(self)
        return f"{' '.join(encode_words(self.name))} <{self.address}>"


@dataclass(frozen=True, slots=True)
class Group:
    """Mailboxes under one name: ``undisclosed-recipients:;`` is the one that is seen most."""

    name: str
    mailboxes: tuple[Mailbox, ...]

    def __str__(self) -> str:
        return _group(_phrase(self.name), map(str, self.mailboxes))

    def encoded(self) -> str:
        """For the header, as `Mailbox.encoded`."""
        words = needs_words(self.name)
        name = " ".join(encode_words(self.name)) if words else _phrase(self.name)
        return _group(name, (mailbox.encoded() for mailbox in self.mailboxes))


def _group(name: str, members: Iterable[str]) -> str:
    return f"{name}: {', '.join(members)}".rstrip() + ";"


def _phrase(name: str) -> str:
    """A display name: bare where it is made of atoms, else quoted."""
    return name if _ATOMS.fullmatch(name) else quote(name)


def mailboxes(items: Iterable[Mailbox | Group]) -> tuple[Mailbox, ...]:
    """All mailboxes of a list, those in groups too, in the order of the text."""
    return tuple(
        mailbox
        for item in items
        for mailbox in (item.mailboxes if isinstance(item, Group) else (item,))
    )
