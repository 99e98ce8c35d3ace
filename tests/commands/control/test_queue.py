"""The queue of a host from a second terminal: listed, shown, worked on; by whom."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from labmail.commands.line import main
from labmail.lab import Lab
from tests.commands.control.conftest import Terminal

HOST = "mail.example.com"
ID = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}")


@pytest.fixture(scope="module")
def waiting(reachable: None) -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        lab.down("mail.ask.com")
        lab.user("alice@example.com").send(to="bob@ask.com", subject="One")
        yield lab


@pytest.fixture(scope="module")
def desk(waiting: Lab) -> Terminal:
    return Terminal(waiting)


@pytest.fixture
def letter(waiting: Lab, desk: Terminal) -> Iterator[str]:
    """One more letter that waits; it goes afterwards."""
    text = b"From: carol@example.com\nTo: carol@ask.com\nSubject: Two\n\nHello\n"
    assert desk.at(HOST, "exim", "-odq", "-t", input=text) == (0, "", "")
    (found,) = (each for each in waiting.host(HOST).queue if each.recipients[0].address[0] == "c")
    yield found.id
    if found.id in {each.id for each in waiting.host(HOST).queue}:
        waiting.host(HOST).remove(found.id)


def test_mailq_is_exims_listing(desk: Terminal, letter: str) -> None:
    said = desk.at(HOST, "mailq")
    assert said.code == 0 and said.err == ""
    assert re.search(
        rf"^ *\d+[mhd] +[\d.]+K? {letter} <root@example.com>\n +carol@ask.com\n\n", said.out, re.M
    )
    assert said.out == desk.at(HOST, "exim4", "-bp").out
    assert desk.at(HOST, "exim", "-bpc").out == "2\n"
    assert desk.at(HOST, "exim", "-bp", letter).out in said.out


def test_bq_is_answered_and_its_real_name_told(desk: Terminal) -> None:
    said = desk.at(HOST, "exim", "-bq")
    assert said.out == desk.at(HOST, "mailq").out and "calls this -bp" in said.err


def test_a_letter_is_shown(desk: Terminal, letter: str) -> None:
    assert desk.at(HOST, "exim", "-Mvh", letter).out.startswith(
        f"{letter}-H\nDebian-exim 100 102\n"
    )
    assert desk.at(HOST, "exim", "-Mvb", letter).out == f"{letter}-D\nHello\n"
    assert desk.at(HOST, "exim", "-Mvc", letter).out.endswith("\n\nHello\n")
    asked = "$h_subject:|$recipients|$sender_address|$message_exim_id"
    said = desk.at(HOST, "exim", "-Mset", letter, "-be", asked)
    assert said.out == f"Two|carol@ask.com|root@example.com|{letter}\n"


def test_a_letter_is_worked_on(desk: Terminal, letter: str, waiting: Lab) -> None:
    assert desk.at(HOST, "exim", "-Mf", letter).out == f"Message {letter} is now frozen\n"
    assert " *** frozen ***" in desk.at(HOST, "exim", "-bp", letter).out
    desk.at(HOST, "exim", "-q")
    assert f"{letter} Message is frozen" in waiting.host(HOST).mainlog
    assert desk.at(HOST, "exim", "-Mt", letter).out == f"Message {letter} is no longer frozen\n"
    desk.at(HOST, "exim", "-Mar", letter, "bob@ask.com")
    desk.at(HOST, "exim", "-Mmd", letter, "carol@ask.com")
    assert "        D carol@ask.com\n          bob@ask.com\n" in desk.at(HOST, "mailq").out
    assert "carol" not in desk.at(HOST, "exim", "-bpu").out
    desk.at(HOST, "exim", "-Mes", letter, "anna@example.com")
    assert desk.at(HOST, "exim", "-Mg", letter) == (0, "", "")
    assert f"{letter} cancelled by root" in waiting.host(HOST).mainlog
    assert waiting.user("anna@example.com").fetch()  # the bounce


def test_a_change_survives_a_restart(desk: Terminal, letter: str, waiting: Lab) -> None:
    desk.at(HOST, "exim", "-Mf", letter)
    desk.at(HOST, "exim", "-Mes", letter, "anna@example.com")
    assert desk.at(HOST, "restart").code == 0
    listed = desk.at(HOST, "exim", "-bp", letter).out
    assert "<anna@example.com> *** frozen ***" in listed


def test_removed_is_gone(desk: Terminal, letter: str, waiting: Lab) -> None:
    assert desk.at(HOST, "exim", "-Mrm", letter).out == f"Message {letter} has been removed\n"
    assert desk.at(HOST, "exim", "-Mvh", letter).code == 1
    spool = waiting.root / HOST / "var/spool/exim4/input"
    assert not [each.name for each in spool.iterdir() if each.name.startswith(letter)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-bp"], "exim: permission denied\n"),
        (["-bpc"], "exim: permission denied\n"),
        (["-q"], "exim: permission denied\n"),
        (["-R", "ask.com"], "exim: permission denied\n"),
        (["-M", "ID"], "exim: Permission denied\n"),
        (["-Mg", "ID"], "exim: permission denied\n"),
        (["-Mset", "ID", "-be", "3"], "exim: permission denied\n"),
    ],
)
def test_who_is_no_administrator_is_refused(desk: Terminal, words, told) -> None:
    name = ID.search(desk.at(HOST, "mailq").out)
    said = desk.at(HOST, "--user", "alice", "exim", *(name[0] if w == "ID" else w for w in words))
    assert said == (1, "", told)


@pytest.mark.parametrize("deed", ["-Mf", "-Mt", "-Mrm", "-Mvh", "-Mvl", "-Mmad"])
def test_nor_may_she_touch_a_letter(desk: Terminal, deed: str) -> None:
    name = ID.search(desk.at(HOST, "mailq").out)[0]
    assert desk.at(HOST, "--user", "alice", "exim", deed, name)[0] == 1
    assert desk.at(HOST, "--user", "alice", "exiqgrep", "-c").code == 1
    assert name in desk.at(HOST, "mailq").out


def test_the_configuration_may_allow_it(desk: Terminal, waiting: Lab) -> None:
    """What a new process reads counts, not what the daemon has read."""
    host = waiting.host(HOST)
    own, text = "/etc/exim4/exim4.conf", host.cat("/var/lib/exim4/config.autogenerated")
    rules = "queue_list_requires_admin = false\nprod_requires_admin = false\n"
    host.files.write_text(own, rules + text)
    try:
        assert "bob@ask.com" in desk.at(HOST, "--user", "alice", "exim", "-bp").out
        assert desk.at(HOST, "--user", "alice", "exim", "-q").code == 0
        name = ID.search(desk.at(HOST, "mailq").out)[0]
        assert desk.at(HOST, "--user", "alice", "exim", "-Mf", name).code == 1
        host.files.write_text(own, "admin_groups = alice\n" + text)
        assert desk.at(HOST, "--user", "alice", "exim", "-Mf", name).code == 0
        assert desk.at(HOST, "--user", "alice", "exim", "-Mt", name).code == 0
        assert desk.at(HOST, "--user", "anna", "exim", "-bp").code == 1
    finally:
        (waiting.root / HOST / own[1:]).unlink()
    assert f"{name} frozen by alice" in host.mainlog


SECRETS = "hide sqlite_dbfile = /tmp/x\nSECRET = abc\nhide hostlist inner = 192.0.2.1\n"
HIDDEN = "<value not displayable>"


@pytest.mark.parametrize(
    ("words", "root", "alice"),
    [
        (["-bP", "sqlite_dbfile"], "sqlite_dbfile = /tmp/x\n", f"sqlite_dbfile = {HIDDEN}\n"),
        (["-bP", "+inner"], f"hostlist inner = {HIDDEN}\n", f"hostlist inner = {HIDDEN}\n"),
        (["-bP", "macro", "SECRET"], "SECRET=abc\n", "exim: permission denied\n"),
        (["-be", "3"], "3\n", "3\n"),
        (["-d", "-be", "3"], "3\n", "exim: debugging permission denied\n"),
    ],
)
def test_what_is_hidden_is_for_administrators(
    desk: Terminal, waiting: Lab, words: list[str], root: str, alice: str
) -> None:
    """As Exim 4.96 answers both of them."""
    path = waiting.root / HOST / "etc/exim4/exim4.conf"
    path.write_text(SECRETS)
    try:
        assert desk.at(HOST, "exim", *words).out == root
        said = desk.at(HOST, "--user", "alice", "exim", *words)
        assert (said.out + said.err).endswith(alice)  # -d tells some steps before it is refused
    finally:
        path.unlink()


def test_tests_may_be_kept_for_administrators(desk: Terminal, waiting: Lab) -> None:
    path = waiting.root / HOST / "etc/exim4/exim4.conf"
    path.write_text("commandline_checks_require_admin\n")
    told = "exim: those command-line flags are set to require admin\n"
    try:
        for words in (["-be", "3"], ["-bt", "x@y.z"], ["-brw", "x@y.z"], ["-bv", "x@y.z"]):
            assert desk.at(HOST, "--user", "alice", "exim", *words) == (1, "", told)
            assert desk.at(HOST, "exim", *words).err == ""
        assert desk.at(HOST, "--user", "alice", "exim", "-bP", "qualify_domain").code == 0
    finally:
        path.unlink()


def test_letters_are_handed_in(desk: Terminal, waiting: Lab) -> None:
    anna = waiting.user("anna@example.com")
    anna.fetch()
    said = desk.at(HOST, "--user", "alice", "sendmail", "-i", "anna", input=b"Subject: A\n\nhi\n")
    assert said == (0, "", "")
    lines = "EHLO x", "MAIL FROM:<>", "RCPT TO:<anna@example.com>", "DATA", "Subject: B", "", "."
    typed = "".join(f"{line}\r\n" for line in (*lines, "QUIT")).encode()
    said = desk.at(HOST, "exim", "-bs", input=typed)
    assert said.code == 0 and said.out.endswith(" closing connection\r\n")
    waiting.run()
    assert sorted(mail.subject for mail in anna.fetch()) == ["A", "B"]
    assert " <= alice@example.com U=alice P=local S=" in waiting.host(HOST).mainlog


def test_exiqgrep(desk: Terminal, letter: str) -> None:
    assert desk.at(HOST, "exiqgrep", "-c").out == "2 matches out of 2 messages\n"
    assert desk.at(HOST, "exiqgrep", "-i", "-f", "^<ROOT@").out == f"{letter}\n"
    brief = f"{letter} From: <root@example.com> To: carol@ask.com\n"
    assert desk.at(HOST, "exiqgrep", "-b", "-r", "carol").out == brief
    assert desk.at(HOST, "exiqgrep", "-z").out == ""
    assert desk.at(HOST, "exiqgrep", "-o", "1", "-y", "999999", "-i").out.count("\n") == 1
    said = desk.at(HOST, "exiqgrep", "-f", "(")
    assert said.code == 255 and "Traceback" not in said.err
    assert desk.at(HOST, "exiqgrep").code == 1


def test_exinext(desk: Terminal) -> None:
    said = desk.at(HOST, "exinext", "bob@ask.com").out.splitlines()
    problem = "Connection timed out"
    assert said[0] == f"Transport: mail.ask.com [128.10.30.2] error 110: {problem}"
    assert [line.split(":")[0] for line in said[1:4]] == [
        "  first failed",
        "  last tried",
        "  next try at",
    ]
    assert re.fullmatch(r"  next try at:  02-Mar-2026 \d\d:\d\d:\d\d", said[3])
    assert desk.at(HOST, "exinext", "128.10.30.2").out.splitlines()[1] == said[0]
    nothing = (
        "No remote hosts found for anna@example.com\nNo retry data found for anna@example.com\n"
    )
    assert desk.at(HOST, "exinext", "anna@example.com").out == nothing


def test_exiwhat(desk: Terminal) -> None:
    listening = "listening for SMTP on [128.10.12.4]:{25,587}"
    assert desk.at(HOST, "exiwhat").out == f"    1 daemon(4.96): no queue runs, {listening}\n"


def test_what_is_being_delivered_is_locked(reachable: None) -> None:
    """On a live clock: whoever hands a letter in does not wait for its delivery."""
    with Lab("two_companies", live=True) as lab:
        lab.down("mail.ask.com")
        desk = Terminal(lab)
        text = b"To: bob@ask.com\nSubject: Slow\n\nHello\n"
        assert desk.at(HOST, "sendmail", "-t", input=text) == (0, "", "")
        (waiting,) = lab.host(HOST).queue
        assert f"    1 delivering {waiting.id}\n" in desk.at(HOST, "exiwhat").out
        for deed in ("-Mf", "-Mrm", "-Mes"):
            more = ["a@b.test"] if deed == "-Mes" else []
            said = desk.at(HOST, "exim", deed, waiting.id, *more)
            assert said == (1, f"Message {waiting.id} is locked\n", ""), deed
        assert desk.at(HOST, "exim", "-M", waiting.id) == (0, "", "")
        with pytest.raises(ValueError, match="is being delivered now"):
            lab.host(HOST).freeze(waiting)


def test_a_lab_that_is_closed_ends_a_dialogue(reachable: None) -> None:
    """Somebody was typing to exim -bs."""
    with Lab("two_companies") as lab:
        typing = subprocess.Popen(
            [sys.executable, "-m", "labmail.commands", "at", HOST, "exim", "-bs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=Terminal(lab).environment(),
        )
        assert typing.stdout.readline().startswith(b"220 mail.example.com ESMTP")
    assert typing.wait(30) == 125
    typing.communicate()


def test_a_lab_without_threads_has_a_queue_too(capfdbinary, tmp_path) -> None:
    """labmail exim --town … --host …: the town is set up for one command."""
    place = ["exim", "--root", str(tmp_path), "--host", HOST]
    assert main([*place, "-bpc"]) == 0
    assert capfdbinary.readouterr().out == b"0\n"
