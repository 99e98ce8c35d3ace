"""The envelope of a letter that a program hands in: from whom, and to whom.

    exim -f ann@lab.test ben cara@far.test     to ben (here) and cara, from ann
    exim -t                                    to whom the header says
    exim -t ben                                … but not to ben

Only those whom the configuration trusts may say from whom a letter is; everybody may say that it
is from nobody (``-f <>``), or from an address that ``untrusted_set_sender`` allows.

Law: Exim specification, §5.3 under -bm, -t and -f; chapter 14 under ``trusted_users`` and
``untrusted_set_sender``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress, extract, pieces
from labmail.exim.expansion.lists import match_address
from labmail.exim.text import Text

if TYPE_CHECKING:
    from labmail.mta.orders import Orders

    from ..arguments import Request
    from ..said import Who


class BadRecipient(Exception):
    """A word that is no address: what was written, and what is wrong with it."""

    def __init__(self, text: str, problem: str) -> None:
        super().__init__(f"{text}: {problem}")
        self.text, self.problem = text, problem


class BadSender(Exception):
    """What ``-f`` said is no address."""


def recipients(words: Sequence[str], domain: str) -> Iterator[str]:
    """The addresses of a command line. Raises `BadRecipient`."""
    for word in words:
        for piece in pieces(word):
            if not piece.strip():
                continue
            try:
                found = extract(piece)
            except BadAddress as bad:
                raise BadRecipient(piece.strip(), bad.message) from None
            yield found.address if found.domain else f"{found.address}@{domain}"


def is_trusted(orders: Orders, who: Who) -> bool:
    """Whether this caller may say who sends a letter."""
    if who.is_root or who.login == "Debian-exim":
        return True
    users, groups = orders.main("trusted_users") or (), orders.main("trusted_groups") or ()
    return who.uid in users or who.login in users or any(each in groups for each in who.groups)


async def sender(request: Request, orders: Orders, who: Who) -> str:
    """The envelope's sender, "" for none. Raises `BadSender`, in Exim's words."""
    own = f"{who.login}@{orders.sender_domain}"
    given = request.sender
    if given is None:
        return own
    if given.strip() in ("", "<>"):
        return ""
    try:
        found = extract(given)
    except BadAddress as bad:
        raise BadSender(f'exim: bad -f address "{given}": {bad.message}') from None
    named = found.address if found.domain else f"{found.address}@{orders.sender_domain}"
    if is_trusted(orders, who):
        return named
    allowed = orders.main("untrusted_set_sender")
    if allowed is not None:
        with orders.asking() as context:
            if await match_address(context, Text(named, True), Text(str(allowed)), expand=True):
                return named
    return own
