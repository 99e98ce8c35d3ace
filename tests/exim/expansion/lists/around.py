"""What the tests of lists share: a context with files and named lists, a name server, Exim."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from labmail.commands.exim.names import FileNames
from labmail.exim.drive import drive
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.lists import (
    match_address,
    match_domain,
    match_ip,
    match_local_part,
)
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches
from labmail.exim.lookups.names import NameAnswer
from labmail.exim.regex import Panic
from labmail.exim.text import Text
from tests.conftest import find_peer

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text("ascii"))
KINDS = {
    "domain": match_domain,
    "local_part": match_local_part,
    "address": match_address,
    "ip": match_ip,
}
SHOWN = "{y $value <$0><$1><$2>}{n $value <$0><$1><$2>}"


class Names(FileNames):
    """A name server: ``{"ask.com": [["MX", 10, "mail.ask.com"]], "slow.test": "SERVFAIL"}``. It
    remembers what it was asked."""

    def __init__(self, zones: dict[str, Any]) -> None:
        super().__init__("")
        self._zones = {name.lower(): records for name, records in zones.items()}
        self.asked: list[tuple[str, str]] = []

    async def query(self, name: str, rdtype: str, **patience: Any) -> NameAnswer:
        self.asked.append((name, rdtype))
        return await super().query(name, rdtype, **patience)


def make_context(named: dict[str, str] | None = None, **slots: Any) -> Context:
    """A context; ``named`` as in a configuration: ``{"domainlist local": "a.com : b.com"}``."""
    tables: dict[str, dict[str, Any]] = {}
    for head, text in (named or {}).items():
        kind, _, name = head.partition("list")
        cached = name.startswith("_cache")
        one = SimpleNamespace(text=text, cache=cached, hidden=False)
        tables.setdefault(kind, {})[name.removeprefix("_cache").strip()] = one
    slots.setdefault("files", RealFiles())
    settings = slots.setdefault("settings", {"primary_hostname": "me.example.com"})
    names = slots.get("names")
    slots.setdefault("searches", Searches(slots["files"], names=names, settings=settings))
    slots.setdefault("host", SimpleNamespace(addresses=["127.0.0.1", "::1", "192.0.2.1"]))
    return Context(named=tables, **slots)


def put_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text.replace("{D}", str(folder)), "latin-1")


def answer(context: Context, kind: str, subject: str, listed: str) -> str:
    """As ``${if match_…{…}{…}{y $value <$0><$1><$2>}{n …}}`` shows it, without empty brackets."""
    context.value, context.numeric = None, ()
    try:
        match = drive(KINDS[kind](context, Text(subject), Text(listed)))
    except Panic as end:
        return f"panic: {end.message}"
    except Deferred as later:
        return tidy(f'Failed: unable to complete match against "{listed}": {later.message}')
    except ExpansionFailed as failed:
        return f"Failed: {failed.message}"
    match.leave(context)
    value = context.value.text if context.value else ""
    numbers = "".join(f"<{context.number(place).text}>" for place in range(3))
    return tidy(f"{'y' if match else 'n'} {value} {numbers}")


def tidy(shown: str) -> str:
    return shown.removesuffix(" <><><>").rstrip()


def as_line(kind: str, subject: str, listed: str) -> str:
    """The question as a line for ``-be``."""
    quoted = [_quoted(text) for text in (subject, listed)]
    return f"${{if match_{kind}{{{quoted[0]}}}{{{quoted[1]}}}{SHOWN}}}"


def _quoted(text: str) -> str:
    for plain, written in (("\\", "\\\\"), ("$", "\\$"), ("{", "\\{"), ("}", "\\}"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


class Exim:
    """The real program, with the same named lists."""

    def __init__(self, folder: Path, named: dict[str, str]) -> None:
        self.config = folder / "exim.conf"
        (folder / "spool").mkdir()
        lines = [
            f"spool_directory = {folder}/spool",
            f"log_file_path = {folder}/spool/%slog",
            "keep_environment =",
            "primary_hostname = me.example.com",
            *(f"{head} = {text}" for head, text in named.items()),
        ]
        self.config.write_text("\n".join(lines) + "\n", "latin-1")

    def answers(self, lines: list[str]) -> list[str]:
        """One for each line; the program is started again where it ended."""
        told: list[str] = []
        while len(told) < len(lines):
            asked = "\n".join(lines[len(told) :]) + "\n"
            ran = subprocess.run(
                [find_peer("exim4") or "exim4", "-C", str(self.config), "-be"],
                input=asked.encode("latin-1"),
                capture_output=True,
                timeout=120,
                check=False,
            )
            parts = ran.stdout.decode("latin-1").removeprefix("> ").split("\n> ")
            told += [tidy(part) for part in parts[:-1]]
            if ran.returncode:
                last = ran.stderr.decode("latin-1").strip().rpartition("\n")[2]
                told.append("panic: " + last[20:])
        return told
