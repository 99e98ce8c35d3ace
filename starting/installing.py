"""One step of a set-up: run an installer, show how far it is, and explain it when it fails.

The installer writes to ``.venv/setup.log``; its progress is read from there (pip says which
package it collects) and from the folder itself (a ``*.dist-info`` appears for each package that
has been unpacked). Its traceback is for the log; the reader gets the last lines and a cure.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from starting.children import stop
from starting.isolation import plain
from starting.progress import Progress
from starting.trouble import Trouble

if TYPE_CHECKING:
    from starting.environment import Environment

TICK = 0.1
"""Seconds between two looks at the log."""


class Step(NamedTuple):
    """A phase, in a word that the reader sees, and the program that does it."""

    phase: str
    argv: list[str]


FAILURES: list[tuple[str, str, tuple[str, ...]]] = [
    (
        r"No space left on device|Errno 28",
        "the disk is full.",
        ("make room, then call this again",),
    ),
    (
        r"DO NOT MATCH THE HASHES|hash mismatch|Hash mismatch",
        "a package is not the one that requirements.lock names.",
        ("a damaged copy in a cache: python3 -m pip cache purge, then call this again",),
    ),
    (
        r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|SSLError",
        "the package index shows a certificate that this machine does not trust.",
        ("behind a company's proxy: name its certificate, export PIP_CERT=/path/to/ca.pem",),
    ),
    (
        r"name resolution|Name or service not known|NewConnectionError|[Tt]imed out|"
        r"dns error|nodename nor servname|Network is unreachable|ProxyError|Connection refused",
        "no package index could be reached.",
        (
            "a set-up needs the Internet, once: connect, then call this again",
            "behind a proxy: export HTTPS_PROXY=http://proxy.example:3128",
            "with a mirror of your own: export PIP_INDEX_URL=…",
        ),
    ),
    (
        r"[Ff]ailed to build|Failed building wheel|error: command .*(gcc|cc|clang)",
        "a package has no ready-made file for this system and could not be compiled.",
        ("use another Python, 3.11 to 3.13 have them all: make lab PYTHON=python3.12",),
    ),
]
"""What installers say when they fail, what it means, and what to do about it."""


COLLECTED = re.compile(r"Collecting ([\w.-]+)|Processing .*?([^/\s]+?)-\d[^/]*\.(?:whl|tar\.gz)")
"""How pip says that it has found a package: on an index by its name, on the disk by its file."""

UNKNOWN = ("", "an installer failed.", ("call this again; if it stays, the log says more",))


def run(environment: Environment, step: Step, progress: Progress) -> None:
    """Run one step to its end. Raises Trouble with a cure when it fails."""
    with (
        open(environment.log, "a", encoding="utf-8") as log,
        open(environment.log, encoding="utf-8", errors="replace") as reader,
    ):
        log.write(f"$ {' '.join(step.argv)}\n")
        log.flush()
        reader.seek(0, os.SEEK_END)
        child = subprocess.Popen(
            step.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=environment.root,
            env=plain(os.environ) | {"PYTHONUNBUFFERED": "1"},
            pass_fds=environment.held,
        )
        try:
            _watch(child, reader, Look(environment, step.phase), progress)
        finally:
            stop(child)
    if child.returncode:
        raise explain(step, environment.log)


class Look:
    """What the log and the folder say about how far a step is."""

    def __init__(self, environment: Environment, phase: str) -> None:
        self.environment = environment
        self.total = environment.packages()
        self.phase = phase
        self.collected = 0
        self.package = ""

    def heed(self, line: str) -> None:
        """Take in one line of the installer's log."""
        if word := COLLECTED.match(line):
            self.collected += 1
            self.package = word[1] or word[2]
        elif self.phase == "fetching" and line.startswith("Installing collected packages"):
            self.phase, self.package = "unpacking", ""

    def show(self, progress: Progress) -> None:
        if self.phase == "fetching":
            progress.show(self.phase, self.collected, self.total, self.package)
        elif self.phase in ("unpacking", "packages"):
            progress.show(self.phase, self.environment.installed(), self.total)
        else:
            progress.show(self.phase)


def _watch(child: subprocess.Popen[bytes], reader: TextIO, look: Look, progress: Progress) -> None:
    rest = ""
    while child.poll() is None:
        *lines, rest = (rest + reader.read()).split("\n")
        for line in lines:
            look.heed(line)
        look.show(progress)
        time.sleep(TICK)


def explain(step: Step, log: Path) -> Trouble:
    """Turn an installer's failure into a sentence, its own last words and a cure."""
    said = log.read_text(encoding="utf-8", errors="replace").rpartition("\n$ ")[2]
    last = "\n  ".join(said.strip().splitlines()[-6:])
    known = [failure for failure in FAILURES if re.search(failure[0], said)]
    _, meaning, cures = known[0] if known else UNKNOWN
    return Trouble(
        f"{meaning} ({step.phase})\n\n  {last}", *cures, f"the whole log: less {str(log)!r}"
    )
