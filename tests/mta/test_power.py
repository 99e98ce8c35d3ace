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
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest

from labmail.mta import assembly
from labmail.mta.spool import Spool
from labmail.mta.spool.spoolfile import SpoolHeader
from labmail.smtp import Sent
from labmail.world import HostFiles, World, simulate

from ..store.power import Forgetful, Light, PowerCut, watched
from .village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"
NEVER = 10_000
MAILBOX = {"bob": HERE, "alice": HERE, "carol": THERE}
DELIVERIES = {"bob": 1, "alice": 1, "carol": 2}
"""How many are in progress when the power fails, at the most: into a mailbox, or to the next host
and from there into a mailbox. Both hosts have the same power."""
pytestmark = pytest.mark.only_on("linux")

ACCEPTANCE = {
    "open journal/", "write journal/", "fsync journal/", "sync folder exim4/journal",
}  # fmt: skip
DELIVERY = {
    "open tmp/", "write tmp/", "fsync tmp/", "rename new/", "sync folder Maildir/new",
    "open exim4/mainlog", "write exim4/mainlog",
}  # fmt: skip
RETRY = {
    "open input/-D", "write input/-D", "open input/hdr.", "write input/hdr.", "rename input/-H",
    "open msglog/", "write msglog/", "unlink input/-H", "unlink input/-D",
}  # fmt: skip
RECOVERY = {
    "open input/-D", "write input/-D", "fsync input/-D",
    "open input/hdr.", "write input/hdr.", "fsync input/hdr.", "rename input/-H",
    "sync folder exim4/input", "unlink journal/", "sync folder exim4/journal",
}  # fmt: skip


@dataclass
class Life:
    """What a letter has been through when the power failed, if it did."""

    disk: Forgetful
    accepted: bool = False
    dead: bool = False
    seen: list[str] = field(default_factory=list)
    """Calls that changed a file, whoever made them."""

    @property
    def hit(self) -> str:
        """The point at which the power failed."""
        return self.disk.points[(self.disk.die_at or 0) - 1]


def live(root: Path, at: int, kind: type[Forgetful] = Forgetful) -> Life:
    """Lives until the ``at``-th operation of the disk; without threads each life is the same."""

    async def main(world: World) -> Life:
        quietly()
        root.mkdir(parents=True)
        life = Life(kind(root))
        village = await Village.make(replace(world, disk=life.disk), root, trace=False)
        begin(life.disk, at)
        village.world.network.refuse(ADDRESSES[THERE], 25)
        sending = asyncio.ensure_future(
            village.send("alice@example.com", ["team@example.com", "carol@ask.com"])
        )
        with watched(root) as life.seen:
            await village.world.clock.advance("10m")
            life.accepted = said_yes(sending)
            village.world.network.allow(ADDRESSES[THERE], 25)
            await village.world.clock.advance("1h")
            await end(village, life)
        return life

    return simulate(main, flow=False, thin=True)


def quietly() -> None:
    """What a task says that the power cut off is no news."""
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)


def begin(disk: Forgetful, at: int) -> None:
    """From here on it counts."""
    disk.notice(disk.root)
    disk.points.clear()
    disk.operations, disk.die_at = 0, at


async def end(village: Village, life: Life) -> None:
    with contextlib.suppress(PowerCut):
        if not life.disk.dead:
            await village.close()
    life.dead = life.disk.dead


def said_yes(sending: asyncio.Future[Sent]) -> bool:
    """Whether the client heard 250 for both; with the power gone, it may hear nothing at all."""
    if not sending.done():
        sending.cancel()
        return False
    return sending.exception() is None and len(sending.result().delivered) == 2


def come_up(root: Path) -> Counter[str]:
    """Starts the hosts on what was found; counts what has arrived."""

    async def main(world: World) -> Counter[str]:
        village = await Village.make(replace(world, disk=Light()), root, trace=False, furnish=False)
        await village.world.clock.advance("6h")
        await village.close()
        return Counter({who: len(village.maildir(host, who)) for who, host in MAILBOX.items()})

    return simulate(main, flow=False)


def come_up_until(root: Path, at: int) -> Life:
    """Starts the hosts on what was found, until the ``at``-th operation of the disk."""

    async def main(world: World) -> Life:
        quietly()
        life = Life(Forgetful(root))
        begin(life.disk, at)
        with contextlib.suppress(PowerCut):
            village = await Village.make(
                replace(world, disk=life.disk), root, trace=False, furnish=False
            )
            await village.world.clock.advance("1h")
            await end(village, life)
        life.dead = life.disk.dead
        return life

    return simulate(main, flow=False)


