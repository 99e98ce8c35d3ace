"""update-exim4.conf: small trees, Debian's own program beside ours, and the two examples."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from labmail.exim import debian
from labmail.exim.debian import (
    AnswersError,
    CannotGenerate,
    Source,
    compare,
    generate,
    owntree,
    read_answers,
)
from labmail.exim.debian.__main__ import main as chapter
from labmail.exim.debian.answers import write_answers
from labmail.exim.debian.effects import configuration, effects
from labmail.exim.debian.generate import OUTPUT, own_answers
from labmail.exim.debian.hostname import full_name
from labmail.exim.debian.macros import macros
from labmail.exim.debian.memory import Laid
from labmail.exim.debian.parts import SECTIONS
from labmail.exim.files import RealFiles
from tests.exim.debian.hosts import KINDS, Host, debian_makes, random_answers, random_mailname

EXAMPLE = """\
dc_eximconfig_configtype='internet'
dc_other_hostnames='www.example.com: games.example.com: mail.example.com'
dc_local_interfaces='128.10.12.2: 128.10.12.3: 128.10.12.4'
dc_readhost=''
dc_minimaldns='false'
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='false'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
dc_relay_domains=''
dc_relay_nets=''
"""
RELAYING = """\
dc_relay_domains='www.ask.com: games.ask.com: mail.ask.com'
dc_relay_nets='172.20.10.3: 172.20.10.4: 172.20.10.4'
"""
NONE_NEEDS = """\
MAIN_LOCAL_DOMAINS = @
MAIN_RELAY_TO_DOMAINS =
MAIN_RELAY_NETS =
ETC_MAILNAME = example.com
"""
"""What the tree can't do without, where no answer says it."""


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path / "host")


def said(text: str) -> dict[str, str]:
    return dict(macros(read_answers(text), "example.com\n", "mail.example.com"))


def test_the_first_example() -> None:
    told = said(EXAMPLE)
    names = "www.example.com: games.example.com: mail.example.com"
    assert told["MAIN_LOCAL_DOMAINS"] == f"@:localhost:{names}"
    assert told["MAIN_LOCAL_INTERFACES"] == "128.10.12.2: 128.10.12.3: 128.10.12.4"
    assert told["MAIN_RELAY_TO_DOMAINS"] == ""
    assert told["MAIN_RELAY_NETS"] == ": 127.0.0.1 : ::::1"
    assert told["DCconfig_internet"] == "1"


def test_the_second_example_relays_for_ask_com() -> None:
    told = said(EXAMPLE + RELAYING)
    assert told["MAIN_RELAY_TO_DOMAINS"] == "www.ask.com: games.ask.com: mail.ask.com"
    nets = "172.20.10.3: 172.20.10.4: 172.20.10.4"
    assert told["MAIN_RELAY_NETS"] == f"{nets} : 127.0.0.1 : ::::1"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            "dc_relay_nets='10.0.0.0/8;2001:db8::/32'",
            "<; 10.0.0.0/8;2001:db8::/32 ; 127.0.0.1 ; ::1",
        ),
        ("dc_relay_nets='<+ 10.0.0.1+10.0.0.2'", "<+ 10.0.0.1+10.0.0.2 : 127.0.0.1 : ::::1"),
        ("dc_relay_nets=", ": 127.0.0.1 : ::::1"),
    ],
)
def test_lists_in_both_spellings(answer: str, told: str) -> None:
    assert said(f"dc_eximconfig_configtype=internet\n{answer}")["MAIN_RELAY_NETS"] == told


@pytest.mark.parametrize(
    ("kind", "readhost", "hidden"),
    [
        ("smarthost", "x.test", True),
        ("satellite", "x.test", True),
        ("smarthost", "", False),
        ("internet", "x.test", False),
    ],
)
def test_the_mail_name_is_hidden(kind: str, readhost: str, hidden: bool) -> None:
    answers = f"dc_eximconfig_configtype={kind} dc_readhost={readhost} dc_hide_mailname=true"
    assert ("HIDE_MAILNAME" in said(answers)) is hidden


def test_few_questions_to_the_dns() -> None:
    told = said("dc_eximconfig_configtype=local dc_minimaldns=true")
    assert told["DC_minimaldns"] == "1"
    assert told["MAIN_HARDCODE_PRIMARY_HOSTNAME"] == "mail.example.com"
    assert "DC_minimaldns" not in said("dc_eximconfig_configtype=local")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("X=a", "a"),
        ("X='a b' # c", "a b"),
        ('X="a \\"b\\" \\$c"', 'a "b" $c'),
        ("Y=1;X='a'\"$Y\"${Y}b", "a11b"),
        ("export X=a\\ b", "a b"),
        ("X='two\nlines'", "two\nlines"),
        ("X=a\nX=b", "b"),
        ("X=", ""),
        ("X=$unknown", ""),
    ],
)
def test_answers_are_quoted_as_in_a_shell(text: str, value: str) -> None:
    assert read_answers(text)["X"] == value


