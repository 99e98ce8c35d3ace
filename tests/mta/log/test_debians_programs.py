"""Debian's own programs read our logs: exigrep finds a letter, eximstats counts what went on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labmail.world import World, simulate

from ..village import Village

HERE = "mail.example.com"


@pytest.fixture(scope="module")
def mainlog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The main log of a host that has taken, delivered, bounced and put off."""
    tmp = tmp_path_factory.mktemp("village")

    async def main(world: World) -> Path:
        village = await Village.make(world, tmp, trace=False)
        await village.send("alice@example.com", ["bob@ask.com", "anna@example.com"])
        await village.send("alice@example.com", ["ghost@ask.com"], letter=None)
        await world.clock.run(within="1m")
        village.world.network.refuse("128.10.30.2", 25)
        await village.send("alice@example.com", ["carol@ask.com"], letter=None)
        await world.clock.advance("40m")
        await village.close()
        return village.files[HERE].real("/var/log/exim4/mainlog")

    return simulate(main, flow=False)


def told(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.peer("exigrep")
def test_exigrep(mainlog: Path) -> None:
    found = told("exigrep", "anna", str(mainlog))
    assert " <= alice@example.com H=games.example.com [128.10.12.3] P=esmtp S=" in found
    assert " => anna <anna@example.com> R=local_user T=maildir_home" in found
    assert "=> bob@ask.com R=dnslookup" in found and found.rstrip().endswith("Completed")
    assert "carol" not in found
    assert "carol@ask.com" in told("exigrep", "-M", "carol", str(mainlog))


@pytest.mark.peer("eximstats")
def test_eximstats(mainlog: Path) -> None:
    lines = [line.split() for line in told("eximstats", str(mainlog)).splitlines()]
    sums = {line[0]: line for line in lines if line[:1] in (["Received"], ["Delivered"])}
    assert sums["Received"][2] == "4"  # three from outside, and a bounce
    assert sums["Delivered"][2] == "3"  # bob, anna, and the bounce to alice
    assert any(line[:1] == ["Errors"] or "Connection refused" in " ".join(line) for line in lines)
