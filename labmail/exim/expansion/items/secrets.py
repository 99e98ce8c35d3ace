"""Items that sign: a checksum with a key, and addresses that only their maker can have made.

    hmac                a checksum of a text with a key (RFC 2104)
    prvs, prvscheck     a sender address that is good for a week; bounces to others are forged
    srs_encode          the address of somebody else as one of ours, for forwarding

Law: Exim specification, §11.5; the drafts of BATV; §58.2 for SRS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import EMPTY, Text

from ..context import Context
from ..tree import Node, evaluate
from .item import item, reads

if TYPE_CHECKING:
    from ..parser import Parser

DAY = 86400
WEEK = 7
LONGEST_KEY = 64

_PRVS = re.compile(r"prvs=([0-9])([0-9]{3})([A-F0-9]{6})=(.+)@(.+)", re.I | re.S)


def checksum(algorithm: str, key: str, text: str) -> str:
    """An HMAC in hexadecimal digits."""
    from hmac import new

    return new(key.encode("latin-1"), text.encode("latin-1"), algorithm).hexdigest()


@item(least=3, most=3)
def hmac(context: Context, algorithm: Text, key: Text, text: Text) -> Text:
    """A checksum that only those with the key can make."""
    if algorithm.text not in ("md5", "sha1"):
        raise ExpansionFailed(f'hmac algorithm "{algorithm.text}" is not recognised')
    return Text(checksum(algorithm.text, key.text, text.text))


def today(context: Context) -> int:
    """Days since 1970."""
    return int(context.clock.now()) // DAY if context.clock else 0


@item(least=2, most=3)
def prvs(context: Context, address: Text, key: Text, number: Text | None) -> Text:
    """``prvs=``, the number of the key, the day on which it expires, a checksum, the address."""
    local_part, at, domain = address.text.rpartition("@")
    if not (local_part and at and domain):
        raise ExpansionFailed("prvs first argument must be a qualified email address")
    which = number.text if number is not None else "0"
    if not re.fullmatch("[0-9]", which):
        raise ExpansionFailed("prvs third argument must be a single digit")
    if len(key.text) > LONGEST_KEY:
        raise ExpansionFailed("prvs hmac-sha1 conversion failed")
    day = f"{(today(context) + WEEK) % 1000:03}"
    mark = checksum("sha1", key.text, which + day + address.text)[:6]
    return Text(f"prvs={which}{day}{mark}={address.text}", address.tainted or key.tainted)


@reads("prvscheck")
def read_prvscheck(parser: Parser, name: str, start: int) -> Node:
    given: list[Node] = []
    while parser.space() == "{" and len(given) < 3:
        given.append(parser.argument())
    mark = parser.at
    plain = _closed(parser, name, len(given), 1, 2)
    after_plain, parser.at = parser.at, mark
    signed = _closed(parser, name, len(given), 1, 1)
    parser.at = max(parser.at, after_plain)
    return PrvsCheck(tuple(given), plain, signed, start, parser.at)


def _closed(parser: Parser, name: str, count: int, least: int, most: int) -> Node | None:
    """What is wrong with the number of arguments, or behind them."""
    if count < 2:
        return parser.misplaced(f"Not enough arguments for '{name}' (min is {least})")
    if parser.space() == "}":
        parser.at += 1
        return None
    if parser.text.startswith("{", parser.at):
        return parser.failed(f"Too many arguments for '{name}' (max is {most})")
    return parser.misplaced(f"missing '}}' after '{name}'")


class PrvsCheck(Node):
    """The address, the key, and what it comes to where the address is one of the kind."""

    __slots__ = ("given", "plain", "signed")

    def __init__(
        self,
        given: tuple[Node, ...],
        plain: Node | None,
        signed: Node | None,
        start: int,
        end: int,
    ) -> None:
        self.given = given
        self.plain = plain
        self.signed = signed
        self.start = start
        self.end = end

    async def value(self, context: Context) -> Text:
        if not self.given:
            self._complain(self.plain)
        address = await evaluate(self.given[0], context)
        found = _PRVS.fullmatch(address.text)
        if found is None:
            for node in self.given[1:]:
                await evaluate(node, context)
            self._complain(self.plain)
            return EMPTY
        number, day, mark, local_part, domain = found.groups()
        context.numeric = tuple(Text(part, address.tainted) for part in (found[0], *found.groups()))
        original = Text(f"{local_part}@{domain}", address.tainted)
        context.variables["prvscheck_address"] = original
        context.variables["prvscheck_keynum"] = Text(number, address.tainted)
        if len(self.given) < 2:
            self._complain(self.signed)
        key = await evaluate(self.given[1], context)
        if len(key.text) > LONGEST_KEY:
            raise ExpansionFailed("hmac-sha1 conversion failed")
        right = checksum("sha1", key.text, number + day + original.text)[:6]
        good = right == mark.lower() and _alive(int(day), today(context))
        context.variables["prvscheck_result"] = Text("1") if good else EMPTY
        text = await evaluate(self.given[2], context) if len(self.given) > 2 else EMPTY
        self._complain(self.signed)
        for name in ("address", "keynum", "result"):
            del context.variables[f"prvscheck_{name}"]
        return text if text.text else original

    def _complain(self, wrong: Node | None) -> None:
        if wrong is not None:
            wrong.skip()

    def skip(self) -> str:
        for node in self.given:
            node.skip()
        self._complain(self.plain)
        return ""

    def below(self) -> tuple[Node, ...]:
        return self.given

    def told(self) -> str:
        return "item prvscheck"


def _alive(expires: int, day: int) -> bool:
    """Days are counted modulo 1000: the day of expiry may be up to a week ahead."""
    return (expires - day) % 1000 <= WEEK


BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"


@item(least=3, most=3)
def srs_encode(context: Context, secret: Text, address: Text, domain: Text) -> Text:
    """The address of a sender as one of our domain: ``SRS0=mark=day=domain=local_part@domain``."""
    from ..addresses import BadAddress, extract
    from ..operators.quoting import quote_local_part

    if not address.text:
        return EMPTY
    try:
        found = extract(address.text)
    except BadAddress as bad:
        raise ExpansionFailed(bad.message, help=bad.help) from None
    mark = checksum("md5", secret.text, address.text.lower())[:4]
    day = today(context) & 0x3FF
    stamp = BASE_32[day >> 5] + BASE_32[day & 31]
    local_part, head = found.local_part, f"SRS0={mark}={stamp}={found.domain}="
    if local_part.startswith('"'):
        ours = quote_local_part(head + re.sub(r"\\(.)", r"\1", local_part[1:-1]))
    else:
        ours = head + local_part
    return Text(f"{ours}@{domain.text}", address.tainted or domain.tainted)
