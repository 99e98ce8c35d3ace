"""Database servers, for the command line: connections are made by PostgreSQL's own library.

It comes with psycopg, which is optional: ``pip install "labmail[postgres]"``. It is imported when
the first query goes out, and a connection is kept for the next.

Law: Exim specification, §9.25; libpq, "Connection Strings".
"""

from __future__ import annotations

from typing import Any

from labmail.exim.errors import Deferred


class MachineDatabases:
    """Connections of this process, one for each server."""

    def __init__(self) -> None:
        self._open: dict[tuple[tuple[str, str], ...], Any] = {}

    async def postgresql(self, parts: dict[str, str]) -> Any:
        """A connection to a server; its ``status`` says whether it came about."""
        asked = tuple(sorted(parts.items()))
        if asked not in self._open or self._open[asked].status != 0:
            self._open[asked] = self._connected(parts)
        return self._open[asked]

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in self._open.values():
            connection.finish()
        self._open.clear()

    def _connected(self, parts: dict[str, str]) -> Any:
        try:
            from psycopg import conninfo, pq
        except ImportError as missing:
            raise Deferred(
                f"PGSQL connection failed: {missing}", help='pip install "labmail[postgres]"'
            ) from missing
        text = conninfo.make_conninfo("", client_encoding="SQL_ASCII", **parts)
        return pq.PGconn.connect(text.encode("latin-1"))
