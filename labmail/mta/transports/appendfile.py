r"""appendfile: into a mailbox of this host.

Two shapes of mailbox: ``file`` is an mbox that all letters are appended to, ``directory`` a Maildir
with a file for each. Which file, and what the copy looks like, is decided here; the delivery agent
writes it.

In ``file`` and ``directory``, ``$local_part_data`` is the login of /etc/passwd, ``$home`` its home
directory, ``$local_part`` and ``$domain`` the address. A login comes from a trusted file, a local
part from a stranger: so a path with a stranger's words in it is refused.

Law: Exim specification, chapter 26.

Try: ``transports.make(configuration.transports[0])``.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.message.outcome import Outcome
from labmail.store import Delivery

from ..letter import Letter
from .asking import Asked
from .base import Assigned, Hands, Transport
from .batching import share
from .copies import copy, sender_of
from .paths import mailbox

MOST_OCTETS = 16 * 1024 * 1024
"""How much is handed to a store at once: copies for many people are not all held in memory."""


class AppendfileTransport(Transport):
    @property
    def kind(self) -> str:  # type: ignore[override]
        """The kind of store that it writes to."""
        return "maildir" if self["maildir_format"] else "mbox"

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """As many addresses as can be held in memory at once."""
        count = max(1, min(100, MOST_OCTETS // max(letter.size, 1)))
        whole = list(assigned)
        return [whole[at : at + count] for at in range(0, len(whole), count)]

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        return await share(self, letter, body, batch, hands)

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        place = await mailbox(asked, batch[0])
        sender = await sender_of(asked, letter, batch)
        content = await copy(asked, letter, body, batch, hands.now(), sender)
        delivery = Delivery(content, sender, batch[0].recipient.address, place)
        return await hands.store(self.kind, [delivery]) * len(batch)
