"""Two programs, one configuration, the same letters and commands: what each prints and logs."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from labmail.commands.exim import machine, run

from .cases import CONFIGURATION

ID = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
LETTERS = (
    ("alice@example.com", ["bob@ask.com", "alice@example.com"], b"Subject: one\n\nhello\n"),
    ("<>", ["carol@ask.com"], b"Subject: two\n\nhello there\n"),
)
UNTOLD = re.compile(r"Warning: purging|Suggested action|exim user lost privilege")
"""What the real one says of its surroundings."""
Ended = tuple[int, bytes, bytes]
Program = Callable[[Sequence[str], bytes], Ended]

Told = dict[str, Any]


def ours(words: Sequence[str], input: bytes) -> Ended:
    """labmail exim, in this process."""
    out, err = BytesIO(), BytesIO()
    caller = machine(BytesIO(input), out, err)
    caller.machine.name = "mail.example.com"  # nobody asks for this computer's own
    code = run(words, caller)
    return code, out.getvalue(), err.getvalue()


def theirs(words: Sequence[str], input: bytes) -> Ended:
    """The real one."""
    ended = subprocess.run(
        ["/usr/sbin/exim4", *words], input=input, capture_output=True, timeout=60
    )
    return ended.returncode, ended.stdout, ended.stderr


class Side:
    """One of the two programs, in a folder of its own."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder = program, folder
        for name in ("spool", "log", "box"):
            (folder / name).mkdir(mode=0o777, parents=True)
            os.chmod(folder / name, 0o777)
        self.configuration = folder / "exim.conf"
        self.configuration.write_text(CONFIGURATION.replace("DIR", str(folder)))
        self.names: dict[str, str] = {}
        for letter, (sender, recipients, text) in zip("AB", LETTERS, strict=True):
            self.run(["-odq", "-f", sender, *recipients], text)
            (new,) = set(ID.findall(self.run(["-bpr"])[1])) - set(self.names.values())
            self.names[letter] = new

    def run(self, words: Sequence[str], input: bytes = b"") -> tuple[int, str, str]:
        code, out, err = self.program(["-C", str(self.configuration), *words], input)
        return code, out.decode("latin-1"), err.decode("latin-1")

    def step(self, line: str) -> Told:
        """What a command comes to, with ids as letters of the alphabet, and no dates."""
        words = [self.names.get(word, word) for word in line.split(" ")]
        before = len(self.log())
        code, out, err = self.run(words)
        errors = "".join(each for each in err.splitlines(True) if not UNTOLD.search(each))
        told = {"code": code, "out": out, "err": errors, "log": self.log()[before:]}
        return {name: self._plain(value) for name, value in told.items()}

    def log(self) -> list[str]:
        path = self.folder / "log" / "mainlog"
        lines = path.read_text("latin-1").splitlines() if path.exists() else []
        return [line for line in lines if not UNTOLD.search(line)]

    def _plain(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        if not isinstance(value, str):
            return value
        for letter, name in self.names.items():
            value = value.replace(name, letter)
        value = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>", value)
        value = re.sub(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d", "<date>", value)
        value = re.sub(r"\((labmail|Exim 4.96)\)", "(<name>)", value)
        value = re.sub(r"\b(pid|S)=\d+", r"\1=<number>", value)
        value = re.sub(
            r"^ *\d+m +[\d.]+K? (?=A|B|[0-9A-Za-z]{6}-)", "<age, size> ", value, flags=re.M
        )
        return ID.sub(lambda found: "<id>" if found[0] != "1aaaaa-000000-00" else found[0], value)


def told(program: Program, folder: Path, script: Sequence[str]) -> list[Told]:
    """What a program says to a script."""
    side = Side(program, folder)
    return [side.step(line) for line in script]
