"""Files, programs and sockets: whatever the context hands in is asked, and nothing else."""

from __future__ import annotations

import pytest

from labmail.commands.exim import programs
from labmail.exim.expansion.context import OCTETS, Ran

from .around import answer, context


class Files:
    """Two files; anything else is not there."""

    kept = {"/a": b"one\ntwo\n", "/nul": b"a\0b"}  # noqa: RUF012

    def read_bytes(self, path):
        if path not in self.kept:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self.kept[path]

    def stat(self, path):
        return self.read_bytes(path)


def asked(line: str, **slots) -> str:
    return answer(line, context(searches=None, files=Files(), **slots))


def test_readfile():
    assert asked("${readfile{/a}}") == "one\ntwo\n"
    assert asked("${readfile{/a}{+}}") == "one+two+"
    assert asked("${readfile{/a}{}}") == "onetwo"
    assert asked("${readfile{/nul}}") == "a"
    assert asked("${readfile{/b}}") == "Failed: failed to open /b: No such file or directory"


def test_exists():
    assert asked("${if exists{/a}{y}{n}}${if exists{/b}{y}{n}}") == "yn"


def test_env():
    there = {"HOME": "/root"}
    assert asked("${env{HOME}}|${env{HOME}{<$value>}{n}}|${env{X}{y}{n}}", environment=there) == (
        "/root|</root>|n"
    )


@pytest.mark.parametrize(
    "status, line, told",
    [
        (0, "${run{/x a}}", "out"),
        (0, "${run{/x a}{<$value>}{n}}$runrc", "<out>0"),
        (3, "${run{/x a}{y}{no $value $runrc}}", "no out 3"),
        (-9, "${run{/x a}}", "Failed: command killed by signal 9"),
        (-256, "${run{/x a}}", "Failed: command timed out"),
    ],
)
def test_run(status, line, told):
    started = []

    async def run(words):
        started.append(words)
        return Ran(b"out", status)

    assert asked(line, run=run) == told
    assert started == [["/x", "a"]]


def test_sources_without_end_have_one():
    told = answer("${strlen:${readfile{/dev/zero}}}", context())
    assert told.startswith("Failed: gave up: the text grew")


def test_programs_are_stopped():
    assert programs.run(["/bin/sleep", "20"], patience=0.1) == Ran(b"", -256)
    assert programs.run(["/bin/sh", "-c", "echo a; exit 3"]) == Ran(b"a\n", 3)
    endless = programs.run(["/bin/sh", "-c", "while echo " + "x" * 4000 + "; do :; done"])
    assert endless.status == -256
    assert len(endless.output) > OCTETS


def test_words_of_a_command():
    started = []

    async def run(words):
        started.append(words)
        return Ran(b"", 0)

    asked("${run{/x ${uc:ab} 'c d' \"e\\tf\" ${if eq{a}{a}{g}}}}", run=run)
    asked("${run{/x '${uc:g h}' i}}", run=run)
    asked("${run,preexpand{/x ${uc:j k}}}", run=run)
    assert started == [["/x", "G H", "i"], ["/x", "J", "K"]]


def test_a_program_that_cannot_be_started():
    async def run(words):
        raise FileNotFoundError(2, "No such file or directory")

    assert asked("${run{/x}{y}{n $runrc}}", run=run) == "n 127"
    assert asked("${run{/x}{y}{n $runrc}}", run=None) == "n 127"


def test_readsocket():
    talked = []

    async def connect(where, request, options):
        talked.append((where, request, options))
        if where == "/none":
            raise FileNotFoundError(2, "No such file or directory")
        return b"one\ntwo\n"

    lines = ("${readsocket{/s}{hello\\n}}", "${readsocket{inet:127.0.0.1:1}{x}{3s}{ }}")
    assert [asked(line, connect=connect) for line in lines] == ["one\ntwo\n", "one two "]
    assert talked == [("/s", b"hello\n", "5s"), ("inet:127.0.0.1:1", b"x", "3s")]
    assert asked("${readsocket{/none}{x}{3s}{}{failed}}", connect=connect) == "failed"
    assert asked("${readsocket{/none}{x}}", connect=connect) == (
        "Failed: failed to connect to socket /none: No such file or directory"
    )


def test_nobody_to_open_sockets():
    assert asked("${readsocket{/b}{x}}") == (
        "Failed: failed to connect to socket /b: No such file or directory"
    )
    assert asked("${readsocket{inet:127.0.0.1:1}{x}}") == (
        "Failed: failed to connect to any address for 127.0.0.1: Connection refused"
    )


def test_nothing_is_loaded():
    assert asked("${dlfunc{/b}{f}}").endswith("No such file or directory")
    assert "no machine code" in asked("${dlfunc{/a}{f}}")
    assert asked("${perl{f}}", settings={"perl_startup": "x"}) == (
        'Failed: "${perl" encountered, but this facility is not included in this binary'
    )
