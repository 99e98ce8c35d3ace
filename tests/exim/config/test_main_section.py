"""The main section: options, `hide`, named lists, and finding the file."""

from __future__ import annotations

import os

import pytest

from labmail.exim.config import Configuration, read, report
from labmail.exim.config.mistakes import NoConfiguration
from tests.exim.config.reading import message, read_text, refused
from tests.exim.config.tree import Tree
from tests.exim.config.vocabulary import Few


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("queue_only", True),
        ("no_queue_only", False),
        ("not_queue_only", False),
        ("queue_only=true", True),
        ("queue_only = No", False),
        ("queue_only =", True),
        ("hide queue_only", True),
        ("hide no_queue_only", False),
    ],
)
def test_a_switch(line: str, value: bool) -> None:
    assert read_text(line).main["queue_only"] is value


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("no_queue_only = true", "extra characters follow boolean option no_queue_only"),
        ("queue_only x", "extra characters follow boolean option queue_only"),
        (
            "queue_only # x",
            "extra characters follow boolean option queue_only (# is comment only at line start)",
        ),
        ("no_smtp_banner = x", "negation prefix applied to a non-boolean option"),
        ("smtp_banner", "unexpected end of line (data missing) after smtp_banner"),
        ("smtp_banner x", 'missing "=" after smtp_banner'),
        ("nosuch", 'main option "nosuch" unknown'),
        ("no_nosuch", 'main option "no_nosuch" unknown'),
        ("no_no_queue_only", 'main option "no_no_queue_only" unknown'),
        ("no_", 'main option "no_" unknown'),
        ("hide hide queue_only", 'main option "hide" unknown'),
        ("hide", 'main option "" unknown'),
        ("hide =", 'main option "" unknown'),
        ("queue-only = true", 'main option "queue" unknown'),
        ("x" * 70 + " = 3", f'main option "{"x" * 63}" unknown'),
        ("1abc = 2", "option setting expected: 1abc = 2"),
        ("/ weird", "option setting expected: / weird"),
        ("queue_only\nno_queue_only", '"no_queue_only" option set for the second time'),
        ("begin", 'main option "begin" unknown'),
        ("begin\tacl", 'main option "begin" unknown'),
    ],
)
def test_not_an_option(line: str, error: str) -> None:
    assert message(line) == error


def test_a_mistyped_name_gets_a_word_of_help() -> None:
    assert refused("smtp_baner = x").help == "Did you mean smtp_banner?"
    assert str(refused("smtp_baner = x")).endswith("unknown\n  Did you mean smtp_banner?")


def test_settings_know_where_they_were_set() -> None:
    main = read_text(
        "\nqueue_only\n.include two\nsmtp_banner = \\\n x", two="hide header_maxsize=1"
    ).main
    assert main.places == {
        "queue_only": ("/exim.conf", 2),
        "header_maxsize": ("/two", 1),
        "smtp_banner": ("/exim.conf", 5),
    }
    assert main.hidden == {"header_maxsize"}
    assert main.set("queue_only") and not main.set("split_spool_directory")
    assert main["split_spool_directory"] is None
    main.derived["split_spool_directory"] = True
    assert main["split_spool_directory"] is True
    assert not main.set("split_spool_directory")
    assert "never_users" in list(main)


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("domainlist x = a", "x", "a"),
        ("domainlist  x=a", "x", "a"),
        ("domainlist\tx = a : b", "x", "a : b"),
        ('domainlist x = "a b"', "x", "a b"),
        ("domainlist 1x = a", "1x", "a"),
        ("domainlist _X = a", "_X", "a"),
        ("domainlist = a", "", "a"),
        ("domainlist x =", "x", ""),
        ("domainlist x == a", "x", "= a"),
        ("domainlist x_cache = a", "x_cache", "a"),
    ],
)
def test_a_named_list(line: str, name: str, text: str) -> None:
    lists = read_text(f"\n{line}").named["domain"]
    assert list(lists) == [name]
    assert lists[name] == (name, text, False, False, "/exim.conf", 2)


