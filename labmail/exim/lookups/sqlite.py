"""sqlite: an SQL query to a database that is a file.

    sqlite_dbfile = /var/lib/mail/users.db                        in the configuration
    ${lookup sqlite {select home from users where id='bob'}}
    ${lookup sqlite,file=/srv/other.db {…}}                       or another file
    ${lookup sqlite {/srv/other.db select …}}                     an older way to say so

Data belongs into the query through ``${quote_sqlite:…}``, which doubles single quotes.

Law: Exim specification, §9.21, §9.26. A query with a mistake finds nothing; a database that is
locked for longer than ``sqlite_lock_timeout`` defers. As in Exim, a file that is missing is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from labmail.exim.errors import Deferred
from labmail.exim.files import real
from labmail.exim.lookups.rows import NULL, rows_as_text
from labmail.exim.lookups.table import Answer, CannotOpen, Question, World

_LOCK_SECONDS = 5
_ROUND, _MOST_ROUNDS = 1_000_000, 25
"""After so many steps of the database's machine, so many times, a query is given up."""
_NO_FILE = "unable to open database file"
"""The library's words."""


async def find(question: Question, world: World) -> Answer:
    """The rows that the query asks for. CannotOpen, or Deferred while somebody writes."""
    import sqlite3

    path, query = place(question, world)
    try:
        connection = _connect(path, world)
        try:
            answers = [_rows(connection, statement) for statement in _statements(query)]
        finally:
            connection.close()
    except sqlite3.Error as wrong:
        return _failed(wrong, path)
    told = [answer for answer in answers if answer is not None]
    value = "\n".join(told) if told else None
    return Answer(value, f"{path} was asked {query}", keep=value is not None, complaint=None)


def quote(name: str, text: str, option: str | None) -> str | None:
    """A text as it may stand between single quotes.

    >>> quote("sqlite", "O'Hara", None)
    "O''Hara"
    """
    return text.replace("'", "''") if option is None else None


def place(question: Question, world: World) -> tuple[str, str]:
    """The file and the query. CannotOpen unless the file's name is absolute."""
    path = question.option("file")
    if path is None:
        path = world.setting("sqlite_dbfile")
    query = question.key
    if path is None:
        path, query = _words(query)
        if question.tainted and path.startswith("/"):
            raise CannotOpen("(null)", help=f"the file name was chosen by a stranger: {path}")
    if not path.startswith("/"):
        raise CannotOpen(
            'absolute file name expected for "sqlite" lookup',
            help="set sqlite_dbfile, or write sqlite,file=/path",
        )
    return path, query


def _words(query: str) -> tuple[str, str]:
    """The file's name in front of a query, and the rest."""
    found = re.match(r"[ \t\n\v\f\r]*([^ \t\n\v\f\r]*)[ \t\n\v\f\r]*", query)
    assert found is not None  # it matches nothing at all, too
    return found[1], query[found.end() :]


def _connect(path: str, world: World) -> Any:
    import sqlite3

    seconds = float(world.setting("sqlite_lock_timeout") or _LOCK_SECONDS)
    try:
        name = real(world.files, path)
    except OSError:
        raise CannotOpen(_NO_FILE) from None
    connection = sqlite3.connect(name, timeout=seconds, isolation_level=None)
    connection.text_factory = bytes
    rounds = count()
    connection.set_progress_handler(lambda: next(rounds) > _MOST_ROUNDS, _ROUND)
    if name != path.encode("latin-1"):
        connection.set_authorizer(_within)
    return connection


def _within(action: int, *what: object) -> int:
    """On a lab host a query stays in its database: ``attach`` would lead out of the host."""
    import sqlite3

    attaching = action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)
    return sqlite3.SQLITE_DENY if attaching else sqlite3.SQLITE_OK


def _statements(query: str) -> Iterator[str]:
    """The statements of a query, which may be several with semicolons between them."""
    import sqlite3

    text = query.encode("latin-1").decode("utf-8", "replace")
    statement = ""
    for piece in text.split(";"):
        statement += piece
        if sqlite3.complete_statement(f"{statement};"):
            yield statement
            statement = ""
        else:
            statement += ";"
    if statement.strip("; \n"):
        yield statement


def _rows(connection: Any, statement: str) -> str | None:
    """What one statement gives: None if there are no rows."""
    cursor = connection.execute(statement)
    rows = [[_text(value) for value in row] for row in cursor]
    if not rows:
        return None
    names = [column[0].encode().decode("latin-1") for column in cursor.description]
    return rows_as_text(names, rows)


def _text(value: object) -> str:
    """A value as SQLite itself writes it."""
    if isinstance(value, bytes):
        return value.partition(b"\0")[0].decode("latin-1")
    if isinstance(value, float):
        digits, mark, exponent = f"{value:.15g}".partition("e")
        point = ".0" if digits.lstrip("-").isdigit() else ""
        return f"{digits}{point}{mark}{exponent}".replace("inf", "Inf")
    return NULL if value is None else str(value)


def _failed(wrong: Exception, path: str) -> Answer:
    """What a complaint of the library means for the asker."""
    said = str(wrong)
    if said == _NO_FILE:
        raise CannotOpen(said) from wrong
    if "locked" in said or said == "interrupted":
        raise Deferred(f"sqlite: {said}") from wrong
    return Answer(None, f"{path} says: {said}", keep=False, complaint=said)
