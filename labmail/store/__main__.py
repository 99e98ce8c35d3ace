"""Delivers two letters into each kind of store and shows what lies on the disk.

``python -m labmail.store``
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from labmail.world import HostFiles, World, simulate

from .base import Delivery, Store
from .maildir import Maildir
from .mbox import Mbox

LETTERS = (
    b"Subject: lunch\r\n\r\nFrom here on it is a secret.\r\n",
    b"Subject: lunch\r\n\r\n.dot, and no end",
)


async def main(world: World) -> None:
    with tempfile.TemporaryDirectory() as root:
        files = HostFiles(Path(root), world.disk)
        show(Mbox(files, world.clock), "/var/mail/bob", root)
        maildir = Maildir(files, world.clock, world.chance, "mail.ask.com")
        show(maildir, "/home/bob/Maildir", root)


def show(store: Store, mailbox: str, root: str) -> None:
    """What was answered, what can be listed, and what can be read with ``cat``."""
    print(f"\n== {store.kind}: {mailbox}")
    sender, recipient = "alice@example.com", "bob@ask.com"
    for outcome in store.deliver([Delivery(c, sender, recipient, mailbox) for c in LETTERS]):
        print(outcome)
    with store.open(mailbox) as maildrop:
        for message in maildrop.messages:
            print(message.number, message.size, message.uid)
    for folder, _, names in sorted(os.walk(root + mailbox) or []):
        for name in sorted(names):
            print(f"-- {folder.removeprefix(root)}/{name}")
    if os.path.isfile(root + mailbox):
        print(Path(root + mailbox).read_text())


if __name__ == "__main__":
    simulate(main)
