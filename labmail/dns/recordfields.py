"""What the data of a record consists of, field by field, and how to tell which one is wrong.

dnspython knows how to read the data of every type, but not at which word it stumbled. When it does,
the fields of the type are tried in their order, and the first that does not fit is named::

    @  IN  MX  mail          preference: not a valid number, found 'mail'
    @  IN  MX  10            host: unexpected end of input

Law: RFC 1035 §3.3, RFC 3596 (AAAA), RFC 2782 (SRV).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dns.exception
import dns.ipv4
import dns.ipv6
import dns.name
import dns.rdatatype
import dns.ttl
from dns.rdatatype import RdataType

from .entries import Token
from .problems import ConfigError, Problem

Check = Callable[[str], str]
"""Gives BIND's words for what is wrong with a field, or an empty string."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: what it is, for the error message, and its check."""

    what: str
    check: Check


def _number(largest: int) -> Check:
    def check(text: str) -> str:
        if not (text.isascii() and text.isdecimal()):
            return "not a valid number"
        return "out of range" if int(text[:20]) > largest else ""

    return check


def _parses(parse: Callable[[str], object], what: str) -> Check:
    def check(text: str) -> str:
        try:
            parse(text)
        except (dns.exception.DNSException, ValueError):
            return what
        return ""

    return check


def _name(text: str) -> str:
    try:
        dns.name.from_text(text)
    except (dns.exception.DNSException, ValueError) as error:
        return name_fault(error)
    return ""


def _anything(text: str) -> str:
    return ""


_HOST = Field("the name of a host", _name)
_NUMBER16 = _number(65535)
_TIME = _parses(dns.ttl.from_text, "bad TTL")

FIELDS: dict[str, tuple[Field, ...]] = {
    "A": (Field("an IPv4 address", _parses(dns.ipv4.inet_aton, "bad dotted quad")),),
    "AAAA": (Field("an IPv6 address", _parses(dns.ipv6.inet_aton, "bad IPv6 address")),),
    "NS": (_HOST,),
    "CNAME": (Field("the name that this one is an alias of", _name),),
    "PTR": (_HOST,),
    "MX": (Field("a preference from 0 to 65535", _NUMBER16), _HOST),
    "SRV": (
        Field("a priority from 0 to 65535", _NUMBER16),
        Field("a weight from 0 to 65535", _NUMBER16),
        Field("a port from 0 to 65535", _NUMBER16),
        _HOST,
    ),
    "SOA": (
        Field("the name of the primary name server", _name),
        Field("the mailbox of the person in charge, as a name", _name),
        Field("a serial from 0 to 4294967295", _number(2**32 - 1)),
        Field("refresh, a time", _TIME),
        Field("retry, a time", _TIME),
        Field("expire, a time", _TIME),
        Field("minimum, a time", _TIME),
    ),
    "HINFO": (Field("the kind of machine", _anything), Field("the system", _anything)),
    "TXT": (Field("text, in quotes where it has spaces", _anything),),
}
"""The fields of each type that a mail system lives by. TXT takes its one field many times."""

EXAMPLES = {
    "A": "A 128.10.30.2", "AAAA": "AAAA 2001:db8::2", "NS": "NS ns", "CNAME": "CNAME mail",
    "PTR": "PTR mail.ask.com.", "MX": "MX 10 mail", "SRV": "SRV 0 0 25 mail",
    "SOA": "SOA ns hostmaster ( 2026030201 1h 10m 1w 5m )", "TXT": 'TXT "v=spf1 mx -all"',
}  # fmt: skip


def diagnose(
    rdtype: RdataType, kind: Token, data: Sequence[Token], error: Exception
) -> ConfigError:
    """What is wrong with ``data``, which dnspython could not read as data of this type."""
    name = dns.rdatatype.to_text(rdtype)
    fields, example = FIELDS.get(name, ()), EXAMPLES.get(name, "")
    for field, token in zip(fields, data, strict=False):
        if what := field.check(token.text):
            return ConfigError(Problem(what, token.spot, token.text, field.what, example))
    if len(data) < len(fields):
        last, expected = (data[-1] if data else kind), fields[len(data)].what
        what = "unexpected end of input"
        return ConfigError(Problem(what, last.spot, last.text, f"after it {expected}", example))
    if fields and len(data) > len(fields) and name != "TXT":
        extra = data[len(fields)]
        return ConfigError(
            Problem("extra input text", extra.spot, extra.text, "the end of the entry", example)
        )
    first = data[0] if data else kind
    return ConfigError(Problem(f"bad {name} data ({error})", first.spot, first.text))


_FAULTS: dict[type[Exception], str] = {
    dns.name.EmptyLabel: "empty label", dns.name.LabelTooLong: "label too long",
    dns.name.NameTooLong: "name too long", dns.name.BadEscape: "bad escape",
}  # fmt: skip


def name_fault(error: Exception) -> str:
    """BIND's words for a domain name that cannot be."""
    return _FAULTS.get(type(error), f"bad name ({error})")
