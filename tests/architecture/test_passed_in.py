"""Clock, network and chance are passed in: only the world may reach for the real ones.

A lab is the same on each run because nothing in it asks the machine what time it is, rolls the
machine's dice or opens the machine's sockets. This test reads every module and names the line that
does. An exception is a word in `ALLOWED`, with its reason.
"""

from __future__ import annotations

import ast

import pytest

from tests.architecture.house import modules, reaches

FORBIDDEN = (
    "_thread",
    "concurrent.futures",
    "multiprocessing",
    "queue",
    "random",
    "secrets",
    "select",
    "selectors",
    "socket",
    "subprocess",
    "threading.Thread",
    "threading.Timer",
    "time.localtime",
    "time.monotonic",
    "time.perf_counter",
    "time.sleep",
    "time.time",
    "uuid.uuid1",
    "uuid.uuid4",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "asyncio.to_thread",
    "os.urandom",
    "os.getrandom",
    "os.system",
    "os.popen",
    "os.fork",
)
"""Modules (all of them) and names that would let the machine in."""

TYPES = ("random", "random.Random")
"""May be named, for what `Chance` hands out, but not called."""

ALLOWED: dict[str, dict[str, str]] = {
    "labmail/lab/": {
        "threading.Thread": "the lab runs in one background thread of its own",
        "secrets": "passwords are new for each lab and never come from a seed",
    },
    "labmail/mta/spool/journal.py": {
        "os.urandom": "no sender of a letter may guess where a checksum begins",
    },
    "labmail/commands/": {
        "threading.Thread": "a command waits for a signal while the lab runs",
        "time.sleep": "a command waits beside the lab, in real time",
        "time.monotonic": "a command measures real time for its reader",
        "time.perf_counter": "a command measures real time for its reader",
    },
    "labmail/commands/control/": {
        "socket": "a second terminal and the lab are two processes of this machine",
        "select": "whichever speaks first: the lab, or whoever types",
        "secrets": "the secret of those who may ask, and numbers that were never used",
    },
    "labmail/commands/shell.py": {
        "subprocess": "the reader's own shell, which she asked for",
    },
    "labmail/commands/exim/": {
        "time.time": "labmail exim runs on its caller's own machine and clock",
        "time.localtime": "its messages carry the local time, as Exim's do",
        "socket": "the machine's own name",
        "random": "the machine's own chance, for ${randint:9}",
        "secrets": "the seed of a mail system that is made for one command on this machine",
        "queue": "a command's thread and the lab's hand things over to each other",
        "subprocess": "the machine's own programs, for ${run{…}}",
        "selectors": "what such a program prints, for as long as it may take",
    },
}
"""Where what may be reached for, and why. A path ending in / means everything below it."""


def forbidden(dotted: str) -> str | None:
    """The word of `FORBIDDEN` that a dotted name falls under."""
    if dotted in TYPES:
        return None
    for word in FORBIDDEN:
        if dotted == word or dotted.startswith((f"{word}.", f"{word}(", f"{word}_ns")):
            return word
    return None


def allowed(path: str, word: str) -> bool:
    return any(path.startswith(place) and word in words for place, words in ALLOWED.items())


def trespasses(path: str, tree: ast.AST) -> list[str]:
    """Each line that reaches for the machine."""
    found = []
    for line, dotted in reaches(path, tree):
        word = forbidden(dotted)
        if word and not allowed(path, word):
            found.append(f"{path}:{line} uses {dotted}")
    return sorted(set(found))


def test_only_the_world_reaches_for_the_machine() -> None:
    found = []
    for path, tree in modules():
        if not path.startswith("labmail/world/"):
            found += trespasses(path, tree)
    assert not found, "\n".join(["take clock, network, chance, disk as arguments:", *found])


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("import time; time.sleep(1)", "time.sleep"),
        ("import time as t; t.time()", "time.time"),
        ("from time import monotonic", "time.monotonic"),
        ("import time; time.time_ns()", "time.time_ns"),
        ("from datetime import datetime; datetime.now()", "datetime.datetime.now"),
        ("import datetime; datetime.date.today()", "datetime.date.today"),
        ("import random; random.Random(4)", "random.Random()"),
        ("from random import Random; Random(4)", "random.Random()"),
        ("import random; random.random()", "random.random()"),
        ("from socket import create_connection", "socket.create_connection"),
        ("import threading; threading.Thread(target=print)", "threading.Thread"),
        ("import concurrent.futures; concurrent.futures.wait([])", "concurrent.futures.wait"),
    ],
)
def test_the_reader_of_modules_sees_every_way_of_asking(line: str, word: str) -> None:
    assert f"labmail/x.py:1 uses {word}" in trespasses("labmail/x.py", ast.parse(line))


@pytest.mark.parametrize(
    "line",
    [
        "import time; time.gmtime(0)",
        "from random import Random; x: Random",
        "from threading import Lock",
        "clock.time()",
        "self.now()",
    ],
)
def test_it_lets_harmless_words_pass(line: str) -> None:
    assert trespasses("labmail/x.py", ast.parse(line)) == []
