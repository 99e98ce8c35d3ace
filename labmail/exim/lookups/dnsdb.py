r"""dnsdb: the DNS as a database.

    ${lookup dnsdb {mx=ask.com}}                             10 mail.ask.com
    ${lookup dnsdb {>: a+=one.ask.com : two.ask.com}}        all addresses, colons between them
    ${lookup dnsdb {defer_never,dnssec_strict,ptr=192.0.2.1}}

            >;,/         defer_lax,        mx   =   one.ask.com : two.ask.com
            │ └ between  └ modifiers,      │        └ a list of names, or of addresses for PTR
            │   fields     each with a     └ the kind of record; TXT if there is none
            └ between      comma
              records

All names are asked for; the lookup finds nothing only if none of them has records. What happens
when one can't be found out is a matter of the modifier: ``strict`` defers at once, ``lax`` if
nothing else was found, ``never`` takes it for nothing.

Law: Exim specification, §9.10 to §9.13.

Try: ``read("defer_never,>")`` and see why it fails.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import NamedTuple, NoReturn

from labmail.exim.config.split import SPACE, split
from labmail.exim.errors import Deferred
from labmail.exim.lookups import dnsrecords
from labmail.exim.lookups.addresses import as_address, reverse_name
from labmail.exim.lookups.dnsask import Patience, ask, ask_csa, ask_zone
from labmail.exim.lookups.names import NameAnswer
from labmail.exim.lookups.table import Answer, Question, World

KINDS = {
    "a": ("A",),
    "a+": ("AAAA", "A"),
    "aaaa": ("AAAA",),
    "cname": ("CNAME",),
    "csa": ("CSA",),
    "mx": ("MX",),
    "mxh": ("MXH",),
    "ns": ("NS",),
    "ptr": ("PTR",),
    "soa": ("SOA",),
    "spf": ("SPF",),
    "srv": ("SRV",),
    "tlsa": ("TLSA",),
    "txt": ("TXT",),
    "zns": ("ZNS",),
}
"""What may stand before the equals sign, and the kinds of record that are asked for."""

_RECORD = {"MXH": "MX", "ZNS": "NS", "CSA": "SRV"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_MODIFIER = re.compile(r"(?i)(defer|dnssec|retrans|retry)_")
_WORD = re.compile(r"(?i)strict|lax|never")
_TIME = re.compile(r"((?:[0-9]+[smhdw])+)(?=,)")
_COUNT = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9A-Fa-f]+|[0-9]*)")


class Query(NamedTuple):
    """A query in its parts; ``fields`` is None where it names no separator for them."""

    kinds: tuple[str, ...]
    names: str
    records: str = "\n"
    fields: str | None = None
    defer: str = "lax"
    dnssec: str = "lax"
    patience: Patience = Patience()


class _Found(NamedTuple):
    """What one question brought: the texts of its records, or that it could not be found out."""

    texts: list[str | None]
    known: bool
    authenticated: bool


async def find(question: Question, world: World) -> Answer:
    """The records that the query asks for. Deferred where they can't be found out."""
    query = read(question.key)
    value, unknown, told = "", False, "" if query.dnssec == "never" else "no"
    async for found in _each(query, world):
        if told:
            told = "yes" if found.authenticated else "no"
        if not found.known and query.defer == "strict":
            raise Deferred("")
        unknown = unknown or (not found.known and query.defer == "lax")
        for text in found.texts:
            value += (query.records if value else "") + (text or "")
    if not value and unknown:
        raise Deferred("")
    why = f"the DNS answered {question.key}"
    return Answer(value or None, why, keep=False, authenticated=told)


def quote(name: str, text: str, option: str | None) -> str | None:
    """Nothing is quoted."""
    return text if option is None else None


def read(text: str) -> Query:
    """A query in its parts. Deferred, in Exim's words, for one that is wrong.

    >>> read(">: mxh=ask.com").names
    'ask.com'
    """
    records, fields, rest = _separators(text.lstrip(SPACE))
    words, rest = _modifiers(rest)
    kind, equals, names = rest.partition("=")
    if not equals:
        kind, names = "txt", rest
    kinds = KINDS.get(kind.rstrip(SPACE).lower())
    if kinds is None:
        _wrong("unsupported DNS record type", f"known are: {' '.join(KINDS)}")
    names = names.lstrip(SPACE)
    patience = Patience(_seconds(words["retrans"]), int(words["retry"]))
    return Query(kinds, names, records, fields, words["defer"], words["dnssec"], patience)


