"""pgsql: a real PostgreSQL server, asked by us and by Exim."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labmail.commands.exim.databases import MachineDatabases
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches
from tests.exim.lookups.desk import our_answer
from tests.exim.lookups.oracle import Case, exim_answers
from tests.exim.lookups.postgres import Server, programs, running

GONE = (
    'Failed: lookup of "{0}" gave DEFER: PGSQL: query failed: ERROR:  relation "gone" does not '
    "exist\nLINE 1: {0}\n                             ^\n (PGRES_FATAL_ERROR) ({0})\n"
)

ASKED = [
    ("pgsql", "select 1", "[1][][]"),
    ("pgsql", "create table u (name text, note text, quota int)", "no"),
    ("pgsql", "insert into u values ('ann','x y',1), ('ben','',null)", "[2][][]"),
    ("pgsql", "select * from u", '[name=ann note="x y" quota=1 \nname=ben note="" quota="" ][][]'),
    ("pgsql", "select name from u", "[ann\nben][][]"),
    ("pgsql", "select note from u", "[x y\n][][]"),
    ("pgsql", "select quota from u where name='ben'", "[][][]"),
    ("pgsql", "select name from u where name='zed'", "no"),
    ("pgsql", "select count(*) from u", "[2][][]"),
    ("pgsql", "update u set quota=2", "[2][][]"),
    ("pgsql", "update u set quota=2 where name='zed'", "[0][][]"),
    ("pgsql", "delete from u where name='ben' returning name", "[ben][][]"),
    ("pgsql", "select 1; select 2", "[2][][]"),
    ("pgsql", ";", "no"),
    (
        "pgsql",
        "select '{1,2}'::int[] as a, true as t, 'a\"b c' as q, E'\\xc3\\xa9' as e",
        '[a={1,2} t=t q="a\\"b c" e=\xc3\xa9 ][][]',
    ),
    ("pgsql", "select chr(233)", "[\xc3\xa9][][]"),
    ("pgsql", "select", "[][][]"),
    (
        "pgsql",
        "selec 1",
        'Failed: lookup of "selec 1" gave DEFER: PGSQL: query failed: ERROR:  syntax error at or '
        'near "selec"\nLINE 1: selec 1\n        ^\n (PGRES_FATAL_ERROR) (selec 1)\n',
    ),
    (
        "pgsql",
        "select 1/0",
        'Failed: lookup of "select 1/0" gave DEFER: PGSQL: query failed: ERROR:  division by zero\n'
        " (PGRES_FATAL_ERROR) (select 1/0)\n",
    ),
    ("pgsql", "begin", "no"),
    ("pgsql", "create table gone (a int)", "no"),
    ("pgsql", "select nonsense from gone", GONE.format("select nonsense from gone")),
    (
        "pgsql",
        "select 'the first is in trouble, the second is not'",
        "[the first is in trouble, the second is not][][]",
    ),
    ("pgsql", "rollback", "no"),
    (
        "pgsql",
        "copy (select 1) to stdout",
        'Failed: lookup of "copy (select 1) to stdout" gave DEFER: PGSQL: query failed:  '
        "(PGRES_COPY_OUT) (copy (select 1) to stdout)\n",
    ),
    ("pgsql,servers=127.0.0.1::PORT", "select 1", "[1][][]"),
    ("pgsql,servers=127.0.0.1::PORT/postgres/lab/x", "select 1", "[1][][]"),
    ("pgsql,servers=<;127.0.0.1:PORT/postgres/lab/x", "select 1", "[1][][]"),
    ("pgsql,servers=(DIR/.s.PGSQL.PORT)/postgres/lab/", "select 1", "[1][][]"),
    ("pgsql,servers=127.0.0.1::1/postgres/lab/x:127.0.0.1::PORT", "select 1", "[1][][]"),
    ("pgsql", "servers=127.0.0.1::PORT/postgres/lab/x; select 1", "[1][][]"),
    (
        "pgsql,servers=127.0.0.1::PORT/nosuch/lab/x",
        "select 1",
        'Failed: lookup of "select 1" gave DEFER: PGSQL connection failed: connection to server at '
        '"127.0.0.1", port PORT failed: FATAL:  database "nosuch" does not exist\n',
    ),
    (
        "pgsql,servers=127.0.0.1::1/postgres/lab/x",
        "select 1",
        'Failed: lookup of "select 1" gave DEFER: PGSQL connection failed: connection to server at '
        '"127.0.0.1", port 1 failed: Connection refused\n\tIs the server running on that host and '
        "accepting TCP/IP connections?\n",
    ),
    (
        "pgsql,servers=127.0.0.1",
        "select 1",
        'Failed: lookup of "select 1" gave DEFER: PostgreSQL server "127.0.0.1" not found in '
        "pgsql_servers",
    ),
    ("pgsql", "drop table u", "no"),
]
"""Kind, query, and the answer. PORT is the server's, DIR its folder."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = programs()
    if folder is None:
        pytest.skip("postgres is not installed")
    with running(folder) as server:
        yield server


def placed(text: str, server: Server) -> str:
    return text.replace("PORT", str(server.port)).replace("DIR", str(server.folder))


def cases(server: Server) -> list[Case]:
    return [Case(placed(word, server), "", placed(query, server)) for word, query, _ in ASKED]


def test_the_answers_are_as_written(server: Server) -> None:
    databases = MachineDatabases()
    settings = {"pgsql_servers": server.listed}
    searches = Searches(RealFiles(), databases=databases, settings=settings)
    try:
        ours = [our_answer(case, searches) for case in cases(server)]
    finally:
        databases.close()
    assert ours == [placed(answer, server) for _, _, answer in ASKED]


@pytest.mark.peer("exim4")
def test_and_exim_gives_them_too(server: Server, tmp_path: Path) -> None:
    options = f"pgsql_servers = {server.listed}\n"
    answers = exim_answers(cases(server), tmp_path, options=options)
    assert answers == [placed(answer, server) for _, _, answer in ASKED]


def test_a_change_is_made_each_time_it_is_asked_for(server: Server) -> None:
    databases = MachineDatabases()
    settings = {"pgsql_servers": server.listed}
    searches = Searches(RealFiles(), databases=databases, settings=settings)
    ask = [
        "create table n (a int)",
        "insert into n values (1)",
        "insert into n values (1)",
        "select count(*) from n",
        "drop table n",
    ]
    try:
        answers = [our_answer(Case("pgsql", "", query), searches) for query in ask]
    finally:
        databases.close()
    assert answers == ["no", "[1][][]", "[1][][]", "[2][][]", "no"]


def test_without_servers_at_hand_it_defers() -> None:
    searches = Searches(RealFiles(), settings={"pgsql_servers": "a/b/c/d"})
    assert "PGSQL connection failed" in our_answer(Case("pgsql", "", "select 1"), searches)
