"""Which SQL servers a query goes to.

    pgsql_servers = one/mail/exim/secret : two/mail/exim/secret     in the configuration
    ${lookup pgsql {…}}                                             one, and if it fails, two
    ${lookup pgsql,servers=two {…}}                                 that one, as described there
    ${lookup pgsql,servers=three/mail/exim/secret {…}}              another
    ${lookup pgsql {servers=two; …}}                                an older way to say so

A server is a host, a database, a user and a password, with slashes between them. The list is one of
stand-ins: the first server that answers has answered, even if it found nothing.

Law: Exim specification, §9.22, §9.23.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labmail.exim.config.split import SPACE, split
from labmail.exim.errors import Deferred
from labmail.exim.lookups.table import Question, World

_WORD = "servers"


class Brand(NamedTuple):
    """A kind of SQL server: its name in messages, twice, and the option that lists the servers."""

    name: str
    product: str
    option: str


class Server(NamedTuple):
    """Where to connect to, and as whom."""

    host: str
    database: str
    user: str
    password: str


def addressed(brand: Brand, question: Question, world: World) -> tuple[Iterator[Server], str]:
    """The servers to ask, in their order, and the query.

    Deferred, in Exim's words, for a query without a server; the iterator raises it for an entry
    that is wrong, when its turn comes.
    """
    listed = world.setting(brand.option)
    own, query = _own(brand, question)
    asked = listed if own is None else own
    if asked is None:
        raise Deferred(f"no {brand.name} servers defined ({brand.option} option)")
    return (_server(brand, entry, listed or "") for entry in split(asked)), query


def _own(brand: Brand, question: Question) -> tuple[str | None, str]:
    """The servers that the lookup names itself, None if it doesn't, and the query."""
    for option in question.options:
        if option.startswith(f"{_WORD}="):
            return option[len(_WORD) + 1 :], question.key
    if not question.key.startswith(_WORD):
        return None, question.key
    text = question.key[len(_WORD) :].lstrip(SPACE)
    if not text.startswith("="):
        raise Deferred(f'missing = after "servers" in {brand.name} lookup')
    own, semicolon, query = text[1:].partition(";")
    if not semicolon:
        raise Deferred(f'missing ; after "servers=" in {brand.name} lookup')
    if not own.strip(SPACE):
        raise Deferred(f'"servers=" defines no servers in "{question.key}"')
    return own.strip(SPACE), query.lstrip(SPACE)


def _server(brand: Brand, entry: str, listed: str) -> Server:
    """The server that an entry describes, or names as one of those in the configuration."""
    if "/" not in entry:
        known = [server for server in split(listed) if server.startswith(f"{entry}/")]
        if not known:
            raise Deferred(f'{brand.name} server "{entry}" not found in {brand.option}')
        entry = known[0]
    parts = entry.rsplit("/", 3)
    if len(parts) < 4:
        shown = entry.rsplit("/", 1)[0]
        raise Deferred(
            f"incomplete {brand.product} server data: {shown}",
            help="a server is host/database/user/password",
        )
    return Server(*parts)
