"""The values that options of named.conf have: a word, yes or no, a name, servers, a list.

Each reader takes a statement and the lists that ``acl`` has named, and gives the value, or raises
`ConfigError` with the place, what was found there and what was expected. Two words where one
belongs mean BIND's commonest mistake::

    type primary            named.conf.local:3:5: missing ';' before 'file': found 'file',
    file "db.ask.com";      expected ';' after 'primary'

Law: BIND 9 Administrator Reference Manual, "Configuration File Elements".
Try: ``boolean(conf.parse("recursion no;")[0], {})``.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Literal

import dns.exception
import dns.name
import dns.ttl
from dns.name import Name

from .acl import AddressList, address_list
from .conf import Block, Statement, Word
from .options import ZONE_TYPES
from .problems import ConfigError, Problem, nearest

PORT = 53
Endpoint = tuple[str, int]
"""An address and a port."""
Acls = Mapping[str, Block]
Kind = Literal["primary", "secondary", "forward", "hint"]
KINDS: dict[str, Kind] = {
    "primary": "primary", "master": "primary", "secondary": "secondary", "slave": "secondary",
    "forward": "forward", "hint": "hint",
}  # fmt: skip
Notify = Literal["yes", "no", "explicit", "primary-only"]
NOTIFY: dict[str, Notify] = {
    "yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no",
    "explicit": "explicit", "primary-only": "primary-only", "master-only": "primary-only",
}  # fmt: skip
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


def word(statement: Statement, acls: Acls | None = None) -> str:
    """The one word behind the keyword."""
    return only_word(statement).text


def boolean(statement: Statement, acls: Acls) -> bool:
    """yes or no."""
    value = only_word(statement)
    if value.text not in _YES + _NO:
        raise wrong(value, "boolean expected", "yes or no", nearest(value.text, ("yes", "no")))
    return value.text in _YES


def kind(statement: Statement, acls: Acls) -> Kind:
    """The type of a zone."""
    value = only_word(statement)
    if value.text in ZONE_TYPES:
        what = f"zones of type {value.text} are not served here"
        raise wrong(value, what, "primary, secondary or forward")
    if value.text not in KINDS:
        close = nearest(value.text, KINDS)
        expected = "primary, secondary, forward or hint"
        raise wrong(value, f"{value.text!r} unexpected", expected, close)
    return KINDS[value.text]


def forward(statement: Statement, acls: Acls) -> str:
    """``only`` or ``first``: in the lab both come to the same, since nobody else could be asked."""
    value = only_word(statement)
    if value.text not in ("only", "first"):
        raise wrong(value, f"{value.text!r} unexpected", "only or first")
    return value.text


def addresses(statement: Statement, acls: Acls) -> AddressList:
    """The address match list in braces."""
    return address_list(block(statement), acls)


def forwarders(statement: Statement, acls: Acls) -> tuple[Endpoint, ...]:
    """The servers of ``forwarders port N { ADDRESS port N; … };``."""
    port = _port(statement.words, PORT)
    return tuple(_forwarder(each, port) for each in block(statement).statements)


def _forwarder(statement: Statement, port: int) -> Endpoint:
    first = statement.parts[0]
    try:
        address = ip_address(str(first))
    except ValueError:
        raise wrong(first, "expected IP address", "the address of a name server") from None
    return str(address), _port(statement.words, port)


def _port(words: tuple[Word, ...], otherwise: int) -> int:
    if not words:
        return otherwise
    if words[0].text != "port" or len(words) != 2:
        raise wrong(words[0], "unexpected token", "port and a number", "port 53")
    return port_number(words[1])


def duration(statement: Statement, acls: Acls) -> int:
    """Seconds: ``3600``, ``1h``, ``1d12h``."""
    word = only_word(statement)
    try:
        return int(dns.ttl.from_text(word.text))
    except dns.exception.DNSException:
        raise wrong(word, "expected TTL value", "seconds, or 10m, 1h, 1d") from None


def port_number(word: Word) -> int:
    """A port, from 1 to 65535."""
    number = word.text
    if not (number.isascii() and number.isdecimal() and 0 < int(number[:9]) <= 65535):
        raise wrong(word, "not a valid number", "a port from 1 to 65535", "port 53")
    return int(number)


def notify(statement: Statement, acls: Acls) -> Notify:
    """Whom a change of a zone is told to."""
    value = only_word(statement)
    if value.text not in NOTIFY:
        close = nearest(value.text, NOTIFY)
        raise wrong(value, "boolean expected", "yes, no, explicit or primary-only", close)
    return NOTIFY[value.text]


def domain(name: Word) -> Name:
    """The absolute domain name that a word writes."""
    try:
        return dns.name.from_text(name.text)
    except dns.exception.DNSException as error:
        raise wrong(name, f"is not a valid name: {error}", "a domain name") from None


def only_word(statement: Statement) -> Word:
    """The one word behind a keyword. A second one means that a semicolon is missing before it."""
    if not statement.words:
        raise wrong(statement.parts[0], "unexpected token", f"a value after {statement.keyword}")
    value, *more = statement.words
    if more:
        raise wrong(more[0], f"missing ';' before {more[0].text!r}", f"';' after {value.text!r}")
    return value


def block(statement: Statement) -> Block:
    """The braces that belong to a statement."""
    if statement.block is None:
        raise wrong(statement.parts[-1], "'{' expected", f"{statement.keyword} {{ … }};")
    return statement.block


def wrong(part: Word | Block, what: str, expected: str = "", remedy: str = "") -> ConfigError:
    """An error at a word or a block."""
    found = part.text if isinstance(part, Word) else "{"
    return ConfigError(Problem(what, part.spot, found, expected, remedy))
