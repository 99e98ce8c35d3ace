"""``labmail at`` and ``labmail shell``: streams, exit codes, whose lab and whose rights."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

HOST = "mail.ask.com"


def test_streams_and_exit_codes_are_those_of_the_command(terminal) -> None:
    said = terminal.at(HOST, "exim", "-be", input=b"${uc:hello}\n${bad\n")
    assert said.code == 0 and said.out.startswith("> HELLO\n> Failed: ")
    assert terminal.at(HOST, "/usr/sbin/exim4", "-bt", "nobody@ask.com").code == 2
    said = terminal.at(HOST, "exim", "-xyz")
    assert said.code == 1
    assert "unknown, malformed, or incomplete option -xyz" in said.err and said.out == ""


def test_octets_cross_as_they_are(terminal) -> None:
    command = [
        sys.executable,
        "-m",
        "labmail.commands",
        "at",
        HOST,
        "exim",
        "-be",
        b"${hash_1:\xe9}",
    ]
    ended = subprocess.run(command, capture_output=True, timeout=60, env=terminal.environment())
    assert ended.stdout == b"\xe9\n"
    many = b"".join(b"%d\n" % number for number in range(20_000))  # more than any buffer holds
    said = terminal.at(HOST, "exim", "-be", input=many).out
    assert said == "".join(f"> {number}\n" for number in range(20_000)) + "> \n"


def test_input_that_the_command_does_not_want_is_left(terminal) -> None:
    """Otherwise a loop ``while read id; do labmail at … $id; done`` would be done after one."""
    at = f"{sys.executable} -m labmail.commands at {HOST} exim -be"
    loop = f'while read word; do {at} "${{uc:$word}}"; done'
    loop = loop.replace("${uc:$word}", "\\${uc:$word}")
    ended = subprocess.run(
        ["/bin/sh", "-c", loop],
        input=b"one\ntwo\n",
        capture_output=True,
        timeout=60,
        env=terminal.environment(),
    )
    assert ended.stdout == b"ONE\nTWO\n"


def test_hosts_by_name_by_their_beginning_and_by_the_folder(terminal, lab) -> None:
    assert terminal.at("mail.ask", "exim", "-be", "$primary_hostname").out == f"{HOST}\n"
    folder = lab.root / HOST / "etc"
    said = terminal.run("at", ".", "exim", "-be", "$primary_hostname", cwd=folder)
    assert said.out == f"{HOST}\n"
    said = terminal.run("at", ".", "mailq", cwd=lab.root)
    assert said.code == 125 and "is not in a host's folder" in said.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["mail.nowhere.test", "mailq"], 125, "no host 'mail.nowhere.test' in this town"),
        (["mail", "mailq"], 125, "no host 'mail' in this town"),
        ([HOST, "--user", "eve", "mailq"], 125, "no user 'eve' on mail.ask.com: it has root, "),
        ([HOST, "fsck"], 127, "fsck: not found on mail.ask.com; there are dig, "),
        ([HOST, "/tmp/exim"], 127, "exim: not found"),
        ([HOST], 125, "expected a host and a command"),
        ([HOST, "--user"], 125, "--user needs a login"),
        (["--root", "/nonexistent", HOST, "mailq"], 125, "no lab runs in /nonexistent"),
    ],
)
def test_what_cannot_be_is_said(terminal, words, code, told) -> None:
    said = terminal.at(*words)
    assert (said.code, said.out) == (code, "") and told in said.err
    assert "Traceback" not in said.err


def test_a_users_command_is_hers(terminal) -> None:
    asked = "$caller_uid ${lookup{$caller_uid}lsearch{/etc/passwd}{$value}{none}}"
    assert terminal.at(HOST, "--user", "bob", "exim", "-be", asked).out == "1000 none\n"
    assert terminal.at("--user", "bob", HOST, "hup").code == 1
    assert terminal.at("--user", "bob", HOST, "update-exim4.conf").code == 1


def test_the_daemon_reads_again_when_it_is_told(terminal, lab) -> None:
    host = lab.host(HOST)
    before = len(host.mainlog.splitlines())
    assert terminal.at(HOST, "update-exim4.conf").code == 0
    assert len(host.mainlog.splitlines()) == before  # nothing changes before
    for words in (["hup"], ["kill", "-HUP", "1"], ["systemctl", "reload", "exim4"]):
        assert terminal.at(HOST, *words).code == 0, words
    assert host.mainlog.count("SIGHUP received") == 3
    assert terminal.at(HOST, "kill", "-HUP", "4711").code == 1
    assert terminal.at(HOST, "service", "exim4", "restart").code == 0
    assert terminal.at(HOST, "restart", "ftp").code == 1


def test_why_is_asked_with_the_hosts_own_files(terminal) -> None:
    said = terminal.at(HOST, "explain", "bob@ask.com", "--router", "dnslookup")
    assert said.code == 0 and said.err == ""
    assert "bob@ask.com: to transport maildir_home, into /home/bob/Maildir, would run as bob" in (
        said.out
    )
    assert "bob@ask.com: dnslookup stood aside\n" in said.out
    assert terminal.at(HOST, "explain", "nobody@ask.com").code == 2


def test_debians_program_has_its_options(terminal, lab) -> None:
    host = lab.host(HOST)
    said = terminal.at(HOST, "update-exim4.conf", "-v", "-o", "/tmp/made.conf", "--keepcomments")
    assert said.code == 0 and said.out.startswith("using ")
    assert host.files.exists("/tmp/made.conf")
    assert terminal.at(HOST, "update-exim4.conf", "--check") == (0, "", "")
    assert "Generate exim4 configuration files" in terminal.at(HOST, "update-exim4.conf", "-h").out
    said = terminal.at(HOST, "update-exim4.conf", "--nonsense")
    assert said.code == 1 and "--nonsense" in said.err
    asked = ["--diff", "dc_relay_domains=far.test", "--ask", "bob@example.com"]
    assert "far.test" in terminal.at(HOST, "update-exim4.conf", *asked).out


def test_a_mistake_keeps_the_old_configuration(terminal, lab) -> None:
    host = lab.host(HOST)
    before = host.cat("/var/lib/exim4/config.autogenerated")
    fragment = lab.root / HOST / "etc/exim4/conf.d/main/99_mistake"
    fragment.write_text("nonsense = here\n")
    try:
        said = terminal.at(HOST, "update-exim4.conf")
        assert said.code == 1 and "not installing" in said.err and "nonsense" in said.err
        assert host.cat("/var/lib/exim4/config.autogenerated") == before
    finally:
        fragment.unlink()


def test_names_are_asked(terminal) -> None:
    said = terminal.at(HOST, "dig", "@ns.example.com", "example.com", "MX", "+short")
    assert (said.code, said.out) == (0, "10 mail.example.com.\n")
    assert "status" not in said.err and terminal.at(HOST, "dig").code == 1


def test_a_shell_has_the_hosts_programs_and_its_folder(terminal, lab) -> None:
    said = terminal.run("shell", HOST, "-c", 'pwd; exim -be "\\${uc:x}"; ls etc/exim4 | head -1')
    assert said.out.splitlines()[:2] == [str(lab.root / HOST), "X"] and said.code == 0
    assert terminal.run("shell", HOST, "-c", "exit 7").code == 7
    said = terminal.run("shell", HOST, "--user", "bob", "-c", "exim -be '$caller_uid'")
    assert said.out == "1000\n"


def test_bash_is_told_where_it_is_and_whom_not_to_kill(terminal, lab, tmp_path) -> None:
    """The daemon's number is the lab's: a signal to it must not reach a process of this machine."""
    pid_file = lab.root / HOST / "run/exim4/exim.pid"
    log = lab.host(HOST)
    before = log.mainlog.count("SIGHUP received")
    typed = b'echo "$PS1"; kill -HUP $(cat run/exim4/exim.pid); sleep 9 & kill $!; wait; exit 3\n'
    ended = subprocess.run(
        [sys.executable, "-m", "labmail.commands", "shell", HOST],
        input=typed,
        capture_output=True,
        timeout=60,
        env={**terminal.environment(), "SHELL": "/bin/bash", "HOME": str(tmp_path)},
    )
    assert pid_file.read_text() == "1\n"
    assert f"root@{HOST}:" in ended.stdout.decode() and ended.returncode == 3
    assert log.mainlog.count("SIGHUP received") == before + 1


def test_ctrl_c_ends_the_waiting(terminal) -> None:
    """A command that waits for input is ended as by the terminal, and the lab goes on."""
    waiting = subprocess.Popen(
        [sys.executable, "-m", "labmail.commands", "at", HOST, "exim", "-be"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=terminal.environment(),
    )
    assert waiting.stdout.read(2) == b"> "
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait(30) == 130
    waiting.communicate()
    assert terminal.at(HOST, "exim", "-be", "3").out == "3\n"


def test_it_starts_without_loading_the_lab(terminal) -> None:
    """Each word in a shell is a process: it must answer at once."""
    program = (
        "import sys, labmail.commands.at, labmail.commands.line;"
        "heavy = {'asyncio', 'argparse', 'dns', 'labmail.lab', 'labmail.exim', 'labmail.world'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert ended.stdout == b"[]\n"
