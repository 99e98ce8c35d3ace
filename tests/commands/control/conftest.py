"""A lab in this process whose channel is open, and somebody at a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from labmail.commands.control.channel import open_channel
from labmail.lab import Lab
from labmail.lab.control import open_with


class Said(NamedTuple):
    code: int
    out: str
    err: str


class Terminal:
    """Runs ``labmail`` in a process of its own, as a second terminal does."""

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
        return self.run("at", *words, input=input)


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


@pytest.fixture(scope="package")
def lab(reachable: None) -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture(scope="package")
def terminal(lab: Lab) -> Terminal:
    return Terminal(lab)
