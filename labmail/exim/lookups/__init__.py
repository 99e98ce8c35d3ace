"""Lookups: a value found under a key, in a file, a directory, a database or the DNS.

    ${lookup {bob} lsearch {/etc/aliases}}        the key, the kind, the place
    ${lookup dnsdb {mx=ask.com}}                  the kind, the query

In the order of a reader:

    kind        what the word between the braces says: "partial2-lsearch*@,ret=full"
    keys        which keys are asked for, one after another: partial matching and defaults
    searches    the desk where everybody asks: open files, remembered answers
    found       what comes back
    table       what every kind of lookup must be able to do, and the list of kinds

    lsearch     a text file of "key: data", and its kin that keep addresses or patterns
    dsearch     a directory              passwd   the users of the machine
    cdb, dbm    files with an index      json     a document
    sqlite      an SQL file              pgsql    an SQL server
    dnsdb       the DNS                  absent   kinds that are known and have no library here

A kind of lookup is one file with one class, and one word in `table`. Its module is imported when
the kind is first named: a start costs what it uses.

Law: Exim specification, chapter 9.

Try: ``drive(Searches(RealFiles()).find(parse("lsearch"), Text("/etc/aliases"), Text("root")))``.
"""

from __future__ import annotations

from labmail.exim.lookups.found import Found
from labmail.exim.lookups.kind import Kind, parse
from labmail.exim.lookups.quoting import quote
from labmail.exim.lookups.searches import Searches

__all__ = ["Found", "Kind", "Searches", "parse", "quote"]