@pytest.mark.parametrize(
    "text", ["X='a", "echo a", "X=$(date)", "X=`date`", 'X="$(date)"', "X=a|b", "if"]
)
def test_a_program_is_no_answer(text: str) -> None:
    with pytest.raises(AnswersError, match=r"a/file, line 2: found .*, expected"):
        read_answers(f"# one\n{text}", path="a/file")


def test_what_is_written_is_read_again() -> None:
    answers = read_answers("dc_smarthost='it'\\''s' dc_relay_nets='a b' dc_readhost=''")
    assert dict(read_answers(write_answers(answers))) == dict(answers)


def test_the_answers_of_the_example_are_written_as_they_were() -> None:
    assert sorted(write_answers(read_answers(EXAMPLE)).splitlines()) == sorted(EXAMPLE.splitlines())


def test_files_of_the_tree_that_count(host: Host) -> None:
    host.answer(dc_eximconfig_configtype="local", dc_use_split_config="true")
    for section in SECTIONS[1:]:
        host.write(f"conf.d/{section}/10_{section}", f"in {section}\n")
    host.write("conf.d/main/02_b", "second\n")
    host.write("conf.d/main/01_a", "UPEX4CmacrosUPEX4C = 1\nfirst\n")
    host.write("conf.d/main/01_a.rul", "UPEX4CmacrosUPEX4C = 1\ninstead\n")
    host.write("conf.d/main/03_c.bak", "never\n")
    host.write("conf.d/main/03_c~", "never\n")
    text = generate(host.source()).text
    words = [
        line
        for line in text.split("\n")
        if line.split(" ")[0] in ("first", "second", "instead", "never", "in")
    ]
    assert words == [
        "instead",
        "second",
        *(f"in {name}" for name in SECTIONS[1:]),
    ]
    assert text.index("DCconfig_local=1") < text.index("instead")


def test_comments_stay_if_they_are_wanted(host: Host) -> None:
    host.answer(dc_eximconfig_configtype="local")
    host.write("exim4.conf.template", "a\n\n\n\n  # told\nb # not one\n")
    assert generate(host.source()).text.endswith("#########\na\n\nb # not one\n")
    assert "# told" in generate(host.source(), comments=True).text
    host.answer(dc_eximconfig_configtype="local", ue4c_keepcomments="yes")
    assert "# told" in generate(host.source()).text


def test_local_macros_come_first(host: Host) -> None:
    host.answer(dc_eximconfig_configtype="local")
    host.write("exim4.conf.template", "template\n")
    host.write("exim4.conf.localmacros", "MINE = 1\n")
    assert generate(host.source()).text.endswith("#########\nMINE = 1\ntemplate\n")


def test_a_host_that_wants_no_macros(host: Host) -> None:
    host.answer(dc_eximconfig_configtype="none")
    host.write("exim4.conf.template", "UPEX4CmacrosUPEX4C = 1\n")
    assert generate(host.source()).text.endswith("#########\nUPEX4CmacrosUPEX4C = 1\n")


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (None, "update-exim4.conf.conf"),
        ({"dc_use_split_config": "false"}, "exim4.conf.template"),
        ({"dc_use_split_config": "true"}, "conf.d"),
        (
            {"dc_eximconfig_configtype": "local", "dc_use_split_config": "maybe"},
            "Invalid value for dc_use_split_config",
        ),
    ],
)
def test_what_is_missing_is_told(host: Host, answers: dict[str, str] | None, missing: str) -> None:
    if answers is not None:
        host.answer(**answers)
    with pytest.raises(CannotGenerate, match=missing) as told:
        generate(host.source())
    assert "b'" not in str(told.value)


def test_some_mistakes_stop_nobody(host: Host) -> None:
    host.answer(dc_eximconfig_configtype="local", dc_minimaldns="true", CFILEMODE="rw")
    host.write("exim4.conf.template", "UPEX4CmacrosUPEX4C = 1\n")
    host.mailname.unlink()
    made = generate(host.source(fqdn="mail"))
    assert "\nETC_MAILNAME=\n" in made.text and "HARDCODE" not in made.text
    assert (made.mode, made.complete, len(made.warnings)) == (0o640, False, 3)


def test_a_host_without_macros_may_say_anything_of_the_tree(host: Host) -> None:
    host.answer(dc_eximconfig_configtype="none", dc_use_split_config="maybe", CFILEMODE="1644")
    host.write("exim4.conf.template", "template\n")
    made = generate(host.source())
    assert made.text.endswith("#########\ntemplate\n") and made.mode == 0o1644


