"""The power of a host fails at every step of a letter's life: nothing that was accepted is lost.

A letter for an alias of two, Bob, who is here, and Carol, who is not, so that a bounce has to come
back to Alice; and for the Carol of another host, which does not answer at the first try. After the
cut the hosts come up on what their disks had synced, and what 250 was said to must arrive, twice at
the very most.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from labmail.smtp import Sent
from labmail.world import HostFiles, World, simulate

from ..store.power import Forgetful, PowerCut
from .village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"
pytestmark = pytest.mark.only_on("linux")


@dataclass
class Life:
    """What a letter has been through when the power failed, if it did."""

    disk: Forgetful
    accepted: bool = False
    dead: bool = False


def live(root: Path, at: int) -> Life:
    """Lives until the ``at``-th operation of the disk."""

    async def main(world: World) -> Life:
        root.mkdir(parents=True)
        life = Life(Forgetful(root))
        village = await Village.make(replace(world, disk=life.disk), root, trace=False)
        life.disk.notice(root)
        village.world.network.refuse(ADDRESSES[THERE], 25)
        life.disk.die_at = life.disk.operations + at
        sending = asyncio.ensure_future(
            village.send("alice@example.com", ["team@example.com", "carol@ask.com"])
        )
        await village.world.clock.advance("10m")
        life.accepted = said_yes(sending)
        village.world.network.allow(ADDRESSES[THERE], 25)
        await village.world.clock.advance("1h")
        with contextlib.suppress(PowerCut):
            if not life.disk.dead:
                await village.close()
        life.dead = life.disk.dead
        return life

    return simulate(main, flow=False)


def said_yes(sending: asyncio.Future[Sent]) -> bool:
    """Whether the client heard 250 for both; with the power gone, it may hear nothing at all."""
    if not sending.done():
        sending.cancel()
        return False
    return sending.exception() is None and len(sending.result().delivered) == 2


def come_up(root: Path) -> Counter[str]:
    """Starts the hosts on what was found; counts what has arrived."""

    async def main(world: World) -> Counter[str]:
        village = await Village.make(world, root, trace=False)
        await village.world.clock.advance("6h")
        await village.close()
        found = {"bob": HERE, "alice": HERE, "carol": THERE}
        return Counter({who: len(village.maildir(host, who)) for who, host in found.items()})

    return simulate(main, flow=False)


def judge(life: Life, files: HostFiles) -> None:
    """Everybody has it, or a client that was not told 250 still has it; nobody has it thrice."""
    arrived = come_up(files.root)
    least = 1 if life.accepted else 0
    assert all(least <= arrived[who] <= 2 for who in ("bob", "alice", "carol")), arrived


def test_no_step_of_a_letters_life_loses_it(tmp_path: Path) -> None:
    points = 0
    for at in itertools.count(1):
        life = live(tmp_path / f"{at}", at)
        if not life.dead:
            break
        points += 1
        judge(life, life.disk.after_the_cut(tmp_path / f"{at}-after"))
        shutil.rmtree(tmp_path / f"{at}")
        shutil.rmtree(tmp_path / f"{at}-after")
    assert points > 60


@pytest.mark.long
def test_nor_does_any_mixture_of_what_was_kept(tmp_path: Path) -> None:
    for seed in range(1000):
        luck = Random(seed)
        life = live(tmp_path / f"{seed}", luck.randint(1, 160))
        judge(life, life.disk.after_the_cut(tmp_path / f"{seed}-after", luck))
        shutil.rmtree(tmp_path / f"{seed}")
        shutil.rmtree(tmp_path / f"{seed}-after")
