"""The power fails at every single step, and afterwards only what was synced is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from labmail.message.outcome import Delivered
from labmail.store import Delivery, Store
from labmail.store.contract import MaildirContract, MboxContract, StoreContract
from labmail.store.contract.case import BOB, LUNCH, SENDER, TEA
from labmail.world import HostFiles, LabLoop, make_world

from .power import Forgetful, until_the_cut

pytestmark = pytest.mark.only_on("linux")  # asks /proc for names of open files

NEWS = [TEA + b"%d\r\n" % number for number in range(3)]


class Host:
    """A host with some mail already on a disk that forgets."""

    def __init__(self, contract: StoreContract, root: Path, letters: list[bytes]) -> None:
        self.contract, self.root = contract, root
        self.loop = LabLoop()
        self.world = make_world(self.loop)
        self.loop.close()
        (root / "host").mkdir(parents=True)
        self.disk = Forgetful(root / "host")
        self.store = self.on(HostFiles(root / "host", self.disk))
        if letters:
            assert all(isinstance(o, Delivered) for o in self.deliver(*letters))

    def on(self, files: HostFiles) -> Store:
        return self.contract.make(files, self.world)

    @property
    def mailbox(self) -> str:
        return self.contract.mailbox(BOB)

    def deliver(self, *letters: bytes) -> list[object]:
        return list(self.store.deliver([Delivery(c, SENDER, BOB, self.mailbox) for c in letters]))

    def found_after(self) -> list[list[bytes]]:
        """What is read when nothing unsynced was kept, and when all of it was."""
        self.disk.after_the_cut(self.root / "pessimist")
        shutil.copytree(self.root / "host", self.root / "optimist", symlinks=True)
        found = []
        for which in ("pessimist", "optimist"):
            store = self.on(HostFiles(self.root / which))
            for lock in (self.root / which).rglob("*.lock"):
                lock.unlink()
            with store.open(self.mailbox) as maildrop:
                found.append([maildrop.read(m.number) for m in maildrop.messages])
            retried = store.deliver([Delivery(TEA, SENDER, BOB, self.mailbox)])
            assert isinstance(retried[0], Delivered)
            with store.open(self.mailbox) as maildrop:
                assert maildrop.read(maildrop.messages[-1].number) == TEA
        return found


def at_every_step(
    contract: StoreContract, tmp_path: Path, letters: list[bytes], act: Callable[[Host], object]
) -> list[tuple[bool, list[list[bytes]]]]:
    """For each step of ``act`` at which the power fails: whether it finished, what was found."""
    seen = []
    for step in count(1):
        host = Host(contract, tmp_path / str(step), letters)
        done = False
        with until_the_cut(host.disk, step):
            act(host)
            done = True
        seen.append((done, host.found_after()))
        if done and host.disk.operations < (host.disk.die_at or 0):
            return seen
    raise AssertionError


@pytest.mark.parametrize("contract", [MboxContract(), MaildirContract()], ids=["mbox", "maildir"])
@pytest.mark.parametrize("letters", [[], [LUNCH, LUNCH]], ids=["new", "old"])
def test_delivery(contract: StoreContract, letters: list[bytes], tmp_path: Path) -> None:
    def act(host: Host) -> None:
        assert all(isinstance(outcome, Delivered) for outcome in host.deliver(*NEWS))

    seen = at_every_step(contract, tmp_path, letters, act)
    assert len(seen) > 5
    for done, (pessimist, optimist) in seen:
        assert pessimist[: len(letters)] == optimist[: len(letters)] == letters
        for found in (pessimist, optimist):
            whole = [letter for letter in found if letter in NEWS]
            torn = [letter for letter in found[len(letters) :] if letter not in NEWS]
            assert len(torn) <= (contract.mailbox(BOB) == "/var/mail/bob")
            assert not done or (whole == NEWS and not torn), "told delivered, and not there"


@pytest.mark.parametrize("contract", [MboxContract(), MaildirContract()], ids=["mbox", "maildir"])
def test_expunge(contract: StoreContract, tmp_path: Path) -> None:
    letters = [LUNCH + b"%d\r\n" % number for number in range(4)]

    def act(host: Host) -> None:
        with host.store.open(host.mailbox) as maildrop:
            maildrop.expunge([1, 3])

    seen = at_every_step(contract, tmp_path, letters, act)
    assert len(seen) > 3
    for done, both in seen:
        for found in both:
            assert {letters[1], letters[3]} <= set(found) <= set(letters), "a letter was lost"
            assert sorted(found) == found, "letters were torn or put in another order"
            assert not done or found == [letters[1], letters[3]], "expunged, and there again"
