"""The two engines, asked alike: real Exim as a process, ours inside this one.

Many lines go to one ``-be``, with marker lines between them, since starting a process takes longer
than a hundred answers. An engine that dies on a line is started again behind it; what it said then
is `DIED`, which is an answer, too.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple, Protocol

from tests.parity.replay import Answer, ask_ours, normal

DIED = "{died}"
PATIENCE = 20
"""Seconds for one call."""
BATCH = 250
"""Lines to one process: a line that kills it costs no more than these."""
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PARITY_COLOUR": "green",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
}


class Engine(Protocol):
    """Something that takes Exim's arguments and standard input, and answers."""

    name: str

    def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer: ...


class RealExim:
    """The program of this machine."""

    name = "exim4"

    def __init__(self, program: str = "exim4") -> None:
        self.program = program

    def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer:
        argv = [self.program.encode(), *(a.encode("latin-1") for a in arguments)]
        try:
            done = subprocess.run(
                argv,
                input=stdin,
                capture_output=True,
                timeout=PATIENCE,
                env=ENVIRONMENT,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return Answer((late.stdout or b"").decode("latin-1"), "too late", -1)
        return Answer(done.stdout.decode("latin-1"), done.stderr.decode("latin-1"), done.returncode)


class Ours:
    """labmail, in this process."""

    name = "labmail"

    def __init__(self, **environment: str) -> None:
        self.environment = {**ENVIRONMENT, **environment}

    def ask(self, arguments: Sequence[str], stdin: bytes) -> Answer:
        with patience(PATIENCE):
            return ask_ours(arguments, stdin, self.environment, survive=True)


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raises TimeoutError in whatever takes longer."""

    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def ask_lines(engine: Engine, configuration: Path, lines: Sequence[str], *how: str) -> list[str]:
    """What each line is answered, one after the other in one process (or as many as die).

    ``how`` are the arguments, ``-be`` if none are given.
    """
    answers: list[str] = []
    while len(answers) < len(lines):
        rest = lines[len(answers) : len(answers) + BATCH]
        answers += _ask_batch(engine, configuration, rest, how or ("-be",))
    return answers


def _ask_batch(
    engine: Engine, configuration: Path, lines: Sequence[str], how: Sequence[str]
) -> list[str]:
    """At least one answer: those up to the first line that was not answered."""
    marked = "".join(f"@@{n}@@\n{line}\n" for n, line in enumerate(lines)) + f"@@{len(lines)}@@\n"
    told = engine.ask(["-C", str(configuration), *how], marked.encode("latin-1"))
    text = told.stdout
    answers, at = [], 0
    for number in range(len(lines)):
        begin, end = f"> @@{number}@@\n", f"> @@{number + 1}@@\n"
        start = text.find(begin, at)
        stop = text.find(end, start)
        if start < 0 or stop < 0:
            return [*answers, f"{DIED} {_last_words(told)}"]
        answer = text[start + len(begin) : stop]
        answers.append(normal(answer.removeprefix("> "), str(configuration.parent)))
        at = stop
    return answers


def _last_words(told: Answer) -> str:
    return (told.stderr.strip().splitlines() or [f"exit code {told.code}"])[-1]


def _together(lines: Sequence[str]) -> Sequence[str]:
    """The lines for one process: it ends with one that opens sockets.

    Exim closes the descriptor of a socket that failed twice, and with it what took its number.
    """
    for place, line in enumerate(lines, 1):
        if "readsocket" in line:
            return lines[:place]
    return lines


class Judge(NamedTuple):
    """Both engines before one world. ``how`` are the arguments for lines."""

    real: Engine
    ours: Engine
    configuration: Path
    how: tuple[str, ...] = ("-be",)

    def with_letter(self) -> Judge:
        """The same judge for sentences that are said about a letter."""
        return self._replace(how=("-bem", str(self.folder / "message")))

    @property
    def folder(self) -> Path:
        return self.configuration.parent

    def lines(self, lines: Sequence[str]) -> list[tuple[str, str]]:
        """Each line's two answers: Exim's, ours.

        Where Exim dies, ours begins anew as well: what a string leaves for the next is lost.
        """
        answers: list[tuple[str, str]] = []
        while len(answers) < len(lines):
            rest = _together(lines[len(answers) : len(answers) + BATCH])
            real = _ask_batch(self.real, self.configuration, rest, self.how)
            ours = ask_lines(self.ours, self.configuration, rest[: len(real)], *self.how)
            answers += zip(real, ours, strict=True)
        return answers

    def differ(self, line: str) -> bool:
        """Does this line alone differ?"""
        one, other = self.lines([line])[0]
        return one != other and not one.startswith(DIED)

    def called(
        self, text: str, included: dict[str, str], arguments: Sequence[str]
    ) -> tuple[Answer, Answer]:
        """What both answer to one call with a configuration of its own."""
        for name, content in {**included, "own.conf": text}.items():
            content = content.replace("DIR", str(self.folder))
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(content.encode("latin-1"))
        asked = ["-C", str(self.folder / "own.conf"), *arguments]
        answers = [
            engine.ask(asked, b"").normal(str(self.folder)) for engine in (self.real, self.ours)
        ]
        for name in included:
            (self.folder / name).unlink()
        return answers[0], answers[1]
