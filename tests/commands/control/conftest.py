"""A lab in this process whose channel is open, and somebody at a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from labmail.commands.control.channel import open_channel
from labmail.commands.line import main
from labmail.lab import Lab
from labmail.lab.control import open_with


class Said(NamedTuple):
    code: int
    out: str
    err: str


class Terminal:
    """Runs ``labmail`` as a second terminal does: in a process of its own, or, since that takes
    its time, in this one, with other files for its standard streams."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def environment(self) -> dict[str, str]:
        return {**os.environ, "LABMAIL_ROOT": str(self.lab.root)}

    def run(self, *words: str, input: bytes = b"", cwd: Path | None = None) -> Said:
        command = [sys.executable, "-m", "labmail.commands", *words]
        ended = subprocess.run(
            command, input=input, capture_output=True, timeout=60, env=self.environment(), cwd=cwd
        )
        return Said(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    def at(self, *words: str, input: bytes = b"") -> Said:
        """``labmail at`` in this process."""
        file = tempfile.TemporaryFile
        with file() as typed, file() as out, file() as err, pytest.MonkeyPatch.context() as patch:
            patch.setenv("LABMAIL_ROOT", str(self.lab.root))
            typed.write(input)
            typed.seek(0)
            with instead(typed, out, err):
                code = main(["at", *words])
            return Said(code, _written(out), _written(err))


@contextmanager
def instead(*files: Any) -> Iterator[None]:
    """Has other files for standard input, output and errors: the descriptors, and Python's own."""
    kept = [os.dup(number) for number in range(3)]
    with open(os.dup(files[1].fileno()), "w") as out, open(os.dup(files[2].fileno()), "w") as err:
        try:
            for number, file in enumerate(files):
                os.dup2(file.fileno(), number)
            with redirect_stdout(out), redirect_stderr(err):
                yield
        finally:
            for number, descriptor in enumerate(kept):
                os.dup2(descriptor, number)
                os.close(descriptor)


def _written(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode())


@pytest.fixture(autouse=True, scope="package")
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of labs that run are kept away from those of the person who tests."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("running")
        patch.setenv("LABMAIL_RUNNING", str(folder))
        yield folder


@pytest.fixture(scope="package")
def reachable(own_state: Path) -> Iterator[None]:
    """Labs that start can be reached."""
    open_with(open_channel)
    yield
    open_with(None)


@pytest.fixture(scope="module")
def lab(reachable: None) -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture(scope="module")
def terminal(lab: Lab) -> Terminal:
    return Terminal(lab)
