"""Every conversation in transcripts/ is held with a real server, word for word."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from labmail.smtp import Limits, Reply
from labmail.trust import LabCA
from labmail.world import seconds

from .gates import OpenGate
from .talk import Stage, Talk, on_stage

FOLDER = Path(__file__).parent / "transcripts"
CA = LabCA()


class Play:
    """One transcript, line by line."""

    def __init__(self, stage: Stage, talk: Talk) -> None:
        self.stage, self.talk = stage, talk

    async def line(self, line: str) -> None:
        kind, _, words = line.partition(" ")
        if kind in ("C:", "C|"):
            octets = words.encode("latin-1").decode("unicode_escape").encode("latin-1")
            await self.talk.send(octets + (b"\r\n" if kind == "C:" else b""))
        elif kind == "S:":
            await self.heard(words)
        elif kind == "==":
            await self.turn(words)
        else:
            raise ValueError(f"not a line of a transcript: {line!r}")

    async def heard(self, words: str) -> None:
        if words == "{...}":
            await self.talk.hear()
            return
        said = (await self.talk.reader.readline()).decode("latin-1").removesuffix("\r\n")
        pattern = ".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", words))
        assert re.fullmatch(pattern, said), f"expected {words!r}, heard {said!r}"

    async def turn(self, words: str) -> None:
        if words == "TLS":
            await self.talk.writer.start_tls(CA.client_context(), server_hostname="mail.ask.com")
        elif words == "closed":
            assert await self.talk.rest() == ""
        else:
            await asyncio.sleep(seconds(words))


def gate_for(lines: list[str]) -> OpenGate:
    gate = OpenGate(
        users={"alice": "secret"}, refuse={"nobody@ask.com": Reply(550, "unknown user", "5.1.1")}
    )
    limits: dict[str, int] = {}
    for word in " ".join(line[1:] for line in lines if line.startswith("!")).split():
        name, _, value = word.partition("=")
        if value:
            limits[name] = int(value)
        elif word == "submission":
            gate.service, gate.mechanisms = "submission", ("PLAIN", "LOGIN")
        elif word == "tls":
            gate.tls = CA.server_context("mail.ask.com")
    gate.limits = Limits(**limits)  # type: ignore[arg-type]
    return gate


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_transcript(file: Path) -> None:
    lines = file.read_text("utf-8").splitlines()

    async def main(stage: Stage) -> None:
        play = Play(stage, await stage.call())
        for number, line in enumerate(lines, 1):
            if line and line[0] not in "#!":
                try:
                    await play.line(line)
                except AssertionError as wrong:
                    raise AssertionError(f"{file.name}, line {number}: {wrong}") from None

    on_stage(main, gate_for(lines))


def test_there_are_transcripts() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 9