def test_lists_of_four_kinds() -> None:
    named = read_text(
        "domainlist x = a\nhide hostlist x = b\naddresslist_cache x = c\n"
        "hide\tlocalpartlist_cache x=d"
    ).named
    assert {
        kind: (lists["x"].text, lists["x"].hidden, lists["x"].cache)
        for kind, lists in named.items()
    } == {
        "domain": ("a", False, False),
        "host": ("b", True, False),
        "address": ("c", False, True),
        "localpart": ("d", True, True),
    }


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("domainlist", "unrecognized configuration line"),
        ("domainlistx = a", "unrecognized configuration line"),
        ("domainlist_cachex = a", "unrecognized configuration line"),
        ("domainlist x", "missing '=' after \"x\""),
        ("domainlist x y = a", "missing '=' after \"x\""),
        ("domainlist x-y = a", "missing '=' after \"x\""),
        ('domainlist x = "a', "missing quote at end of string value for x"),
        ('domainlist x = "a" b', "extra characters follow string value for x"),
        ("hide  domainlist x = a", 'main option "domainlist" unknown'),
        ("Domainlist x = a", "malformed macro definition"),
        ("hostlist x = a\nhostlist x", 'duplicate name "x" for a named host list'),
        ("localpartlist x=a\nlocalpartlist x=b", 'duplicate name "x" for a named local part list'),
    ],
)
def test_not_a_named_list(text: str, error: str) -> None:
    assert message(text) == error


def test_so_many_lists_and_no_more() -> None:
    lists = "".join(f"hostlist l{n} = a\n" for n in range(32))
    assert len(read_text(lists).named["host"]) == 32
    assert message(f"{lists}hostlist x = a") == "too many named host lists (max is 32)\n"


def read_first(path: str, **files: bytes) -> Configuration:
    tree = {f"/{name}": content for name, content in files.items()}
    return read(path, files=Tree(tree), vocabulary=Few())


def test_the_first_file_that_exists() -> None:
    assert read_first("/none: /two :/three", two=b"queue_only", three=b"bad").path == "/two"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/none", "non-existent configuration file(s): /none"),
        ("/none:/nor:this", "non-existent configuration file(s): /none:/nor:this"),
        ("", "non-existent configuration file(s): "),
        ("/etc", "failed to open configuration file /etc: Is a directory"),
    ],
)
def test_no_file(path: str, error: str) -> None:
    with pytest.raises(NoConfiguration) as caught:
        read_first(path)
    assert report(caught.value, "2026-11-23 05:12:00") == f"2026-11-23 05:12:00 {error}\n"
    assert report(caught.value, "", listing=True) == f"LOG: MAIN PANIC DIE\n  {error}\n"


def test_a_path_that_is_not_whole() -> None:
    class Below(Tree):
        def read_bytes(self, path: str) -> bytes:
            return super().read_bytes(self.realpath(path))

        def realpath(self, path: str) -> str:
            return path if path.startswith("/") else super().realpath(f"home/{path}")

    files = Below({"/home/etc/one": b".include two", "/home/etc/two": b"bad"})
    with pytest.raises(ValueError, match=r"in line 1 of /home/\./etc/two:"):
        read("./etc/one", files=files, vocabulary=Few())


@pytest.mark.parametrize(
    ("mode", "owner", "group", "good"),
    [
        *((0o644, 0, 0, True), (0o664, 0, 0, True), (0o644, 0, 8, True), (0o664, 0, 8, False)),
        *((0o666, 0, 0, False), (0o602, 0, 0, False), (0o600, 1, 0, False)),
    ],
)
def test_strictly_only_root_may_have_written_it(
    mode: int, owner: int, group: int, good: bool
) -> None:
    class Owned(Tree):
        def stat(self, path: str) -> os.stat_result:
            return os.stat_result((0o100000 | mode, 0, 0, 1, owner, group, 0, 0, 0, 0))

    files = Owned({"/exim.conf": b"queue_only"})
    assert read("/exim.conf", files=files, vocabulary=Few()).main["queue_only"]
    if good:
        assert read("/exim.conf", files=files, vocabulary=Few(), strict=True).main["queue_only"]
        return
    with pytest.raises(NoConfiguration, match="has the wrong owner, group, or mode"):
        read("/exim.conf", files=files, vocabulary=Few(), strict=True)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("A=1\n\nA=2", "The one before is in line 1 of /exim.conf."),
        ("\nA=1\nBA=2", "The one before is in line 2 of /exim.conf."),
        (".include two\nqueue_only", "The one before is in line 2 of /two."),
        ("hostlist a=1\nhostlist a=2", "The one before is in line 1 of /exim.conf."),
        ("begin acl\na:\na:", "The one before is in line 2 of /exim.conf."),
        ("#\n.ifdef X\n#", "It belongs to the condition in line 2 of /exim.conf."),
        ("begin routers\nr:\n driver = redirect\n dat = x", "Did you mean data?"),
        ("no_smtp_banner", "Only a switch can be turned off with no_ or not_ before its name."),
    ],
)
def test_a_line_of_help(text: str, help: str) -> None:
    assert refused(text, two="\nqueue_only").help == help
