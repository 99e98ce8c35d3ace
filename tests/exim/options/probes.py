"""Every option, set to one thing after another: its kind shows in what comes of it.

A driver has to be whole before it is read, so each has a block that is, and the option is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from labmail.exim.options.drivers import SECTIONS, driver_class, driver_names, generic_class
from labmail.exim.options.main import Main
from tests.exim.options.asking import HEAD, Answer, ours, theirs

VALUES = ("zzz", "1025", "3M", "010", "1.5", "1h30m", "1h:2h", "mail", "yes", "$x", "", "-1")

UNASKED = ("exim_user", "exim_group", "log_selector")
"""These change with whom or how the program itself works, which is another question."""

WHOLE = {
    "accept": "transport = t",
    "dnslookup": "transport = t",
    "ipliteral": "transport = t",
    "manualroute": "route_data = x",
    "queryprogram": "command = x\n command_user = mail",
    "iplookup": "port = 99\n hosts = x",
    "redirect": "data = x",
    "appendfile": "file = /x",
    "lmtp": "command = x",
    "cram_md5": "public_name = X",
}
EXAMPLE = {"routers": "accept", "transports": "pipe", "authenticators": "plaintext"}
"""The driver with which the options that all have are tried."""

MISSING = ("cyrus_sasl",)
"""Needs a library's mechanisms, which are seldom there."""


class Probe(NamedTuple):
    """An option of the main section (``section`` empty) or of a driver."""

    section: str
    driver: str
    name: str

    def text(self, value: str) -> str:
        setting = f"{self.name} = {value}"
        if not self.section:
            return f"{setting}\n"
        return block(self.section, self.driver, setting)

    def answer(self, value: str, folder: Path | None = None, *, original: bool = False) -> str:
        """The line that is printed, or the mistake, with @ for the option's name."""
        words = [self.section[:-1], "x"] if self.section else [self.name]
        ask = theirs if original else ours
        answer = ask(self.text(value), words, folder)  # type: ignore[arg-type]
        return self.told(answer)

    def told(self, answer: Answer) -> str:
        if answer.error:
            return answer.error.replace(self.name, "@")
        lines = [line for line in answer.text.splitlines() if named(line) == self.name]
        return "\n".join(lines).replace(self.name, "@")


def block(section: str, driver: str, setting: str = "") -> str:
    """A driver that is whole, with a setting of its own."""
    name = setting.partition(" ")[0]
    lines = [f"driver = {driver}", setting, *WHOLE.get(driver, "").split("\n ")]
    kept = [
        line for at, line in enumerate(lines) if line and (at == 1 or line.split(" ")[0] != name)
    ]
    return f"begin {section}\nx:\n" + "".join(f"  {line}\n" for line in kept)


def named(line: str) -> str:
    """The option that a line of -bP is about."""
    return line.partition(" =")[0].removeprefix("no_")


def probes() -> Iterator[Probe]:
    """Every option there is."""
    for name in Main.fields:
        if name not in UNASKED and f"{name} =" not in HEAD:
            yield Probe("", "", name)
    for section in SECTIONS:
        generic = generic_class(section).fields
        for name in generic:
            if name != "driver":
                yield Probe(section, EXAMPLE[section], name)
        for driver in driver_names(section):
            if driver not in MISSING:
                for name in driver_class(section, driver).fields:
                    if name not in generic:
                        yield Probe(section, driver, name)
