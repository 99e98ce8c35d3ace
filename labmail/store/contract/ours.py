"""The stores of this package, as the contract needs them: three lines each are enough."""

from __future__ import annotations

from labmail.world import HostFiles, World

from ..base import Store
from ..maildir import Maildir
from ..mbox import Mbox
from .promises import StoreContract


class MboxContract(StoreContract):
    """mbox changes one thing: it escapes ``From `` in the body."""

    def make(self, files: HostFiles, world: World) -> Store:
        return Mbox(files, world.clock)

    def as_kept(self, content: bytes) -> bytes:
        header, blank, body = content.partition(b"\r\n\r\n")
        return header + (blank + body).replace(b"\r\nFrom ", b"\r\n>From ")


class MaildirContract(StoreContract):
    """Maildir keeps a letter as it is."""

    def make(self, files: HostFiles, world: World) -> Store:
        return Maildir(files, world.clock, world.chance, "mail.ask.com")

    def mailbox(self, recipient: str) -> str:
        return f"/home/{recipient.partition('@')[0]}/Maildir"
