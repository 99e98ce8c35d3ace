"""The files themselves: text in every shape, files of libraries, and files that are damaged."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.errors import ExpansionFailed
from labmail.exim.lookups import parse
from labmail.exim.lookups.berkeley import NotBerkeley, records
from labmail.exim.lookups.keys import attempts
from labmail.exim.lookups.lines import Lines
from tests.conftest import find_peer
from tests.exim.lookups.desk import our_answer
from tests.exim.lookups.oracle import Case, exim_answers
from tests.exim.lookups.tables import cdb_file, source_of

USERS = {f"user{number}": f"uid={number} home=/home/user{number}" for number in range(2000)}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_are_a_text_file(octets: bytes) -> None:
    lines = Lines(octets)
    for entry in lines.entries():
        assert lines.line(entry) >= 1
        lines.data(entry)
        lines.data(entry, full=True)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_any_word_is_a_kind_or_refused(word: str) -> None:
    try:
        kind = parse(word)
    except ExpansionFailed:
        return
    for attempt in attempts(kind, "a.b@c.d"):
        assert attempt.key


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text("abc.", min_size=1), st.text("xyz "), max_size=20))
def test_plain_entries_are_found_again(entries: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in entries.items())
    lines = Lines(text.encode())
    found = {entry.text: lines.data(entry) for entry in lines.entries()}
    assert found == {key: value.strip() for key, value in entries.items()}


def test_a_line_number_is_told(tmp_path: Path) -> None:
    lines = Lines(b"# one\nann: 1\n\n  more\nben: 2\n" + b"c: " + b"z" * 9000 + b"\ndan: 3\n")
    assert {entry.text: lines.line(entry) for entry in lines.entries()} == {
        "ann": 2,
        "ben": 5,
        "c": 6,
        "dan": 7,
    }


@pytest.mark.peer("exim_dbmbuild", "exim4")
@pytest.mark.parametrize("zeros", [True, False])
def test_files_of_exim_dbmbuild(tmp_path: Path, zeros: bool) -> None:
    (tmp_path / "source").write_text(source_of(USERS))
    build = find_peer("exim_dbmbuild")
    assert build is not None
    words = [build, *([] if zeros else ["-nozero"]), "source", "users"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    kind = "dbm" if zeros else "dbmnz"
    keys = [*Random(4).sample(sorted(USERS), 20), "nobody", "USER1"]
    cases = [Case(kind, str(tmp_path / "users"), key) for key in keys]
    answers = [our_answer(case) for case in cases]
    assert answers == exim_answers(cases, tmp_path)
    assert answers[0] == f"[{USERS[keys[0]]}][][]"


@pytest.mark.peer("db5.3_load", "exim4")
@pytest.mark.parametrize("kind", ["hash", "btree"])
@pytest.mark.parametrize("option", ["db_pagesize=512", "db_lorder=4321", "duplicates=1"])
def test_files_of_other_programs(tmp_path: Path, kind: str, option: str) -> None:
    table = {**USERS, "long": "z" * 5000, "k" * 1500: "a long key"}
    text = "".join(f"{key}\n{value}\n" for key, value in table.items())
    if option == "duplicates=1":
        text += "".join(f"user{number % 3}\nagain {number}\n" for number in range(600))
    load = ["db5.3_load", "-T", "-t", kind, "-c", option, str(tmp_path / "users")]
    subprocess.run(load, input=text.encode(), check=True)
    keys = [*Random(4).sample(sorted(USERS), 20), "user0", "user1", "long", "nobody"]
    cases = [Case("dbmnz", str(tmp_path / "users"), key) for key in keys]
    assert [our_answer(case) for case in cases] == exim_answers(cases, tmp_path)
    assert our_answer(Case("dbmnz", str(tmp_path / "users"), "k" * 1500)) == "[a long key][][]"


@pytest.mark.peer("exim4")
def test_a_cdb_file_is_found_in_by_both(tmp_path: Path) -> None:
    octets = cdb_file((key.encode(), value.encode()) for key, value in USERS.items())
    cases = []
    for length in (len(octets), len(octets) - 1, len(octets) // 2, 3000, 2048):
        path = tmp_path / f"users{length}"
        path.write_bytes(octets[:length])
        cases += [Case("cdb", str(path), key) for key in ("user1", "user77", "user1999", "zed")]
    assert [our_answer(case) for case in cases] == exim_answers(cases, tmp_path)


def damaged(octets: bytes, random: Random) -> bytes:
    spoilt = bytearray(octets)
    for _ in range(random.randrange(1, 20)):
        spoilt[random.randrange(len(spoilt))] = random.randrange(256)
    return bytes(spoilt[: random.randrange(1, len(spoilt) + 1)])


@pytest.mark.parametrize("name", ["users.dbm", "tree.dbm"])
def test_a_damaged_file_is_read_or_refused_in_time(tables: Path, name: str) -> None:
    octets = (tables / name).read_bytes()
    random = Random(name)
    start = time.perf_counter()
    for _ in range(300):
        try:
            records(damaged(octets, random))
        except NotBerkeley as refused:
            assert str(refused)
    assert time.perf_counter() - start < 20


def test_a_key_of_very_many_components_is_answered_in_time(tables: Path) -> None:
    key = "a." * 500_000 + "b.c"
    start = time.perf_counter()
    answer = our_answer(Case("partial-lsearch", str(tables / "domains"), key))
    assert answer.startswith("[w2][a.a.")
    assert time.perf_counter() - start < 20


def test_a_query_without_end_ends(tables: Path) -> None:
    query = "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c"
    start = time.perf_counter()
    answer = our_answer(Case(f"sqlite,file={tables}/users.sqlite", "", query))
    assert answer.endswith("gave DEFER: sqlite: interrupted")
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize("kind", ["lsearch", "nwildlsearch", "iplsearch", "dsearch", "cdb", "dbm"])
def test_a_key_of_a_megabyte(tables: Path, kind: str) -> None:
    file = {"dsearch": "d", "cdb": "users.cdb", "dbm": "users.dbm"}.get(kind, "aliases")
    start = time.perf_counter()
    our_answer(Case(kind, str(tables / file), "x" * 1_000_000))
    assert time.perf_counter() - start < 10, "much too slow, even on a busy machine"


def test_a_file_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b'"' + b"\\x41" * 500_000)
    start = time.perf_counter()
    assert our_answer(Case("lsearch", str(path), "ann")) == "no"
    path.write_bytes(b"ann: " + b"a " * 1_000_000)
    assert our_answer(Case("lsearch", str(path), "ann")).startswith("[a a ")
    assert time.perf_counter() - start < 20


def test_what_is_recorded_is_not_empty(recorded: dict[str, Any]) -> None:
    assert len(json.dumps(recorded["answers"])) > 4000
