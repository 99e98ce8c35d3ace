"""A record of the DNS as the text of a lookup.

    MX      10 mail.ask.com          the fields with blanks between them
    TXT     the first string         the others too, if a separator for fields was asked for
    SOA     the first name server    all fields likewise
    CSA     Y mail.ask.com           authorized: Y, N, ? (unknown), X (missing, though required)

Law: Exim specification, §9.10, §9.12. Exim writes numbers and separators through a function that
ends at a NUL, so an empty separator cuts SRV and TLSA after the first number; so do we.

Try: ``text("MX", record, None)``.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.lookups.dnsask import text_of


def text(kind: str, rdata: Any, fields: str | None) -> str:
    """The data of a record of that kind; ``fields`` separates its parts, None: none was given."""
    if kind in ("A", "AAAA"):
        return str(rdata.address)
    if kind in ("TXT", "SPF"):
        return _strings(rdata.strings, fields if fields is not None or kind == "TXT" else "")
    if kind in ("MX", "SRV", "TLSA"):
        return _numbered(kind, rdata, " " if fields is None else fields)
    if kind == "SOA":
        return _soa(rdata, fields)
    return text_of(rdata.exchange if kind == "MXH" else rdata.target)


def csa(rdata: Any, direct: bool) -> str | None:
    """What a CSA record says; None if it says nothing. ``direct``: it is of the name itself."""
    if rdata.priority != 1:
        return None
    if not direct:
        verdict = "X" if rdata.port & 1 else "?"
    elif rdata.weight < 4:
        verdict = "NNY?"[rdata.weight]
    else:
        return None
    return f"{verdict} {text_of(rdata.target)}"


def _strings(strings: tuple[bytes, ...], fields: str | None) -> str:
    texts = [string.partition(b"\0")[0].decode("latin-1") for string in strings]
    return texts[0] if fields is None else fields.join(texts)


def _numbered(kind: str, rdata: Any, fields: str) -> str:
    """A record that begins with numbers."""
    if kind == "MX":
        return f"{rdata.preference}{fields}{text_of(rdata.exchange)}"
    if kind == "SRV":
        numbers, last = (rdata.priority, rdata.weight, rdata.port), text_of(rdata.target)
    else:
        numbers, last = (rdata.usage, rdata.selector, rdata.mtype), rdata.cert.hex()
    if not fields:
        return str(numbers[0]) + (last if kind == "SRV" else "")
    return fields.join([*map(str, numbers), last])


def _soa(rdata: Any, fields: str | None) -> str:
    """The first name server, and with a separator the rest."""
    if not fields:
        return text_of(rdata.mname)
    numbers = (rdata.serial, rdata.refresh, rdata.retry, rdata.expire, rdata.minimum)
    return fields.join([text_of(rdata.mname), text_of(rdata.rname), *map(str, numbers)])
