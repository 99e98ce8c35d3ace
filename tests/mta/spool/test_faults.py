"""What else befalls a spool: no room, no permission, damage, a clock that goes back.

Each time three things are asked: is the letter that heard 250 still there, and does it arrive when
the fault is gone? Does a log say what the matter was? Does the daemon live, and take the next one?
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from labmail.mta.spool import INPUT, Spool
from labmail.mta.spool.ids import MessageIds
from labmail.mta.spool.recovery import from_the_future
from labmail.smtp import Sent
from labmail.world import HostFiles, World, simulate

from ...store.power import Light, label
from ..village import ADDRESSES, Village

HERE, THERE = "mail.example.com", "mail.ask.com"
pytestmark = pytest.mark.only_on("linux")


class Failing(Light):
    """A disk that fails from its ``at``-th write on, until it is mended."""

    def __init__(self, at: int = 0, error: int = errno.ENOSPC, below: Path | None = None) -> None:
        super().__init__()
        self.at, self.error, self.below = at, error, below
        self.ill = False
        self.points: list[str] = []
        self._paths: dict[int, Path] = {}

    def _point(self, verb: str, path: Path) -> None:
        if not self.ill or (self.below and not path.is_relative_to(self.below)):
            return
        self.points.append(label(verb, path))
        if len(self.points) >= self.at:
            raise OSError(self.error, os.strerror(self.error), str(path))

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        if flags & os.O_CREAT and not path.exists():
            self._point("open", path)
        fd = super().open(path, flags, mode)
        self._paths[fd] = path
        return fd

    def write(self, fd: int, data: bytes) -> None:
        with suppress(OSError):
            self._point("write", self._paths[fd])
            super().write(fd, data)
            return
        super().write(fd, data[: len(data) // 2])  # some of it fits
        self._point("write", self._paths[fd])

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        if not path.is_dir():
            self._point("mkdir", path)
        super().mkdir(path, mode)


class Sealed(Failing):
    """One on which nothing at all can be changed, as when it is mounted read-only."""

    def rename(self, source: Path, target: Path) -> None:
        self._point("rename", target)
        super().rename(source, target)

    def unlink(self, path: Path) -> None:
        self._point("unlink", path)
        super().unlink(path)

    def truncate(self, fd: int, size: int) -> None:
        self._point("truncate", self._paths[fd])
        super().truncate(fd, size)


@dataclass
class Life:
    accepted: bool
    next_one: int
    arrived: dict[str, int]
    panics: list[str]
    points: list[str]


def live(tmp: Path, disk: Failing) -> Life:
    """A letter for one here, one who does not exist, and one far away; the disk is mended after an
    hour, and another letter comes."""

    async def main(world: World) -> Life:
        tmp.mkdir(parents=True)
        village = await Village.make(replace(world, disk=disk), tmp, trace=False)
        village.world.network.refuse(ADDRESSES[THERE], 25)
        disk.ill = True
        first = asyncio.ensure_future(
            village.send("alice@example.com", ["bob@example.com", "carol@ask.com"])
        )
        await village.world.clock.advance("1h")
        disk.ill = False
        village.world.network.allow(ADDRESSES[THERE], 25)
        second = asyncio.ensure_future(village.send("alice@example.com", "anna@example.com"))
        await village.world.clock.advance("1d")
        arrived = {
            who: len(village.maildir(host, who))
            for who, host in (("bob", HERE), ("anna", HERE), ("carol", THERE))
        }
        panics = village.log(HERE, "paniclog") + village.log(HERE)
        panics += village.mtas[HERE].office.logs.lost  # where the disk is too full for a log
        await village.close()
        return Life(heard_250(first), heard_250(second), arrived, panics, disk.points)

    return simulate(main, flow=False)


def heard_250(sending: asyncio.Future[Sent]) -> int:
    """For how many recipients the client heard 250."""
    assert sending.done()
    return len(sending.result().delivered) if sending.exception() is None else 0


def judge(life: Life) -> None:
    assert life.next_one == 1 and life.arrived["anna"] == 1, "the daemon goes on"
    for who in ("bob", "carol"):
        assert life.arrived[who] >= (1 if life.accepted else 0), who
        assert life.arrived[who] <= 2, who


def test_a_disk_that_is_full_from_any_write_on_loses_nothing(tmp_path: Path) -> None:
    points = live(tmp_path / "whole", Failing(at=10_000)).points
    assert {"write journal/", "write tmp/", "write input/hdr."} <= set(points)
    for at in sorted(points.index(each) + 1 for each in set(points)):
        life = live(tmp_path / f"{at}", Failing(at))
        judge(life)
        said = "\n".join(life.panics)
        assert "No space left on device" in said or "pace shortage" in said, points[at - 1]


@pytest.mark.long
def test_nor_does_one_that_is_full_from_every_single_write_on(tmp_path: Path) -> None:
    for at in range(1, 80):
        judge(live(tmp_path / f"{at}", Failing(at)))


@pytest.mark.parametrize("at", [1, 4, 9])
def test_a_spool_that_becomes_read_only_loses_nothing(at: int, tmp_path: Path) -> None:
    root = tmp_path / "host"
    life = live(root, Sealed(at, errno.EROFS, below=root / HERE / "var/spool"))
    judge(life)
    assert any("ead-only file system" in line for line in life.panics)


# ── damage ───────────────────────────────────────────────────────────────────────────────────────


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def as_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def out_of_the_host(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("kind", ["H", "D"])
@pytest.mark.parametrize("harm", [Path.unlink, cut, as_a_folder, out_of_the_host])
def test_damage_to_a_waiting_letter_stops_no_other(
    harm: Callable[[Path], None], kind: str, tmp_path: Path
) -> None:
    """While the daemon runs: what can be read arrives, what cannot is told and kept aside."""

    async def main(world: World) -> tuple[list[bytes], list[str], list[str]]:
        village = await Village.make(replace(world, disk=Light()), tmp_path, trace=False)
        village.world.network.refuse(ADDRESSES[THERE], 25)
        for number in range(2):
            content = f"Subject: {number}\r\n\r\n{number}\r\n".encode()
            await village.send("alice@example.com", "carol@ask.com", content, letter=None)
        await village.world.clock.advance("1m")
        mta = village.mtas[HERE]
        first = next(iter(mta.queue))
        full = mta.office.spool.journal.full
        mta.office.spool.journal.full = 0  # the journal hands all it has to the files
        await village.send("alice@example.com", "anna@example.com", letter=None)
        await village.world.clock.advance("1m")
        mta.office.spool.journal.full = full
        harm(village.files[HERE].real(f"{INPUT}/{first.id}-{kind}"))
        village.world.network.allow(ADDRESSES[THERE], 25)
        await village.world.clock.advance("1d")
        assert len(mta.queue) == 0
        got = village.maildir(THERE, "carol")
        lines = village.log(HERE, "paniclog")
        await village.close()
        return got, lines, [first.id]

    got, panics, (harmed,) = simulate(main, flow=False)
    assert any(b"Subject: 1" in each for each in got)
    if not any(b"Subject: 0" in each for each in got):
        assert any(harmed in line for line in panics)


# ── a clock that goes back ───────────────────────────────────────────────────────────────────────


def test_a_clock_that_was_set_back_delays_nothing_for_ever_and_repeats_no_id(
    tmp_path: Path,
) -> None:
    async def ahead(world: World) -> list[str]:
        village = await Village.make(replace(world, disk=Light()), tmp_path, trace=False)
        await village.world.clock.advance("2d")
        village.world.network.refuse(ADDRESSES[THERE], 25)
        await village.send("alice@example.com", "carol@ask.com")
        await village.world.clock.advance("1m")
        ids = [letter.id for letter in village.mtas[HERE].queue]
        await village.close()
        return ids

    async def back(world: World) -> tuple[list[str], list[str], int]:
        village = await Village.make(replace(world, disk=Light()), tmp_path, trace=False)
        ids = [letter.id for letter in village.mtas[HERE].queue]
        assert " 0m " in str(village.mtas[HERE].queue)
        await village.send("alice@example.com", "anna@example.com", letter=None)
        await village.world.clock.advance("3d")
        await village.close()
        return ids, village.log(HERE), len(village.maildir(THERE, "carol"))

    before = simulate(ahead, flow=False)
    ids, log, arrived = simulate(back, flow=False)
    assert ids == before and len(ids) == 1
    assert arrived == 1
    assert any("the clock has gone back" in line and "2d" in line for line in log)


def test_of_letters_from_the_future_the_latest_is_told() -> None:
    assert from_the_future([10.0, 20.0], now=20.0) == ""
    said = from_the_future([10.0, 7220.0, 3620.0], now=20.0)
    assert (
        said
        == "the clock has gone back: 2 letters of the spool came in later than now, by up to 2h"
    )


# ── where A and a are one name ───────────────────────────────────────────────────────────────────


class Folding(HostFiles):
    """A host on a file system that does not tell capitals from small letters."""

    def exists(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return name.lower() in {each.lower() for each in self.listdir(folder)}


def test_ids_are_of_capitals_where_a_folder_does_not_tell_them_apart(tmp_path: Path) -> None:
    usual, folding = HostFiles(tmp_path / "a"), Folding(tmp_path / "b")
    assert not Spool(usual).tells_no_case()
    assert Spool(folding).tells_no_case()
    assert os.listdir(tmp_path / "a/var/spool/exim4") == []
    ids = MessageIds(iter(range(1, 100_000)))
    ids.base = 36
    many = [ids.new(1772442000.0) for _ in range(50_000)]  # while the clock stands still
    assert len({each.lower() for each in many}) == 50_000
    assert all(each == each.upper() for each in many)
