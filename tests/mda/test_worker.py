from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import pytest

from labmail.mda import StoreWorker
from labmail.mda.worker import MOST_LETTERS, MOST_OCTETS
from labmail.message.outcome import Deferred, Delivered, Outcome
from labmail.store import Delivery, LockedOut, Locking, Manner, Mbox
from labmail.world import HostFiles, World, simulate

T = TypeVar("T")
LUNCH = b"Subject: lunch\r\n\r\n"


class Counting(Mbox):
    """Remembers how large each batch was."""

    batches: list[int]

    def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        self.batches.append(len(batch))
        return super().deliver(batch)


def bob(content: bytes = LUNCH, login: str = "bob") -> Delivery:
    return Delivery(content, "a@b", f"{login}@ask.com", f"/var/mail/{login}")


Main = Callable[[World, StoreWorker, Counting], Awaitable[T]]


def run(main: Main[T], **options: bool) -> T:
    async def start(world: World) -> T:
        with tempfile.TemporaryDirectory() as root:
            store = Counting(HostFiles(Path(root), world.disk), world.clock)
            store.batches = []
            return await main(world, StoreWorker(store), store)

    return simulate(start, **options)


def read(store: Mbox, login: str = "bob") -> list[bytes]:
    with store.open(f"/var/mail/{login}") as maildrop:
        return [maildrop.read(message.number) for message in maildrop.messages]


def test_what_comes_while_it_writes_is_one_batch() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        first = asyncio.create_task(worker.deliver([bob()]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = [asyncio.create_task(worker.deliver([bob()] * 2)) for _ in range(20)]
        outcomes = [*await first, *chain(*await asyncio.gather(*others))]
        assert all(isinstance(outcome, Delivered) for outcome in outcomes)
        assert store.batches == [1, 40] and len(read(store)) == 41
        uids = [outcome.uid for outcome in outcomes if isinstance(outcome, Delivered)]
        with store.open("/var/mail/bob") as maildrop:
            assert [message.uid for message in maildrop.messages] == uids

    run(main)


def test_a_batch_has_a_limit() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        await worker.deliver([bob()] * (MOST_LETTERS + 1))
        assert store.batches == [MOST_LETTERS, 1]
        store.batches.clear()
        large = LUNCH + b"x" * (MOST_OCTETS // 2) + b"\r\n"
        await worker.deliver([bob(large), bob(), bob(large), bob(large * 3)])
        assert store.batches == [2, 1, 1]

    run(main)


def test_one_outcome_for_each_in_order() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        bad = Delivery(LUNCH, "a@b", "x@ask.com", "/var/mail")
        outcomes = await worker.deliver([bob(), bad, bob(login="carol")])
        assert [type(outcome) for outcome in outcomes] == [Delivered, Deferred, Delivered]

    run(main)


def test_a_locked_mailbox_is_waited_for_while_others_go_on() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        lock = store.files.real("/var/mail/bob.lock")
        lock.parent.mkdir(parents=True)
        lock.touch()
        start = world.clock.time()
        waiting = asyncio.create_task(worker.deliver([bob()]))
        (carol,) = await worker.deliver([bob(login="carol")])
        assert isinstance(carol, Delivered) and world.clock.time() == start
        await world.clock.sleep(10)
        lock.unlink()
        (outcome,) = await waiting
        assert isinstance(outcome, Delivered) and world.clock.time() - start == 12
        assert read(store) == [LUNCH]

    run(main)


def test_but_not_for_ever() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        lock = store.files.real("/var/mail/bob.lock")
        lock.parent.mkdir(parents=True)
        lock.touch()
        start = world.clock.time()
        (outcome,) = await worker.deliver([bob()])
        assert world.clock.time() - start == 30
        assert isinstance(outcome, Deferred) and outcome.errno == -9
        assert outcome.why == "failed to lock mailbox /var/mail/bob (lock file)"

    run(main)


HOLDING = """
import fcntl, sys
file = open(sys.argv[2], "ab")
getattr(fcntl, sys.argv[1])(file, fcntl.LOCK_EX)
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def held(call: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another program holds a lock, until its standard input ends."""
    argv = [sys.executable, "-c", HOLDING, call, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout and child.stdout.readline()
        yield child


FOR_FCNTL, FOR_FLOCK = {"fcntl_wait": 2.0}, {"flock": True, "flock_wait": 2.0}


@pytest.mark.parametrize(
    ("call", "options", "waits"),
    [  # how long Exim 4.96 took, with three tries and a pause of a second
        ("lockf", {}, 3),
        ("lockf", FOR_FCNTL, 4),
        ("flock", FOR_FLOCK | {"fcntl": False}, 4),
        ("flock", FOR_FCNTL | {"flock": True}, 0),
        ("lockf", FOR_FLOCK, 0),
        ("lockf", FOR_FCNTL | {"flock": True, "flock_wait": 3.0}, 2),
        ("flock", FOR_FCNTL | {"flock": True, "flock_wait": 3.0}, 3),
    ],
)
def test_how_long_a_lock_is_waited_for(call: str, options: dict[str, Any], waits: int) -> None:
    locking = Locking(tries=3, pause=1.0, **options)

    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        await worker.deliver([bob()])
        start = world.clock.time()
        with held(call, store.files.real("/var/mail/bob")):
            (outcome,) = await worker.deliver([replace(bob(), manner=Manner(locking=locking))])
        assert isinstance(outcome, LockedOut)
        assert outcome.why == "failed to lock mailbox /var/mail/bob (fcntl/flock)"
        assert world.clock.time() - start == pytest.approx(waits)

    run(main)


def test_with_a_timeout_it_is_ours_as_soon_as_it_is_free() -> None:
    locking = Locking(fcntl_wait=20.0)

    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        await worker.deliver([bob()])
        start = world.clock.time()
        with held("lockf", store.files.real("/var/mail/bob")) as holder:
            delivery = replace(bob(), manner=Manner(locking=locking))
            waiting = asyncio.create_task(worker.deliver([delivery]))
            await world.clock.sleep(0.55)
            holder.communicate()
        (outcome,) = await waiting
        assert isinstance(outcome, Delivered)
        assert world.clock.time() - start == pytest.approx(0.6)

    run(main)


def test_whoever_stops_waiting_does_not_stop_the_delivery() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        task = asyncio.create_task(worker.deliver([bob()]))
        await asyncio.sleep(0)
        task.cancel()
        await world.clock.sleep(1)
        assert task.cancelled() and read(store) == [LUNCH]
        assert isinstance((await worker.deliver([bob()]))[0], Delivered)

    run(main)


def test_a_full_disk_and_then_room() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> None:
        world.disk.full = True
        (outcome,) = await worker.deliver([bob()])
        assert isinstance(outcome, Deferred) and outcome.errno == 28
        world.disk.full = False
        assert isinstance((await worker.deliver([bob()]))[0], Delivered)
        assert read(store) == [LUNCH]

    run(main)


def test_the_same_run_gives_the_same_names() -> None:
    async def main(world: World, worker: StoreWorker, store: Counting) -> list[str | None]:
        letters = [LUNCH + b"%d\r\n" % number for number in range(10)]
        tasks = [asyncio.create_task(worker.deliver([bob(letter)])) for letter in letters]
        outcomes = chain(*await asyncio.gather(*tasks))
        return [outcome.uid for outcome in outcomes if isinstance(outcome, Delivered)]

    assert run(main) == run(main)
