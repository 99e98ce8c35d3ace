"""Is a letter personal: written to this person by a person?

It is where it is addressed to her, is no bounce, comes neither from herself nor from a robot, and
was not sent through a mailing list. Whoever answers letters by machine asks this first.

Law: "Exim's interfaces to mail filtering", §3.27 to §3.29; RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress, extract, pieces
from labmail.exim.regex import compile

if TYPE_CHECKING:
    from labmail.exim.expansion.message import Header

LISTS = ("id:", "help:", "subscribe:", "unsubscribe:", "post:", "owner:", "archive:")
"""What stands behind ``List-`` in the headers of mailing lists."""

ROBOTS = (
    "^server@",
    "^daemon@",
    "^root@",
    "^listserv@",
    "^majordomo@",
    "^.*?-request@",
    "^owner-[^@]+@",
)
"""Whom nobody answers."""

IN_BULK = ("bulk", "list", "junk")
"""What ``Precedence:`` says of letters to many."""


def personal(
    headers: Iterable[Header],
    sender: str,
    own: Iterable[str],
    aliases: Iterable[str],
    *,
    copies: bool = False,
) -> bool:
    """Is it? ``own``: the person's addresses; ``aliases``: others that she reads. With ``copies``
    (Sieve) it may be addressed to her in ``Cc:`` and ``Bcc:``, too."""
    to = ("to", "cc", "bcc") if copies else ("to",)
    kept = list(headers)
    mine = [*own, *aliases]
    if any(map(_from_machine, kept)):
        return False
    return (
        any(_names(header, mine) for name in to for header in _all(kept, name))
        and not any(_names(header, [*mine, *ROBOTS]) for header in _all(kept, "from"))
        and not any(_in_bulk(header) for header in _all(kept, "precedence"))
        and sender != ""
    )


def _from_machine(header: Header) -> bool:
    """A mailing list's mark, or ``Auto-Submitted:`` with anything but ``no``."""
    text = header.text.lower()
    if text.startswith("list-"):
        return text[5:].startswith(LISTS)
    if text.startswith("auto-submitted:"):
        return text.partition(":")[2].strip(" \t\n\r\v\f") != "no"
    return False


def _all(headers: list[Header], name: str) -> list[Header]:
    return [header for header in headers if header.text.lower().startswith(f"{name}:")]


def _in_bulk(header: Header) -> bool:
    text = header.text.lower()
    return any(word in text for word in IN_BULK)


def _names(header: Header, patterns: list[str]) -> bool:
    """Is one of the addresses of a header line among these? A pattern begins with ``^``."""
    for address in _addresses(header.value):
        for pattern in patterns:
            if pattern.startswith("^"):
                if compile(pattern, caseless=True).search(address):
                    return True
            elif address.lower() == pattern.lower():
                return True
    return False


def _addresses(text: str) -> Iterator[str]:
    """The addresses up to the first that is none, as a group is none."""
    for piece in pieces(text):
        try:
            yield extract(piece).address
        except BadAddress:
            return
