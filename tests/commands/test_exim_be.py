"""``labmail exim -be``: how lines are read, macros at the prompt, letters, hostile input."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.commands.exim.expansion_test import LONGEST_LINE, lines
from tests.parity.fuzz.engines import Engine, Ours, RealExim

EXIM = pytest.param(RealExim(), id="exim4", marks=pytest.mark.peer("exim4"))


@pytest.fixture(params=[pytest.param(Ours(), id="labmail"), EXIM])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="labmail-") as made:
        folder = Path(made)
        folder.chmod(0o777)
        (folder / "exim.conf").write_text(
            f"spool_directory = {made}\nlog_file_path = {made}/%slog\nqualify_domain = lab.test\n"
            "primary_hostname = mx.lab.test\nkeep_environment = KEPT\nLAB = laboratory\n"
            "COURSE_CODE = ES-101\n"
        )
        yield folder


TYPED = {
    b"": b"> \n",
    b"a\nb": b"> a\n> b\n> \n",
    b"a\\\n   b\nc\n": b"> ab\n> c\n> \n",
    b"   lead\n": b">    lead\n> \n",
    b"a  \\  \n  b\n": b"> a  b\n> \n",
    b"a\\\\\nb\n": b"> a\x08\n> \n",
    b"x\\\n\ny\n": b"> x\n> y\n> \n",
    b"x\\\n# c\ny\n": b"> x# c\n> y\n> \n",
    b"a\tb\t\n": b"> a\tb\n> \n",
    b"a\x00b\\\nc\n": b"> a\n> c\n> \n",
    b"a\rb\r\n": b"> a\rb\n> \n",
    b"trail\\": b"> trail\n> \n",
    b"# x\n\nquit\n": b"> # x\n> \n> quit\n> \n",
    b"FOO = LAB\nFOO FOOBAR\n": b"> Defined macro 'FOO'\n> laboratory laboratoryBAR\n> \n",
    b"FOO = a\nFOO == b\nFOO\n": b"> Defined macro 'FOO'\n> Defined macro 'FOO'\n> b\n> \n",
    b"LAB == 5\nLAB\n": b"> Defined macro 'COURSE_CODE'\n> 5\n> \n",
    b"BAR = 1\\\n 2\nBAR\n": b"> Defined macro 'BAR'\n> 12\n> \n",
    b"_X = 5\n": b"> _X = 5\n> \n",
    b"$1\n${if match{abc}{(b)}{$1}}\n$1\n": b"> \n> b\n> \n> \n",
    b"${sg{ab}{(b)}{c}}$1\n${if match{abc}{(b)}}\n$1\n": b"> ac\n> true\n> \n> \n",
    b"caf\xc3\xa9 ${uc:\xe9}\n": b"> caf\xc3\xa9 \xe9\n> \n",
    b"${env{KEPT}} ${env{HOME}{$value}{none}}\n": b">  none\n> \n",
}
"""What is typed, and everything that comes on standard output."""


@pytest.mark.parametrize("typed", TYPED, ids=repr)
def test_lines_are_read_as_exim_reads_them(engine: Engine, folder: Path, typed: bytes) -> None:
    answer = engine.ask(["-C", str(folder / "exim.conf"), "-be"], typed)
    assert answer.stdout.encode("latin-1") == TYPED[typed] and answer.code == 0


AGAIN = 'macro "FOO" is already defined (use "==" if you want to redefine it)'
WITHIN = "cannot be defined as a macro because previously defined macro"
COMPLAINTS = {
    "FOO = a\nFOO = b\nFOO\n": AGAIN,
    "BAR == 2\n": 'can\'t redefine an undefined macro "BAR"',
    "BARLAB = 1\n": f'"BARLAB" {WITHIN} "LAB" is a substring',
}


@pytest.mark.parametrize("typed", COMPLAINTS)
def test_a_bad_macro_is_told_and_the_next_line_goes_on(
    engine: Engine, folder: Path, typed: str
) -> None:
    asked = ["-C", str(folder / "exim.conf"), "-be"]
    answer = engine.ask(asked, f"{typed}on\n".encode()).normal(str(folder))
    told = f"{{TS}} Exim configuration error:\n  {COMPLAINTS[typed]}\n"
    assert (answer.stderr, answer.code) == (told, 0)
    assert answer.stdout.endswith("> on\n> \n")


def test_a_line_that_is_no_macro_is_placed_behind_the_configuration(
    engine: Engine, folder: Path
) -> None:
    answer = engine.ask(["-C", str(folder / "exim.conf"), "-be"], b"Hello world\nx\n")
    assert answer.normal(str(folder)) == (
        "> > x\n> \n",
        "{TS} Exim configuration error in line 7 of {DIR}/exim.conf:\n"
        "  malformed macro definition\n",
        0,
    )


def test_lines_longer_than_one_reading_come_in_pieces(engine: Engine, folder: Path) -> None:
    typed = b"x" * 2 * LONGEST_LINE + b"y\n" + b"x\\\n" * 2000 + b"z\n"
    answer = engine.ask(["-C", str(folder / "exim.conf"), "-be"], typed)
    assert [len(line) - 2 for line in answer.stdout.splitlines()] == [1023, 1023, 1, 2001, 0]


def test_relative_names_begin_in_the_spool(engine: Engine, folder: Path) -> None:
    (folder / "here").write_text("found")
    answer = engine.ask(["-C", str(folder / "exim.conf"), "-be", "${readfile{here}}"], b"")
    assert answer.stdout == "found\n"


LETTER = (
    b"From: Ann Lee <ann@lab.test>\nTo: ben, cara@x.test\nBcc: dora\nSubject: a b\n\nHi\n.\nx\n"
)


def test_a_letter_can_be_asked_about(engine: Engine, folder: Path) -> None:
    (folder / "letter").write_bytes(LETTER)
    asked = ["-C", str(folder / "exim.conf"), "-t", "-bem", str(folder / "letter")]
    answer = engine.ask([*asked, "$h_subject:|$h_to:|$message_body|$recipients_count"], b"")
    assert answer.stdout == "a b|ben@lab.test, cara@x.test|Hi |3\n"
    answer = engine.ask([*asked, "-i", "$message_body $recipients"], b"")
    assert answer.stdout == "Hi . x  ben@lab.test, cara@x.test, dora@lab.test\n"
    answer = engine.ask(asked, b"$rh_from:\n")
    assert answer.stdout == ">  Ann Lee <ann@lab.test>\n\n> \n"


def test_what_is_said_about_a_letter(engine: Engine, folder: Path) -> None:
    (folder / "letter").write_bytes(b"From eve@x.test Mon Jan  5 12:55:00 1997\nHello\n")
    asked = ["-C", str(folder / "exim.conf"), "-bem"]
    answer = engine.ask([*asked, str(folder / "letter"), "$sender_address"], b"")
    assert answer.stdout == (
        'Sender taken from "From " line\nWarning: no message headers read\neve@x.test\n'
    )
    answer = engine.ask([*asked, "/nowhere", "x"], b"")
    assert answer == ("", "exim: failed to open /nowhere: No such file or directory\n", 1)


TAINTED = ["sender_address", "sender_ident", "authenticated_id", "sender_host_name"]


@pytest.mark.parametrize("name", TAINTED)
def test_what_a_caller_says_is_tainted_what_is_known_of_her_is_not(
    engine: Engine, folder: Path, name: str
) -> None:
    asked = ["-C", str(folder / "exim.conf"), "-be", f"${{expand:${name}}}"]
    assert "tainted" not in engine.ask(asked, b"").stdout
    said = ["-f", "a@b.test", "-oMa", "192.0.2.1", "-oMs", "h.test", "-oMt", "i", "-oMai", "u"]
    assert "attempt to expand tainted string" in engine.ask([*said, *asked], b"").stdout


def test_a_pattern_in_a_list_that_is_none_ends_it_all(engine: Engine, folder: Path) -> None:
    asked = ["-C", str(folder / "exim.conf"), "-be", "${if match_domain{a}{^(}}", "never"]
    answer = engine.ask(asked, b"")
    assert answer.code == 1 and "never" not in answer.stdout
    assert "missing closing parenthesis" in answer.stderr


def test_the_steps_are_told_on_standard_error_only(folder: Path) -> None:
    asked = ["-C", str(folder / "exim.conf"), "-be", "${if eq{a}{${lc:B}}{yes}{no}} caf\xc3\xa9"]
    plain, told = Ours().ask(asked, b""), Ours().ask(["-d", *asked], b"")
    assert plain.stdout == told.stdout == "no caf\xc3\xa9\n" and plain.stderr == ""
    steps = told.stderr.encode("latin-1").decode("utf-8")
    assert f"reading {folder}/exim.conf: " in steps and "2 macros" in steps
    assert "operator lc: ${lc:B} = b" in steps and "└" in steps and "café" in steps


def test_a_reader_at_a_terminal_gets_a_line_of_help(folder: Path) -> None:
    from labmail.commands.exim import Caller, run

    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    (folder / "bad.conf").write_text("queue_onyl = true\n")
    for stream, told in ((Terminal(), True), (io.BytesIO(), False)):
        caller = Caller(io.BytesIO(), io.BytesIO(), stream, {})
        assert run(["-C", str(folder / "bad.conf"), "-bV"], caller) == 1
        assert ("Did you mean queue_only?" in stream.getvalue().decode()) == told


def test_a_prompt_is_seen_before_anything_is_typed(folder: Path) -> None:
    import os
    import pty
    import signal
    import subprocess
    import sys

    ours, theirs = pty.openpty()
    argv = [
        sys.executable,
        "-m",
        "labmail.commands",
        "exim",
        "-C",
        str(folder / "exim.conf"),
        "-be",
    ]
    with subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs) as program:
        os.close(theirs)
        assert os.read(ours, 2) == b"> "
        os.write(ours, b"${uc:a}\n")
        seen = b""
        while b"A\r\n> " not in seen:
            seen += os.read(ours, 100)
        program.send_signal(signal.SIGINT)
        assert program.wait(10) == 130
    os.close(ours)


HOSTILE = {
    "deep": "${lc:" * 20_000,
    "deep and closed": "${lc:" * 3000 + "x" + "}" * 3000,
    "braces": "{" * 16_000,
    "dollars": "$" * 16_000,
    "backslashes": "\\" * 16_001,
    "pattern": "${if match{" + "a" * 40 + "}{^(a+)+$b}}",
    "growing": "${map{" + ":".join("abcdefgh") + "}{" * 3 + "$item" + "}}" * 3,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_strings_get_an_answer_soon(folder: Path, name: str) -> None:
    began = time.monotonic()
    typed = HOSTILE[name].encode() + b"\nstill here\n"
    answer = Ours().ask(["-C", str(folder / "exim.conf"), "-be"], typed)
    assert "still here\n> \n" in answer.stdout and answer.code == 0
    assert time.monotonic() - began < 20


@settings(max_examples=200, deadline=None)
@given(octets=st.binary(max_size=3000), at=st.integers(1, 50))
def test_no_line_is_lost_or_made_up(octets: bytes, at: int) -> None:
    found = list(lines(io.BytesIO(octets)))
    assert len(found) <= octets.count(b"\n") + len(octets) // LONGEST_LINE + 1
    assert all("\n" not in line and "\0" not in line for line in found)
    more = list(lines(io.BytesIO(b"a\n" * at + octets)))
    assert more == ["a"] * at + found


def test_a_line_that_goes_on_for_megabytes(folder: Path) -> None:
    from labmail.commands.exim.expansion_test import lines

    assert [len(line) for line in lines(io.BytesIO(b"\\" * 3_000_000))] == [2_997_067]
