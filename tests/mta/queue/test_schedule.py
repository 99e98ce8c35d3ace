"""A host that is down for six days: the same tries at the same times on both carriers."""

from __future__ import annotations

from pathlib import Path

import pytest

from labmail.mta import DEFAULT
from labmail.world import World, simulate
from tests.mta.village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"


@pytest.mark.parametrize("wire", ["memory", "sockets"])
def test_every_try_and_the_bounce(wire: str, tmp_path: Path) -> None:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "bob@ask.com")
        await world.clock.advance("6d")
        await village.close()
        return village

    village = simulate(main, flow=False, wire=wire)
    tries = [event.time for event in village.trace.find("smtp.ConnectFailed")]
    wanted = list(DEFAULT.schedule())
    assert [round(time - tries[0]) for time in tries] == [round(time) for time in wanted]
    (bounce,) = [each for each in village.maildir(HERE, "alice") if b"\nX-Failed-" in each]
    assert b"Connection refused: retry timeout exceeded" in bounce