def test_remarks(host: Host) -> None:
    host.write("update-exim4.conf.conf", "dc_relay_domains='a : lsearch;/x'\nMY_MACRO=x\n")
    host.write("exim4.conf.template", "a = DEBCONFxDEBCONF\n# UPEX4CmacrosUPEX4C\n")
    assert len(generate(host.source()).warnings) == 4


@pytest.mark.peer("update-exim4.conf", "exim4")
@pytest.mark.parametrize("tree", ["own_tree", "debians_tree"])
def test_debians_program_makes_the_same(tmp_path: Path, tree: str) -> None:
    host: Host = getattr(Host(tmp_path / "host"), tree)()
    host.write("conf.d/main/000_more", "LOCALX = 1\n\n\n\n  # c\nx = y\n\t#y\n")
    host.write("conf.d/router/saved.bak", "broken\n")
    fqdn = subprocess.run(["hostname", "--fqdn"], capture_output=True, text=True).stdout.strip()
    random = Random(tree)
    for _ in range(12):
        host.answer(**random_answers(random))
        host.mailname.write_text(random_mailname(random))
        options = random.choice([[], [], ["--keepcomments"], ["--removecomments"]])
        expected = debian_makes(host, *options)
        source = host.source(fqdn=fqdn, program=str(host.folder / "update-exim4.conf"))
        comments = {"--keepcomments": True, "--removecomments": False}.get("".join(options))
        assert generate(source, comments=comments).text == expected, dict(own_answers(source))


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("split", ["true", "false"])
def test_our_own_reader_reads_the_labs_tree(host: Host, kind: str, split: str) -> None:
    host.own_tree().answer(dc_eximconfig_configtype=kind, dc_use_split_config=split)
    answers = own_answers(host.source())
    names = [block.name for block in configuration(host.source(), answers).routers]
    ways = {"internet": "dnslookup", "local": "nonlocal"}
    assert ways.get(kind, "smarthost") in names
    assert names[-2:] == ["local_user", "mail4root"]


@pytest.mark.peer("update-exim4.conf")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("split", ["true", "false"])
def test_our_own_reader_reads_debians_tree(host: Host, kind: str, split: str) -> None:
    host.debians_tree().answer(dc_eximconfig_configtype=kind, dc_use_split_config=split)
    if kind == "none":
        host.write("exim4.conf.localmacros", NONE_NEEDS)
        host.write("conf.d/main/000_local", NONE_NEEDS)
    read = configuration(host.source(), own_answers(host.source()))
    assert read.routers[-1].name == "mail4root"
    assert [block.name for block in read.transports][-1] == "address_directory"


def test_one_answer_changes_these_lines_and_comes_to_this(host: Host) -> None:
    host.own_tree()
    before = read_answers("dc_eximconfig_configtype=internet")
    after = before.but(dc_eximconfig_configtype="smarthost", dc_smarthost="mail.ask.com")
    changed = compare(host.source(), before, after)
    assert ["DCsmarthost=mail.ask.com"] in [list(change.after) for change in changed]
    told = [str(effect) for effect in effects(host.source(), before, after)]
    assert told == [
        "router dnslookup_relay_to_domains goes",
        "router dnslookup goes",
        "router smarthost comes: manualroute",
    ]


def test_all_files_of_a_host() -> None:
    made = owntree.host(read_answers(EXAMPLE), "example.com", "mail.example.com")
    assert b"MAIN_LOCAL_DOMAINS=@:localhost:www.example.com" in made[OUTPUT]
    again = own_answers(Source(Laid(made)))
    assert generate(Source(Laid(made)), again).text.encode() == made[OUTPUT]
    assert Laid(made).listdir("/etc/exim4/conf.d") == sorted(SECTIONS)
    with pytest.raises(FileNotFoundError):
        Laid(made).listdir("/etc/exim4/nothing")


def test_the_chapter_at_work(capsys: pytest.CaptureFixture[str]) -> None:
    chapter([])
    assert "router smarthost comes: manualroute\n" in capsys.readouterr().out
    chapter(["dc_localdelivery=maildir_home"])
    assert (
        "router local_user: transport: mail_spool becomes maildir_home" in capsys.readouterr().out
    )


def test_nothing_changes_without_a_change(host: Host) -> None:
    host.own_tree()
    answers = read_answers("dc_eximconfig_configtype=internet")
    assert compare(host.source(), answers, answers) == []
    assert effects(host.source(), answers, answers) == []


def test_the_full_name_of_a_host() -> None:
    class Files(RealFiles):
        def read_bytes(self, path: str) -> bytes:
            hosts = b"127.0.0.1 localhost\n# mail\n192.0.2.1 mail.example.com mail\n"
            return {"/etc/hostname": b"mail\n", "/etc/hosts": hosts}[path]

    assert full_name(Files()) == "mail.example.com"


@pytest.mark.parametrize(
    "name",
    [found.name for found in pkgutil.iter_modules(debian.__path__) if found.name != "__main__"],
)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"labmail.exim.debian.{name}")).failed == 0
