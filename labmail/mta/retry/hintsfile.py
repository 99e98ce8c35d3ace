"""The hints on disk: ``var/spool/exim4/db/retry.sqlite``, one table in SQLite.

    key                          first_failed  last_try    next_try    expired  errno  problem
    T:mail.ask.com:128.10.30.2   1772442000    1772442900  1772443800  0        111    Connection …

What has changed behind an attempt is one transaction. SQLite writes ahead (WAL) and syncs when it
tidies up: a crash of the host costs the newest hints at most, never the file, and so a host is
tried a little early. A file that is damaged all the same is put aside, and begun anew. While the
MTA works, ``-wal`` and ``-shm`` lie beside it; a clean end leaves one file.

Real Exim keeps its hints in Berkeley DB, with `exim_dumpdb` to look into it.

Law: Exim specification, §3.1 ("hints databases").

Try: ``sqlite3 var/spool/exim4/db/retry.sqlite 'select * from retry'``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from labmail.world import HostFiles

from .retry import Attempt

if TYPE_CHECKING:
    from sqlite3 import Connection

FILE = "/var/spool/exim4/db/retry.sqlite"
ASIDE = f"{FILE}.damaged"
BESIDE = ("-wal", "-shm")
TABLE = """create table if not exists retry (
    key text primary key, first_failed real, last_try real, next_try real,
    expired integer, errno integer, problem text
) without rowid"""


class HintsFile:
    """The file of one host. All methods block, and may be called from any worker."""

    def __init__(self, files: HostFiles) -> None:
        self.files = files
        self._connection: Connection | None = None
        self._lock = Lock()

    def save(self, changes: Mapping[str, Attempt | None]) -> None:
        """Writes what has changed; None: it is forgotten. Raises OSError."""
        import sqlite3

        gone = [(key,) for key, attempt in changes.items() if attempt is None]
        rows = [(key, *_row(attempt)) for key, attempt in changes.items() if attempt is not None]
        with self._lock:
            try:
                connection = self._open()
                with connection:
                    connection.executemany("delete from retry where key = ?", gone)
                    connection.executemany("replace into retry values (?,?,?,?,?,?,?)", rows)
            except sqlite3.Error as error:
                raise OSError(f"{FILE}: {error}") from error

    def load(self) -> tuple[dict[str, Attempt], str]:
        """All hints, and what is wrong with the file; "" where all is well."""
        if not self.files.exists(FILE):
            return {}, ""
        import sqlite3

        with self._lock:
            try:
                found = self._open().execute("select * from retry").fetchall()
                return {str(key): _attempt(row) for key, *row in found}, ""
            except (sqlite3.DatabaseError, ValueError, TypeError, OSError) as error:
                self._close()
                return {}, f"{FILE}: {error}; {self._put_aside()}, and every host is tried at once"

    def close(self) -> None:
        """Ends in order: one file is left."""
        with self._lock:
            self._close()

    def _open(self) -> Connection:
        """The database. Raises sqlite3.Error, OSError."""
        import sqlite3

        if self._connection is None:
            self.files.mkdir(FILE.rpartition("/")[0], 0o750)
            made = sqlite3.connect(self.files.real(FILE), check_same_thread=False)
            try:
                made.execute("pragma journal_mode = wal")
                made.execute("pragma synchronous = normal")
                made.execute(TABLE)
            except sqlite3.Error:
                made.close()
                raise
            self._connection = made
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _put_aside(self) -> str:
        """Makes room for a new file; says what became of the old one."""
        disk, real = self.files.disk, self.files.real
        for end in BESIDE:
            with suppress(OSError):
                disk.unlink(real(FILE + end))
        try:
            disk.rename(real(FILE), real(ASIDE))
        except OSError as error:
            return f"it cannot be put aside ({error.strerror})"
        return f"it is kept as {ASIDE}"


def _row(attempt: Attempt) -> tuple[float | int | str, ...]:
    times = (attempt.first_failed, attempt.last_try, attempt.next_try)
    return *times, int(attempt.expired), attempt.errno, attempt.problem


def _attempt(row: list[object]) -> Attempt:
    """Raises ValueError, TypeError for what is no record."""
    first, last, due, expired, number, problem = row
    return Attempt(
        first_failed=_number(first),
        last_try=_number(last),
        next_try=_number(due),
        expired=bool(expired),
        problem=str(problem),
        errno=int(_number(number)),
    )


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise ValueError(f"expected a number, found {value!r}")
    return value
