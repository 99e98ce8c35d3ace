"""Lookups: a value found under a key, in a file, a directory, a database or the DNS.

    ${lookup {bob} lsearch {/etc/aliases}}        the key, the kind, the place
    ${lookup dnsdb {mx=ask.com}}                  the kind, the query

In the order of a reader:

    kind        what the word between the braces says: "partial2-lsearch*@,ret=full"
    keys        which keys are asked for, one after another: partial matching and defaults
    searches    the desk where everybody asks: open files, remembered answers
    found       what comes back
    table       the list of kinds, and what each must be able to do
    quoting     data made safe to stand in a query

    lsearch     a text file of "key: data" (in `lines`); with addresses: iplsearch (in `addresses`);
                with patterns: wildlsearch
    dsearch     a directory              passwd   the users of the machine
    cdb         a file with an index     dbm      another, made by a library (`berkeley`)
    json        a document
    sqlite      an SQL file              pgsql    an SQL server (`sqlservers`); both give `rows`
    dnsdb       the DNS: its queries, how they are asked (`dnsask`, `names`), what comes back
                (`dnsrecords`)
    absent      kinds that are known and have no library here

A kind of lookup is one file with one class, and one word in `table`. Its module is imported when
the kind is first named: a start costs what it uses.

Law: Exim specification, chapter 9.

Try: ``drive(Searches(RealFiles()).find(parse("lsearch"), Text("/etc/aliases"), Text("root")))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labmail.exim.lookups.found import Found
    from labmail.exim.lookups.kind import Kind, parse
    from labmail.exim.lookups.quoting import quote
    from labmail.exim.lookups.searches import Searches

__all__ = ["Found", "Kind", "Searches", "parse", "quote"]

HOMES = {
    "Found": "found",
    "Kind": "kind",
    "Searches": "searches",
    "parse": "kind",
    "quote": "quoting",
}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: most strings look nothing up."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    globals()[name] = value  # the next one need not ask
    return value