def _separators(text: str) -> tuple[str, str | None, str]:
    """What stands between records, between fields, and the rest of the query."""
    if not text.startswith(">"):
        return "\n", None, text
    records, rest, fields = text[1:2], text[2:], None
    if rest.startswith(","):
        fields, rest = rest[1:2], rest[2:]
    elif rest.startswith(";"):
        fields, rest = "", rest[1:]
    return records, fields, rest.lstrip(SPACE)


def _modifiers(text: str) -> tuple[dict[str, str], str]:
    """The words before the kind of record, each with a comma behind it, and the rest."""
    words = {"defer": "lax", "dnssec": "lax", "retrans": "", "retry": "0"}
    while found := _MODIFIER.match(text):
        name = found[1].lower()
        value, text = _READERS[name](text[found.end() :])
        words[name] = value.lower()
        text = text.lstrip(SPACE)
        if not text.startswith(","):
            _wrong("dnsdb modifier syntax error", "a comma must follow each modifier")
        text = text[1:].lstrip(SPACE)
    return words, text


def _defer(text: str) -> tuple[str, str]:
    return _word(text, "unsupported dnsdb defer behaviour")


def _dnssec(text: str) -> tuple[str, str]:
    return _word(text, "unsupported dnsdb dnssec behaviour")


def _word(text: str, otherwise: str) -> tuple[str, str]:
    found = _WORD.match(text)
    if found is None:
        _wrong(otherwise, "it is strict, lax or never")
    return found[0], text[found.end() :]


def _retrans(text: str) -> tuple[str, str]:
    """How long to wait for a server."""
    found = _TIME.match(text)
    if found is None or not _seconds(found[0]):
        _wrong("unsupported dnsdb timeout value", "write a time with its unit, such as 5s")
    return found[0], text[found.end() :]


def _seconds(time: str) -> int:
    parts = re.findall(r"([0-9]{1,9})([smhdw])", time)
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def _retry(text: str) -> tuple[str, str]:
    """How often to ask."""
    found = _COUNT.match(text)
    assert found is not None  # it matches nothing at all, too
    count = int(found[2][:12], 16) if found[2][1:2] in ("x", "X") else int(found[2][:9] or "0")
    if found[1] == "-" and count:
        _wrong("unsupported dnsdb retry count")
    return str(count), text[found.end() :]


_READERS = {"defer": _defer, "dnssec": _dnssec, "retrans": _retrans, "retry": _retry}


def _wrong(words: str, hint: str = "") -> NoReturn:
    raise Deferred(words, help=hint)


async def _each(query: Query, world: World) -> AsyncIterator[_Found]:
    """One question after another: each name, and for each the kinds of record."""
    reverse = query.kinds in (("PTR",), ("CSA",))
    one = query.kinds == ("PTR",) and as_address(query.names) is not None
    for name in [query.names] if one else split(query.names):
        if not name:
            continue
        address = as_address(name) if reverse else None
        for kind in query.kinds:
            answer, texts = await _ask(
                world, kind, reverse_name(address) if address else name, query
            )
            known = answer.status in ("ok", "nodata", "nxdomain")
            if query.dnssec == "strict" and answer.status == "ok" and not answer.authenticated:
                known, texts = False, []
            yield _Found(texts, known, answer.authenticated and answer.status == "ok")


async def _ask(
    world: World, kind: str, name: str, query: Query
) -> tuple[NameAnswer, list[str | None]]:
    """The answer to one question, and its records as texts."""
    if kind == "CSA":
        answer, found = await ask_csa(world, name, query.patience)
        records = answer.of("SRV")
        return answer, [dnsrecords.csa(record.rdata, found == name) for record in records]
    rdtype = _RECORD.get(kind, kind)
    asker = ask_zone if kind in ("SOA", "ZNS") else ask
    answer = await asker(world, name, rdtype, query.patience)
    if answer.status != "ok":
        return answer, []
    return answer, [
        dnsrecords.text(kind, record.rdata, query.fields) for record in answer.of(rdtype)
    ]
