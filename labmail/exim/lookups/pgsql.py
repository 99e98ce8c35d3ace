r"""pgsql: an SQL query to a PostgreSQL server.

    pgsql_servers = 192.0.2.5::5432/mail/exim/secret : (/run/postgresql/.s.PGSQL.5432)/mail/exim/
    ${lookup pgsql {select home from users where id='${quote_pgsql:$local_part}'}}

Rows come back as text; a command that changes rows gives their number, and nothing of it is
remembered. A server that doesn't answer, or finds a mistake in the query, gives way to the next;
the complaint of the last is told. A connection is kept, in whatever state it is.

Law: Exim specification, §9.21 to §9.23, §9.25.

The library that speaks to the server is handed in (`Databases`): it is PostgreSQL's own, so that
its complaints are word for word those that Exim passes on.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from labmail.exim.errors import Deferred
from labmail.exim.lookups.rows import rows_as_text
from labmail.exim.lookups.sqlservers import Brand, Server, addressed
from labmail.exim.lookups.table import Answer, Question, World

BRAND = Brand("PostgreSQL", "pgSQL", "pgsql_servers")

_STATUSES = (
    "EMPTY_QUERY",
    "COMMAND_OK",
    "TUPLES_OK",
    "COPY_OUT",
    "COPY_IN",
    "BAD_RESPONSE",
    "NONFATAL_ERROR",
    "FATAL_ERROR",
)
"""What libpq calls the results of a query, from PGRES_EMPTY_QUERY, which is 0, on."""

_QUOTED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "'": "''", '"': '\\"', "\\": "\\\\"}


class Databases(Protocol):
    """Whoever connects to servers: on the command line libpq, in a lab nobody yet."""

    async def postgresql(self, parts: dict[str, str]) -> Any:
        """A connection as `psycopg.pq.PGconn`, made from libpq's keywords (host, port, dbname…).

        Deferred if there can be none.
        """


async def find(question: Question, world: World) -> Answer:
    """The rows that the query asks for. Deferred if no server tells."""
    servers, query = addressed(BRAND, question, world)
    complaint = Deferred("")
    for server in servers:
        parts = _parts(server)
        try:
            connection = await _connect(world, parts)
            return _answer(connection.exec_(query.encode("latin-1")), query, server)
        except Deferred as failed:
            complaint = failed
    raise complaint


def quote(name: str, text: str, option: str | None) -> str | None:
    """A text as it may stand between single quotes.

    >>> quote("pgsql", "O'Hara", None)
    "O''Hara"
    """
    if option is not None:
        return None
    return re.sub("[\n\t\r\b'\"\\\\]", lambda found: _QUOTED[found[0]], text)


def _parts(server: Server) -> dict[str, str]:
    """A server as libpq wants it. Deferred for a socket that has no such name."""
    host, port = server.host, ""
    if host.startswith("("):
        path = host[1:].partition(")")[0]
        folder, slash, name = path.rpartition("/")
        _, dot, port = name.rpartition(".")
        if not slash or not dot:
            raise Deferred(f"PGSQL invalid filename for socket: {path}")
        host = folder
    elif ":" in host:
        host, _, port = host.partition(":")
    parts = {"host": host, "port": port, "dbname": server.database, "user": server.user}
    return {word: part for word, part in {**parts, "password": server.password}.items() if part}


async def _connect(world: World, parts: dict[str, str]) -> Any:
    if world.databases is None:
        raise Deferred("PGSQL connection failed: no route to host", help="no servers here")
    connection = await world.databases.postgresql(parts)
    if connection.status != 0:
        complaint = connection.error_message.decode("utf-8", "replace")
        raise Deferred(f"PGSQL connection failed: {complaint}")
    return connection


def _answer(result: Any, query: str, server: Server) -> Answer:
    """What a result of libpq says."""
    why = f"{server.host} was asked {query}"
    status = _STATUSES[result.status] if result.status < len(_STATUSES) else "OTHER"
    if status in ("EMPTY_QUERY", "COMMAND_OK"):
        changed = result.command_tuples
        return Answer(None if changed is None else str(changed), why, keep=False)
    if status != "TUPLES_OK":
        complaint = _text(result.error_message)
        raise Deferred(f"PGSQL: query failed: {complaint} (PGRES_{status}) ({query})\n")
    if not result.ntuples:
        return Answer(None, why)
    columns = range(result.nfields)
    rows = [
        [_text(result.get_value(row, column)) for column in columns]
        for row in range(result.ntuples)
    ]
    return Answer(rows_as_text([_text(result.fname(column)) for column in columns], rows), why)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("latin-1")
