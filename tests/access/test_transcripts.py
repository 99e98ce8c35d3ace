"""The conversations in ``transcripts/``, word for word, over each store; ``*`` is anything."""

from __future__ import annotations

from fnmatch import translate
from pathlib import Path
from re import match

import pytest

from .pop3_lab import CLIENT, SERVER, Pop3Lab, pop3_lab

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def fits(pattern: str, line: str) -> bool:
    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return match(translate(literal), line) is not None


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("ahead", [False, True], ids=["in turn", "pipelined"])
def test_transcript(path: Path, kind: str, ahead: bool) -> None:
    lines = [line for line in path.read_text().split("\n") if line[:2] in ("C:", "S:")]

    async def main(lab: Pop3Lab) -> None:
        reader, writer = await lab.world.network.open_stream(CLIENT, SERVER, 110)
        if ahead:
            said = "".join(line[3:] + "\r\n" for line in lines if line.startswith("C:"))
            writer.write(said.encode())
        for number, line in enumerate(lines, 1):
            if line.startswith("C:"):
                if not ahead:
                    writer.write(line[3:].encode() + b"\r\n")
                continue
            found = (await reader.readline()).decode()
            if line == "S: <closed>":
                assert found == ""
                continue
            assert found.endswith("\r\n"), (number, line, found)
            assert fits(line[3:], found.removesuffix("\r\n")), f"line {number}: {line}\n{found}"

    pop3_lab(main, kind)