def holds(life: Life, files: HostFiles, cuts: int = 1) -> bool:
    """Everybody has it, or a client that was not told 250 still has it; nobody has it more often
    than once, and again for each delivery that the power has cut off."""
    arrived = come_up(files.root)
    least = 1 if life.accepted else 0
    return all(least <= arrived[who] <= cuts * DELIVERIES[who] + 1 for who in MAILBOX)


def cut(tmp_path: Path, at: int) -> str:
    """The power fails at the ``at``-th operation; the point that this was, "" if there was none."""
    life = live(tmp_path / f"{at}", at)
    if life.dead:
        assert holds(life, life.disk.after_the_cut(tmp_path / f"{at}-after")), life.hit
        shutil.rmtree(tmp_path / f"{at}-after")
    shutil.rmtree(tmp_path / f"{at}")
    return life.hit if life.dead else ""


def test_no_step_of_a_letters_life_loses_it(tmp_path: Path) -> None:
    """Each point once."""
    points = live(tmp_path / "whole", NEVER).disk.points
    assert set(points) >= ACCEPTANCE | DELIVERY | RETRY
    for point in set(points):
        assert cut(tmp_path, points.index(point) + 1) == point


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_nor_does_any_step_however_often_it_is_taken(tmp_path: Path) -> None:
    hits = itertools.takewhile(bool, (cut(tmp_path, at) for at in itertools.count(1)))
    assert len(list(hits)) > 100


def test_nor_does_a_step_of_coming_up(tmp_path: Path) -> None:
    """After a cut in the middle: accepted, one has it, the others wait in the journal alone."""
    middle = live(tmp_path / "whole", NEVER).disk.points.index("rename new/") + 4
    life = live(tmp_path / "life", middle)
    assert life.accepted
    whole = come_up_until(life.disk.after_the_cut(tmp_path / "0").root, NEVER)
    hit: set[str] = set()
    for at, point in enumerate(whole.disk.points, 1):
        if point in RECOVERY:
            again = come_up_until(life.disk.after_the_cut(tmp_path / f"{at}").root, at)
            hit.add(again.hit)
            after = again.disk.after_the_cut(tmp_path / f"{at}-after")
            assert holds(life, after, cuts=2), again.hit
    assert hit >= RECOVERY


def test_nobody_goes_past_the_disk(tmp_path: Path) -> None:
    """Every call that changes a file is a point at which the power can fail."""
    life = live(tmp_path / "life", NEVER)
    assert set(life.seen) >= {"open journal/", "rename new/", "unlink input/-H"}
    assert {call for call in life.seen if call[:5] != "mkdir"} <= set(life.disk.points)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_nor_does_any_mixture_of_what_was_kept(tmp_path: Path) -> None:
    for seed in range(1000):
        luck = Random(seed)
        life = live(tmp_path / f"{seed}", luck.randint(1, 160))
        assert holds(life, life.disk.after_the_cut(tmp_path / f"{seed}-after", luck)), seed
        shutil.rmtree(tmp_path / f"{seed}")
        shutil.rmtree(tmp_path / f"{seed}-after")


# ── would this suite see it? ─────────────────────────────────────────────────────────────────────


class DropsOne(Forgetful):
    """Forgets a single sync: the one that makes the letter's first record last."""

    def fsync(self, fd: int) -> None:
        if self.points.count("fsync journal/") == 1 and self._paths[fd].parent.name == "journal":
            self._step("fsync", fd)
        else:
            super().fsync(fd)


class TooSoon(Spool):
    """Says 250 before the record is written."""

    async def store(self, header: SpoolHeader, body: bytes) -> None:
        asyncio.get_running_loop().create_task(super().store(header, body))


@pytest.mark.parametrize(("disk", "spool"), [(DropsOne, Spool), (Forgetful, TooSoon)])
def test_it_would_see_a_broken_promise(
    disk: type[Forgetful], spool: type[Spool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "Spool", spool)
    points = live(tmp_path / "whole", NEVER, disk).disk.points
    first = points.index("write journal/")
    broken = False
    for at in range(first + 1, first + 20):
        life = live(tmp_path / f"{at}", at, disk)
        broken = not holds(life, life.disk.after_the_cut(tmp_path / f"{at}-after"))
        if broken:
            break
    assert broken
