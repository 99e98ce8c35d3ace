"""Data made safe to stand in a query: what ``${quote_pgsql:…}`` and its kin do.

Each kind of query says how. A single key is never parsed, so there is nothing to quote.

Law: Exim specification, §9.9.

Try: ``quote("sqlite", "O'Hara")``.
"""

from __future__ import annotations

from labmail.exim.errors import ExpansionFailed
from labmail.exim.lookups.kind import parse
from labmail.exim.lookups.table import KINDS, QUERY, module


def quote(name: str, text: str, option: str | None = None) -> str:
    """The text as it may stand in a query of that kind.

    ``option`` is what stands behind a second underscore, as in ``quote_ldap_dn``. ExpansionFailed,
    in Exim's words, for a kind or an option that nobody knows.
    """
    if name not in KINDS:
        parse(name)
    if KINDS[name][1] == QUERY:
        quoted: str | None = module(name).quote(name, text, option)
    else:
        quoted = text if option is None else None
    if quoted is None:
        raise ExpansionFailed(f'"{option}" unrecognized after "${{quote_{name}"')
    return quoted
