"""A store on a host of its own, and the words in which its promises are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from labmail.message.outcome import Delivered, Outcome
from labmail.world import HostFiles, LabLoop, World, make_world

from ..base import Delivery, Maildrop, Store

if TYPE_CHECKING:
    from .promises import StoreContract

SENDER, BOB, CAROL = "alice@example.com", "bob@ask.com", "carol@ask.com"
LUNCH = b"Return-path: <alice@example.com>\r\nSubject: lunch\r\n\r\nFriday?\r\n"
TEA = b"Return-path: <alice@example.com>\r\nSubject: tea\r\n\r\nNow.\r\n"


class Case:
    """A store on a host of its own, and the words in which the promises are written."""

    def __init__(self, contract: StoreContract, root: Path, world: World) -> None:
        self.contract, self.world = contract, world
        self.files = HostFiles(root, world.disk)
        self.store = self.again()

    def again(self) -> Store:
        """A second store on the same files: another program, or the lab after a restart."""
        return self.contract.make(self.files, self.world)

    def delivery(self, content: bytes, recipient: str = BOB) -> Delivery:
        return Delivery(content, SENDER, recipient, self.contract.mailbox(recipient))

    def deliver(self, *contents: bytes, recipient: str = BOB) -> list[Outcome]:
        return self.store.deliver([self.delivery(content, recipient) for content in contents])

    def uids(self, *contents: bytes) -> list[str]:
        """Delivers, which has to succeed, and gives the unique ids that were told."""
        outcomes = self.deliver(*contents)
        for outcome in outcomes:
            assert isinstance(outcome, Delivered), f"expected a Delivered, found {outcome}"
            assert outcome.uid, f"a Delivered must tell the unique id, found {outcome}"
        return [o.uid for o in outcomes if isinstance(o, Delivered) and o.uid]

    def open(self, recipient: str = BOB, store: Store | None = None) -> Maildrop:
        return (store or self.store).open(self.contract.mailbox(recipient))

    def contents(self, recipient: str = BOB) -> list[bytes]:
        """All that a reader finds."""
        with self.open(recipient) as maildrop:
            return [maildrop.read(message.number) for message in maildrop.messages]


@contextmanager
def new_case(contract: StoreContract, root: Path) -> Iterator[Case]:
    """A case with a world of its own. ``root`` is an empty folder."""
    loop = LabLoop()
    try:
        yield Case(contract, root, make_world(loop))
    finally:
        loop.close()
