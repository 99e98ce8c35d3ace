"""The spool after a power cut at every single step, and after all that can befall its files."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from labmail.message.field import Field
from labmail.mta.spool import ASIDE, INPUT, Spool
from labmail.mta.spool.journal import FOLDER, FULL
from labmail.mta.spool.spoolfile import SpoolFormatError, SpoolHeader
from labmail.world import Disk, HostFiles

from ...store.power import Forgetful, PowerCut, Recorder, until_the_cut

ID, OTHER = "1vwz8C-000001-00", "1vwz8C-000002-00"
BODY = b"Noon?\r\n.\r\nFrom me\r\n"
BOB, CAROL = "bob@ask.com", "carol@ask.com"
Act = Callable[[Spool], Awaitable[None]]


def head(*, done: tuple[str, ...] = (), message_id: str = ID) -> SpoolHeader:
    return SpoolHeader(
        id=message_id,
        sender="alice@example.com",
        received=1772442000.0,
        recipients=(BOB, CAROL),
        done=frozenset(done),
        fields=(Field(b"Subject: Lunch\r\n"),),
        variables={"_letter": "alice@example.com/1"},
    )


def play(spool: Spool, act: Act) -> None:
    """Runs ``act``, and lets the lane come to rest."""

    async def main() -> None:
        await act(spool)
        await spool._lane.rest()

    asyncio.run(main())


def waiting(files: HostFiles) -> dict[str, tuple[str, ...]]:
    """For each letter in the spool, who still waits; every one must be whole."""
    spool = Spool(files)
    found = spool.load()
    assert [aside for aside in found.aside if aside.damaged] == []
    for letter in found.letters:
        assert spool.body(letter.id) == BODY
        assert letter.fields == head().fields
    return {each.id: tuple(one.address for one in each.waiting) for each in found.letters}


# ── the order of things ──────────────────────────────────────────────────────────────────────────


async def store(spool: Spool) -> None:
    await spool.store(head(), BODY)


def test_a_letter_costs_one_write_and_one_sync(tmp_path: Path) -> None:
    disk = Recorder()
    spool = Spool(HostFiles(tmp_path, disk))
    play(spool, store)
    assert disk.calls == [
        ("write", "000001"),
        ("fsync", "000001"),
        ("sync folder", "journal"),
        ("sync folder", "exim4"),
        ("write", "000001"),
        ("fsync", "000001"),
    ]
    assert not (tmp_path / INPUT[1:]).exists()


def test_letters_that_come_together_share_a_sync(tmp_path: Path) -> None:
    disk = Recorder()

    async def act(spool: Spool) -> None:
        ids = [f"1vwz8C-{number:06}-00" for number in range(100)]
        await asyncio.gather(*(spool.store(head(message_id=each), BODY) for each in ids))

    play(Spool(HostFiles(tmp_path, disk)), act)
    assert disk.verbs().count("fsync") == 2  # one for the new file, one for all the letters
    assert len(waiting(HostFiles(tmp_path))) == 0  # somebody is at work there
    spool = Spool(HostFiles(shutil.copytree(tmp_path, tmp_path / "copy")))
    assert len(spool.load().letters) == 100


def test_a_letter_leaves_by_its_head(tmp_path: Path) -> None:
    disk = Recorder()

    async def act(spool: Spool) -> None:
        await spool.store(head(), BODY)
        await spool.note_done(ID, [BOB])
        await spool.update(head(done=(BOB,)))
        disk.calls.clear()
        spool.remove(ID)

    play(Spool(HostFiles(tmp_path, disk)), act)
    assert disk.calls[:4] == [
        ("write", "000001"),
        ("fsync", "000001"),
        ("unlink", f"{ID}-H"),
        ("unlink", f"{ID}-D"),
    ]
    assert os.listdir(tmp_path / INPUT[1:]) == []


def test_who_ends_in_order_leaves_exims_files_and_no_journal(tmp_path: Path) -> None:
    async def act(spool: Spool) -> None:
        await spool.store(head(), BODY)
        await spool.store(head(message_id=OTHER), BODY)
        spool.remove(OTHER)
        await spool.close()

    play(Spool(HostFiles(tmp_path)), act)
    assert sorted(os.listdir(tmp_path / INPUT[1:])) == [f"{ID}-D", f"{ID}-H"]
    assert os.listdir(tmp_path / FOLDER[1:]) == []
    assert waiting(HostFiles(tmp_path)) == {ID: (BOB, CAROL)}


def test_with_split_spool_directory_there_are_62_folders(tmp_path: Path) -> None:
    async def act(spool: Spool) -> None:
        spool.views.split = True
        await spool.store(head(), BODY)
        await spool.close()

    play(Spool(HostFiles(tmp_path)), act)
    assert sorted(os.listdir(tmp_path / INPUT[1:] / "C")) == [f"{ID}-D", f"{ID}-H"]
    assert waiting(HostFiles(tmp_path)) == {ID: (BOB, CAROL)}  # whatever is configured now


# ── power cuts ───────────────────────────────────────────────────────────────────────────────────

linux = pytest.mark.only_on("linux")


class Promises:
    """A life of two letters, and what may be found after a cut at any moment of it."""

    def __init__(self) -> None:
        self.may: dict[str, set[tuple[str, ...] | None]] = {ID: {None}, OTHER: {None}}
        """For each letter who may be waiting; None: it may be missing."""

    async def live(self, spool: Spool) -> None:
        both = (BOB, CAROL)
        for message_id in (ID, OTHER):
            await self._step(message_id, both, spool.store(head(message_id=message_id), BODY))
        spool.show(head(message_id=OTHER))
        await self._step(ID, (CAROL,), spool.note_done(ID, [BOB]))
        await spool.update(head(done=(BOB,)))
        await spool.update(head(message_id=OTHER))
        await self._step(OTHER, (BOB,), spool.note_done(OTHER, [CAROL]))
        await self._step(ID, (), spool.note_done(ID, [CAROL]))
        self.may[ID].add(None)
        spool.remove(ID)
        await spool.close()
        assert self.may[OTHER] == {(BOB,)}

    async def _step(self, message_id: str, then: tuple[str, ...], deed: Awaitable[None]) -> None:
        """While the deed is done both may be found; afterwards only what it says."""
        self.may[message_id].add(then)
        await deed
        self.may[message_id] = {then}

    def hold(self, found: dict[str, tuple[str, ...]]) -> bool:
        return all(found.get(each) in allowed for each, allowed in self.may.items())


def a_life(folder: Path, at: int, full: int) -> tuple[Forgetful, Promises]:
    """Lives until the power fails at step ``at``."""
    root, promises = folder / "host", Promises()
    root.mkdir(parents=True)
    HostFiles(root).mkdir("/var/spool/exim4")
    disk = Forgetful(root)
    with until_the_cut(disk, at):
        play(Spool(HostFiles(root, disk), full=full), promises.live)
    return disk, promises


@linux
@pytest.mark.parametrize("full", [FULL, 700])
def test_no_power_cut_breaks_a_promise(full: int, tmp_path: Path) -> None:
    """With a small ``full``, files of the journal are retired in the middle of it."""
    points = 0
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        disk, promises = a_life(folder, at, full)
        if not disk.dead:
            break
        points += 1
        pessimist = disk.after_the_cut(folder / "pessimist")
        assert promises.hold(waiting(pessimist)), at
        mixed = disk.after_the_cut(folder / "mixed", Random(at))
        assert promises.hold(waiting(mixed)), at
        optimist = HostFiles(shutil.copytree(folder / "host", folder / "optimist"))
        assert promises.hold(waiting(optimist)), at
        shutil.rmtree(folder)
    assert points > 40


def cut_twice(folder: Path, luck: Random) -> None:
    """A life, a cut, and cuts in what mends it; then everything must hold."""
    disk, promises = a_life(folder, luck.randint(1, 80), luck.choice([FULL, 700]))
    for number in range(luck.randint(0, 3)):
        files = disk.after_the_cut(folder / str(number), luck)
        disk = Forgetful(files.root)
        with until_the_cut(disk, luck.randint(1, 40)):
            Spool(HostFiles(files.root, disk)).load()
    assert promises.hold(waiting(disk.after_the_cut(folder / "last", luck)))


@linux
@pytest.mark.parametrize("seed", range(100))
def test_nor_do_power_cuts_while_that_is_mended(seed: int, tmp_path: Path) -> None:
    cut_twice(tmp_path, Random(seed))


@linux
@pytest.mark.long
@pytest.mark.timeout(1200)
def test_nor_do_ten_thousand_combinations(tmp_path: Path) -> None:
    for seed in range(1000, 11_000):
        folder = tmp_path / str(seed)
        folder.mkdir()
        cut_twice(folder, Random(seed))
        shutil.rmtree(folder)


class Careless(Forgetful):
    """Says that it has synced, and has not."""

    def fsync(self, fd: int) -> None:
        self._step("fsync", fd)


class TooSoon(Spool):
    """Says 250 before the record is written."""

    async def store(self, header: SpoolHeader, body: bytes) -> None:
        asyncio.get_running_loop().create_task(super().store(header, body))


@linux
@pytest.mark.parametrize(("disk", "kind"), [(Careless, Spool), (Forgetful, TooSoon)])
def test_this_suite_would_see_a_broken_promise(
    disk: type[Forgetful], kind: type[Spool], tmp_path: Path
) -> None:
    broken = False
    for at in range(1, 40):
        root, promises = tmp_path / str(at), Promises()
        HostFiles(root).mkdir("/var/spool/exim4")
        power = disk(root)
        with until_the_cut(power, at):
            play(kind(HostFiles(root, power)), promises.live)
        found = waiting(power.after_the_cut(tmp_path / f"{at}-after"))
        broken = broken or not promises.hold(found)
    assert broken


def test_power_cuts_are_not_swallowed() -> None:
    assert issubclass(PowerCut, BaseException) and not issubclass(PowerCut, Exception)


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────


class Filling(Disk):
    """A disk that has no room for large writes."""

    def write(self, fd: int, data: bytes) -> None:
        if len(data) > 2000:
            super().write(fd, data[:1000])
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(fd, data)


def test_a_full_disk_takes_what_still_fits(tmp_path: Path) -> None:
    async def act(spool: Spool) -> None:
        large = spool.store(head(message_id=OTHER), BODY * 1000)
        small = spool.store(head(), BODY)
        said = await asyncio.gather(large, small, return_exceptions=True)
        assert isinstance(said[0], OSError) and said[1] is None

    play(Spool(HostFiles(tmp_path / "host", Filling())), act)
    after = HostFiles(shutil.copytree(tmp_path / "host", tmp_path / "after"))
    assert waiting(after) == {ID: (BOB, CAROL)}


# ── starting ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def files(tmp_path: Path) -> HostFiles:
    async def act(spool: Spool) -> None:
        await spool.store(head(), BODY)
        await spool.close()

    files = HostFiles(tmp_path)
    play(Spool(files), act)
    return files


def real(files: HostFiles, kind: str) -> Path:
    return files.real(f"{INPUT}/{ID}-{kind}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"garbage", "line 1: expected the name of the file, found the end of the file"),
        (b"", "line 1: expected the name of the file, found the end of the file"),
        (b"1vwz8C-000009-00-H\nD 1 2\n<>\n0 0\nXX\n0\n\n", "found 1vwz8C-000009-00-H"),
    ],
)
def test_a_broken_head_is_put_aside_with_its_body(
    files: HostFiles, content: bytes, problem: str
) -> None:
    real(files, "H").write_bytes(content)
    found = Spool(files).load()
    assert found.letters == []
    assert [aside.file for aside in found.aside] == [f"{INPUT}/{ID}-H", f"{INPUT}/{ID}-D"]
    assert problem in found.aside[0].problem
    assert files.listdir(ASIDE) == [f"{ID}-D", f"{ID}-H"]
    assert files.listdir(INPUT) == []


def test_a_head_without_its_body_is_put_aside(files: HostFiles) -> None:
    real(files, "D").unlink()
    found = Spool(files).load()
    assert "the body is lost" in found.aside[0].problem
    assert files.listdir(ASIDE) == [f"{ID}-H"]


def test_a_body_without_its_head_was_never_accepted(files: HostFiles) -> None:
    real(files, "H").unlink()
    (aside,) = Spool(files).load().aside
    assert not aside.damaged
    assert files.listdir(ASIDE) == [f"{ID}-D"]


def test_one_broken_letter_does_not_stop_the_others(files: HostFiles) -> None:
    for kind in "HD":
        content = real(files, kind).read_bytes().replace(ID.encode(), OTHER.encode())
        files.real(f"{INPUT}/{OTHER}-{kind}").write_bytes(content)
    real(files, "H").write_bytes(b"garbage")
    assert [letter.id for letter in Spool(files).load().letters] == [OTHER]


def test_a_torn_last_line_of_J_does_not_count(files: HostFiles) -> None:
    real(files, "J").write_bytes(b"carol@ask.com\nbob@ask.com")
    (letter,) = Spool(files).load().letters  # it might have been bob@ask.com.au
    assert [each.address for each in letter.waiting] == [BOB]


def test_a_strange_body_is_told(files: HostFiles) -> None:
    real(files, "D").write_bytes(b"something else\n")
    with pytest.raises(SpoolFormatError, match=f"expected {ID}-D"):
        Spool(files).body(ID)


def test_what_a_crash_left_half_written_is_cleared(files: HostFiles) -> None:
    files.real(f"{INPUT}/hdr.{ID}").write_bytes(b"half")
    files.real(f"{INPUT}/1vwz8C-000009-00-J").write_bytes(b"x@y.test\n")
    Spool(files).load()
    assert files.listdir(INPUT) == [f"{ID}-D", f"{ID}-H"]


def test_a_damaged_journal_costs_what_is_damaged_and_is_kept(tmp_path: Path) -> None:
    async def act(spool: Spool) -> None:
        await spool.store(head(), BODY)
        await spool.store(head(message_id=OTHER), BODY)

    play(Spool(HostFiles(tmp_path / "host")), act)
    files = HostFiles(shutil.copytree(tmp_path / "host", tmp_path / "after"))
    journal = files.real(f"{FOLDER}/000001")
    journal.write_bytes(journal.read_bytes().replace(b"Lunch", b"Launch", 1))
    found = Spool(files).load()
    assert [letter.id for letter in found.letters] == [OTHER]
    assert "are no record; all others are read" in found.aside[0].problem
    assert files.listdir(ASIDE) == ["journal-000001"]


def test_two_who_work_there_leave_each_other_alone(tmp_path: Path) -> None:
    one, two = Spool(HostFiles(tmp_path)), Spool(HostFiles(tmp_path))

    async def act(_: Spool) -> None:
        await one.store(head(), BODY)
        assert two.load().letters == []
        await two.store(head(message_id=OTHER), BODY)
        await two.close()
        await one.close()

    play(one, act)
    assert waiting(HostFiles(tmp_path)) == {ID: (BOB, CAROL), OTHER: (BOB, CAROL)}
