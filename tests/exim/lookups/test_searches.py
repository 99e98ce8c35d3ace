"""The desk: what is kept open and remembered, what is asked again, what is refused."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
from pathlib import Path

import pytest

from labmail.exim import lookups
from labmail.exim.debian.memory import Laid
from labmail.exim.drive import drive
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Found, Searches, parse, quote
from labmail.exim.lookups.__main__ import main as chapter
from labmail.exim.lookups.table import CannotOpen
from labmail.exim.text import Text
from labmail.lab.explaining.expanding import HostTree
from labmail.world import HostFiles


class CountedFiles(RealFiles):
    """The machine's files, and how often each was read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def read_bytes(self, path: str) -> bytes:
        self.read.append(path)
        return super().read_bytes(path)


class Desk:
    """A desk and its files."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.files = CountedFiles()
        self.searches = Searches(self.files, settings=settings)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def ask(self, word: str, where: str, key: str, **more: object) -> Found:
        place = Text(str(self.folder / where) if where else "")
        return drive(self.searches.find(parse(word), place, Text(key), **more))  # type: ignore[arg-type]

    def value(self, word: str, where: str, key: str, **more: object) -> str | None:
        found = self.ask(word, where, key, **more).value
        return None if found is None else found.text


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_file_is_read_once_while_it_is_the_same(desk: Desk) -> None:
    desk.write("aliases", "ann: 1\nben: 2\n")
    assert [desk.value("lsearch", "aliases", key) for key in ("ann", "ben", "ann")] == [
        "1",
        "2",
        "1",
    ]
    assert len(desk.files.read) == 1


@pytest.mark.parametrize("how", ["longer", "later", "replaced"])
def test_a_file_that_has_changed_is_read_again(desk: Desk, how: str) -> None:
    path = desk.write("aliases", "ann: 1\n")
    assert desk.value("lsearch", "aliases", "ann") == "1"
    seen = os.stat(path)
    if how == "replaced":
        os.replace(desk.write("new", "ann: 2\n"), path)
    else:
        path.write_text("ann: 2\n" + (" # longer\n" if how == "longer" else ""))
    shift = 1 if how == "later" else 0
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns + shift))
    assert desk.value(
        "lsearch",
        "aliases",
        "ann",
    ) in ("2", "2 # longer")


def test_a_file_that_has_gone_is_not_remembered(desk: Desk) -> None:
    path = desk.write("aliases", "ann: 1\n")
    assert desk.value("lsearch", "aliases", "ann") == "1"
    path.unlink()
    with pytest.raises(CannotOpen, match="No such file"):
        desk.ask("lsearch", "aliases", "ann")


def test_so_many_files_are_kept_open(tmp_path: Path) -> None:
    desk = Desk(tmp_path, lookup_open_max=2)
    for name in "abc":
        desk.write(name, "ann: 1\n")
    for name in "abca":
        desk.ask("lsearch", name, "ann")
    assert len(desk.files.read) == 4
    desk.ask("lsearch", "c", "ann")
    assert len(desk.files.read) == 4


def test_a_query_is_remembered_until_it_is_forgotten(desk: Desk) -> None:
    word = f"sqlite,file={desk.folder}/db"
    first = desk.value(word, "", "select random() as r")
    assert desk.value(word, "", "select random() as r") == first
    assert desk.value(f"{word},cache=no_rd", "", "select random() as r") != first
    desk.searches.forget()
    assert desk.value(word, "", "select random() as r") != first


def test_a_change_is_made_each_time_and_what_was_known_is_forgotten(desk: Desk) -> None:
    word = f"sqlite,file={desk.folder}/db"
    desk.ask(word, "", "create table t (a)")
    assert desk.value(word, "", "select count(*) from t") == "0"
    for _ in range(2):
        desk.ask(word, "", "insert into t values (1)")
    assert desk.value(word, "", "select count(*) from t") == "2"


def test_a_change_in_one_database_leaves_what_is_known_of_another(desk: Desk) -> None:
    one, two = (f"sqlite,file={desk.folder}/{name}" for name in ("one", "two"))
    known = desk.value(one, "", "select random() as r")
    desk.ask(two, "", "create table t (a)")
    assert desk.value(one, "", "select random() as r") == known
    desk.ask(one, "", "create table t (a)")
    assert desk.value(one, "", "select random() as r") != known


def test_only_white_space_of_the_c_locale_is_white_space(desk: Desk) -> None:
    (desk.folder / "wild").write_bytes(b'"\xa0ann\xa0" nbsp\n" ben " blank\n')
    assert desk.value("nwildlsearch", "wild", "ann") is None
    assert desk.value("nwildlsearch", "wild", "\xa0ann\xa0") == "nbsp"
    assert desk.value("nwildlsearch", "wild", "ben") == "blank"


@pytest.mark.parametrize(
    ("word", "key", "why"),
    [
        ("lsearch", "ann", "ann is in line 2 of TABLE"),
        ("lsearch", "zed", "TABLE has no entry for zed"),
        ("partial-lsearch", "a.ask.com", "*.ask.com is in line 3 of TABLE"),
        ("partial-lsearch", "a.b", "TABLE has none of a.b, *.a.b"),
        ("lsearch", "", "an empty key is not looked for"),
    ],
)
def test_it_is_said_how_an_answer_came_about(desk: Desk, word: str, key: str, why: str) -> None:
    path = desk.write("table", "# one\nann: 1\n*.ask.com: 2\n")
    assert desk.ask(word, "table", key).why == why.replace("TABLE", str(path))


def test_the_chapter_at_work(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    chapter([])
    told = capsys.readouterr().out
    assert "*.ask.com is in line 3 of …/table" in told
    assert "did you mean lsearch?" in told
    chapter(["dsearch", str(desk.folder), "nobody"])
    assert "nothing: there is no" in capsys.readouterr().out


def test_a_file_name_that_a_stranger_chose_is_refused(desk: Desk) -> None:
    path = desk.write("aliases", "ann: 1\n")
    kind, where = parse("lsearch"), Text(str(path), tainted=True)
    with pytest.raises(CannotOpen) as refused:
        drive(desk.searches.find(kind, where, Text("ann")))
    assert refused.value.message == "(null)"
    assert "stranger" in refused.value.help
    assert desk.files.read == []


def test_what_a_stranger_asks_for_is_answered_with_the_administrators_own_words(desk: Desk) -> None:
    desk.write("aliases", "ann: 1\n")
    where = Text(str(desk.folder / "aliases"))
    for word in ("lsearch", "lsearch,ret=key"):
        found = drive(desk.searches.find(parse(word), where, Text("ann", tainted=True)))
        assert found.value is not None
        assert not found.value.tainted


def test_a_stranger_may_not_name_the_database(desk: Desk) -> None:
    query = Text(f"{desk.folder}/db select 1", tainted=True)
    with pytest.raises(CannotOpen):
        drive(desk.searches.find(parse("sqlite"), Text(""), query))
    assert not (desk.folder / "db").exists()


def test_a_lab_host_finds_its_own_files_and_databases(tmp_path: Path) -> None:
    files = HostFiles(tmp_path / "host")
    files.write_text("/etc/passwd", "ann:x:1001:1001:Ann:/home/ann:/bin/sh\n")
    searches = Searches(HostTree(files))
    found = drive(searches.find(parse("passwd"), Text(""), Text("ann")))
    assert found.value == Text("*:1001:1001:Ann:/home/ann:/bin/sh")
    root = tmp_path / "host"
    (root / "etc" / "link").symlink_to("/../../outside")
    drive(searches.find(parse("sqlite,file=/etc/link"), Text(""), Text("create table t (a)")))
    assert (root / "outside").exists()
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    "query",
    [
        "attach '{0}' as x; create table x.t (a)",
        "vacuum into '{0}'",
        "create table main.t (a); attach database '{0}' as y",
    ],
)
def test_a_query_on_a_lab_host_stays_there(tmp_path: Path, query: str) -> None:
    searches = Searches(HostTree(HostFiles(tmp_path / "host")))
    outside = tmp_path / "outside"
    kind = parse("sqlite,file=/db")
    drive(searches.find(kind, Text(""), Text("create table a (b)")))
    assert drive(searches.find(kind, Text(""), Text(query.format(outside)))).value is None
    assert not outside.exists()


def test_a_database_that_lies_nowhere() -> None:
    with pytest.raises(CannotOpen, match="unable to open database file"):
        drive(Searches(Laid({})).find(parse("sqlite,file=/db"), Text(""), Text("select 1")))


def test_what_was_wrong_is_kept_for_exims_sake(desk: Desk) -> None:
    desk.write("nets", "10.0.0.0/8: x\n")
    assert desk.searches.complaint is None
    with pytest.raises(Deferred):
        desk.ask("iplsearch", "nets", "ann")
    assert "not a valid iplsearch key" in (desk.searches.complaint or "")
    desk.ask("iplsearch", "nets", "10.1.1.1")
    assert desk.searches.complaint == ""


async def expand(text: str) -> str:
    if "$fail" in text:
        raise ExpansionFailed('"fail" requested', forced=True)
    if "$bad" in text:
        raise ExpansionFailed("no such variable")
    return text.replace("$domain", "ask.com").replace(r"\\", "\\")


def test_the_keys_of_wildlsearch_are_expanded(desk: Desk) -> None:
    desk.write("wild", "$fail none\n*@$domain ours\n^x\\\\d$ digit\n$bad never\nann after\n")
    assert desk.value("wildlsearch", "wild", "ann@ask.com", expand=expand) == "ours"
    assert desk.value("wildlsearch", "wild", "x7", expand=expand) == "digit"
    assert desk.value("nwildlsearch", "wild", "ann") == "after"
    with pytest.raises(Deferred) as deferred:
        desk.ask("wildlsearch", "wild", "ann", expand=expand)
    assert deferred.value.message == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("users:0:name", "ann"),
        ("users:0:quota", "5"),
        ("users:0:ratio", "1.500000"),
        ("users:0:on", "true"),
        ("users:0:none", None),
        ("users:1", None),
        ("users:0:list", '[1, "\xc3\xa9"]'),
        ("users:name", None),
        ("name", None),
        ("<; users ; 0 ; name", "ann"),
    ],
)
def test_a_place_in_a_document(desk: Desk, key: str, value: str | None) -> None:
    user = '{"name": "ann", "quota": 5, "ratio": 1.5, "on": true, "none": null, "list": [1, "é"]}'
    (desk.folder / "doc").write_text(f'{{"users": [{user}]}}', encoding="utf-8")
    assert desk.value("json", "doc", key) == value


def test_a_document_that_is_none(desk: Desk) -> None:
    desk.write("doc", "[" * 100_000)
    found = desk.ask("json", "doc", "a")
    assert found.value is None
    assert "is not JSON" in found.why


@pytest.mark.parametrize(
    ("name", "text", "option", "quoted"),
    [
        ("sqlite", "O'Hara", None, "O''Hara"),
        ("pgsql", "O'H\\a\n\t\r\b\"", None, "O''H\\\\a\\n\\t\\r\\b\\\""),
        ("mysql", "O'H\\a\n\t\r\b\"", None, "O\\'H\\\\a\\n\\t\\r\\b\\\""),
        ("ldap", " a(bc)*, a<yz>; ", None, "%20a%5C28bc%5C29%5C2A%2C%20a%3Cyz%3E%3B%20"),
        ("ldap", " a(bc)*, a<yz>; ", "dn", "%5C%20a(bc)*%5C%2C%20a%5C%3Cyz%5C%3E%5C%3B%5C%20"),
        ("ldap", " #a #", "dn", "%5C%20%5C%23a%20%23"),
        ("ldap", "  ", "dn", "%5C%20%5C%20"),
        ("ldap", "\x80~", None, "%80%7E"),
        ("lsearch", "a'b", None, "a'b"),
        ("passwd", "a'b", None, "a'b"),
        ("dnsdb", "a'b", None, "a'b"),
    ],
)
def test_quoting(name: str, text: str, option: str | None, quoted: str) -> None:
    assert quote(name, text, option) == quoted


@pytest.mark.parametrize(
    ("name", "option", "words"),
    [
        ("nosuch", None, 'unknown lookup type "nosuch"'),
        ("pgsql", "local", '"local" unrecognized after "${quote_pgsql"'),
        ("ldap", "dn_x", '"dn_x" unrecognized after "${quote_ldap"'),
        ("lsearch", "", '"" unrecognized after "${quote_lsearch"'),
    ],
)
def test_quoting_that_nobody_knows(name: str, option: str | None, words: str) -> None:
    with pytest.raises(ExpansionFailed) as failed:
        quote(name, "x", option)
    assert failed.value.message == words


def test_an_unknown_kind_is_told_what_it_may_be() -> None:
    with pytest.raises(ExpansionFailed) as failed:
        parse("lsaerch")
    assert failed.value.help == "did you mean lsearch?"


@pytest.mark.parametrize(
    "name",
    [found.name for found in pkgutil.iter_modules(lookups.__path__) if found.name != "__main__"],
)
def test_examples(name: str) -> None:
    module = importlib.import_module(f"labmail.exim.lookups.{name}")
    assert doctest.testmod(module).failed == 0


def test_desks_with_one_shelf_read_a_table_once_and_again_when_it_has_changed(tmp_path):
    files, shelf = CountedFiles(), {}
    path = tmp_path / "aliases"
    path.write_text("ann: 1\n")

    def ask() -> str | None:
        searches = Searches(files, shelf=shelf)
        found = drive(searches.find(parse("lsearch"), Text(str(path)), Text("ann"))).value
        return found and found.text

    assert [ask(), ask()] == ["1", "1"]
    assert files.read == [str(path)]
    path.write_text("ann: 22\n")
    assert ask() == "22"
    path.unlink()
    with pytest.raises(CannotOpen):
        ask()
