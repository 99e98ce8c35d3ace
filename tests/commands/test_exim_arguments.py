"""The argument language of ``labmail exim`` (Exim specification, chapter 5): what is understood,
what is refused, in whose words. Real Exim is asked the same where it is installed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from labmail.commands.exim.arguments import Refused, Request, read
from labmail.commands.exim.words import EXACT, LATER, WORDS
from tests.parity.fuzz.engines import Engine, Ours, RealExim

EXIM = pytest.param(RealExim(), id="exim4", marks=pytest.mark.peer("exim4"))
ABANDONED = "exim abandoned: unknown, malformed, or incomplete option "


@pytest.fixture(params=[pytest.param(Ours(), id="labmail"), EXIM])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture(scope="module")
def configuration() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="labmail-") as made:
        folder = Path(made)
        folder.chmod(0o777)
        (folder / "exim.conf").write_text(
            f"spool_directory = {made}\nlog_file_path = {made}/%slog\nqualify_domain = lab.test\n"
            "primary_hostname = mx.lab.test\nkeep_environment =\n"
        )
        yield folder / "exim.conf"


REFUSED = {
    "-bx": ABANDONED + "-bx",
    "-b": ABANDONED + "-b",
    "-bezz x": ABANDONED + "-bezz",
    "--xx": ABANDONED + "--xx",
    "-A": ABANDONED + "-A",
    "-T": ABANDONED + "-T",
    "-vv": ABANDONED + "-vv",
    "-oix": ABANDONED + "-oix",
    "-oo7": ABANDONED + "-oo7",
    "-f": ABANDONED + "-f",
    "-be -f": ABANDONED + "-f",
    "-F": ABANDONED + "-F",
    "-C": ABANDONED + "-C",
    "-bem": ABANDONED + "-bem",
    "-oMz x -be a": ABANDONED + "-oMz",
    "-oMa": "exim: data expected after -oMa",
    "-oMx": "exim: data expected after -oMx",
    "-oMa 1.2.3 -be x": 'exim abandoned: "1.2.3" is not an IP address',
    "-oMa 1.2.3.4:55 -be x": 'exim abandoned: "1.2.3.4:55" is not an IP address',
    "-oMi x -be x": 'exim abandoned: "x" is not an IP address',
    "-oMr a -oMr b -be x": "received_protocol is set already",
    "-D": "exim: macro name set by -D must start with an upper case letter",
    "-Dtopic=x -be topic": "exim: macro name set by -D must start with an upper case letter",
    "-DAB=q -DAB=r -be AB": "exim: duplicated -D in command line",
    "-bP -be x": "exim: incompatible command-line options or arguments",
    "-be -bP x": "exim: incompatible command-line options or arguments",
    f"-be {'x' * 300}": "exim: length limit exceeded (300 > 256) for: recipient",
    "-f bad..x@@y -be x": 'exim: bad -f address "bad..x@@y": domain missing or malformed',
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_not_understood_is_refused_in_exims_words(
    engine: Engine, configuration: Path, line: str
) -> None:
    answer = engine.ask(["-C", str(configuration), *line.split()], b"")
    assert (answer.stdout, answer.stderr, answer.code) == ("", f"{REFUSED[line]}\n", 1)


SENDER = "$sender_address|$sender_host_address|$sender_host_port|$received_protocol"
ANSWERED = {
    ("-be", "a", "--", "-b"): "a\n--\n-b\n",
    ("-be", "--", "-b"): "-b\n",
    ("-be", "-be", "x"): "x\n",
    ("-be", ""): "\n",
    ("-be", "-n"): "> \n",
    ("-be", "-DLATE=v", "LATE"): "v\n",
    ("-DAB", "-be", "<AB>"): "<>\n",
    ("-D AB = c d ", "-be", "<AB>"): "<c d >\n",
    ("-f", "ann@x.test", "-be", SENDER): "ann@x.test||0|\n",
    ("-fann", "-be", SENDER): "ann@lab.test||0|\n",
    ("-f", "a", "-f", "b", "-be", SENDER): "b@lab.test||0|\n",
    ("-f", "<>", "-be", SENDER): "||0|\n",
    ("-f", "", "-be", SENDER): "||0|\n",
    ("-r", "Ann Lee <a@b.test>", "-be", SENDER): "a@b.test||0|\n",
    ("-f", "a", "-oMa", "192.0.2.1.25", "-be", SENDER): "a@lab.test|192.0.2.1|25|\n",
    ("-f", "a", "-oMa", "[::1]:26", "-be", SENDER): "a@lab.test|::1|26|\n",
    ("-f", "a", "-oMa", "::1", "-oMr", "smtp", "-be", SENDER): "a@lab.test|::1|0|smtp\n",
    ("-oMs", "h.test", "-oMt", "id", "-be", "$sender_host_name $sender_ident"): "h.test id\n",
    ("-oMaa", "pl", "-be", "$sender_host_authenticated"): "pl\n",
    ("-oMai", "x y", "-oMas", "a b", "-be", "$authenticated_id $authenticated_sender"): "x y a b\n",
    ("-oMi", "192.0.2.9.25", "-be", "$received_ip_address $received_port"): "192.0.2.9 25\n",
    ("-oi", "-G", "-odb", "-oem", "-v", "-dropcr", "-Ac", "-B8BITMIME", "-be", "x"): "x\n",
    ("-h5", "-tls-on-connect", "-x", "-or5s", "-ps:host", "-E", "-be", "x"): "x\n",
    ("-O", "q", "-X", "f", "-B", "8", "-be", "x"): "x\n",
}


@pytest.mark.parametrize("arguments", ANSWERED, ids=" ".join)
def test_what_is_understood(
    engine: Engine, configuration: Path, arguments: tuple[str, ...]
) -> None:
    answer = engine.ask(["-C", str(configuration), *arguments], b"")
    assert (answer.stdout, answer.code) == (ANSWERED[arguments], 0), answer.stderr


def test_the_first_file_that_exists_is_the_configuration(
    engine: Engine, configuration: Path
) -> None:
    answer = engine.ask(["-C", f"/nowhere:{configuration}", "-be", "x"], b"")
    assert answer.stdout == "x\n"
    answer = engine.ask(["-C", "/nowhere:/nobody", "-be", "x"], b"").normal("/no/folder")
    assert answer == ("", "{TS} non-existent configuration file(s): /nowhere:/nobody\n", 1)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("-be -DA=b -DB x -y", {"action": "expansion", "macros": [("A", "b"), ("B", "")]}),
        ("-bP -n a b", {"action": "options", "terse": True, "words": ["a", "b"]}),
        ("-bV", {"version": True, "action": ""}),
        ("-d+expand-all -be x", {"debug": "+expand-all"}),
        ("-Cfile -be", {"files": "file", "words": []}),
        ("-bem letter -t -i -be x", {"message": "letter", "dot_ends": False}),
    ],
)
def test_a_line_becomes_a_request(line: str, found: dict[str, object]) -> None:
    request = read(line.split())
    assert {name: getattr(request, name) for name in found} == found


def test_what_is_not_there_yet_is_named_with_what_is(configuration: Path) -> None:
    later = [word for word in WORDS.values() if word.state == LATER]
    assert {"-bd", "-bh", "-MG"} <= {word.name for word in later}
    for word in later:
        data = ["x"] if word.takes in ("next", "either") else []
        answer = Ours().ask(["-C", str(configuration), word.name, *data], b"")
        assert answer.code == 1 and answer.stdout == ""
        assert answer.stderr.startswith(f"labmail exim: {word.name}")
        assert "not there yet" in answer.stderr and "there are -be, -bem, " in answer.stderr


def test_help_names_every_option() -> None:
    answer = Ours().ask(["--help"], b"")
    assert answer.code == 0
    for word in WORDS.values():
        assert word.name in answer.stdout


def test_nothing_to_do_says_what_it_is(engine: Engine) -> None:
    answer = engine.ask([], b"")
    assert answer.code == 1 and answer.stdout == "" and len(answer.stderr.splitlines()) < 5


def _data(name: str, takes: str) -> list[str]:
    if name.startswith("-M"):
        return ["1vwz8C-000001-00"]
    return [] if takes == "alone" else ["192.0.2.1"]


def test_every_option_that_works_does_something() -> None:
    for name, word in EXACT.items():
        if word.state == "works":
            try:
                request = read([name, *_data(name, word.takes)])
            except Refused as refused:
                pytest.fail(f"{name}: {refused.text}")
            assert vars(request) != vars(Request()), name
