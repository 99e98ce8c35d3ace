"""lmtp: to a message store on this host, which answers for each recipient by itself.

``command`` is a program that speaks LMTP over its standard input and output, ``socket`` a Unix
socket at which one listens. What is said is `labmail.mda.lmtp`'s; here is decided with whom, and
who goes together (``batch_max``).

Law: Exim specification, chapter 28; RFC 2033.

Try: ``socket = /run/dovecot/lmtp``.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.mda.lmtp import Dialogue
from labmail.message.outcome import Deferred, Delivered, Outcome
from labmail.world import ProgramWire, SocketWire

from ..letter import Letter
from ..told import words
from .asking import GENERAL, Asked, Hindered, hinder
from .base import Assigned, Hands, Transport, written_address
from .batching import grouped, share
from .commandline import command_line
from .copies import copy, sender_of
from .writing import filtered


class LmtpTransport(Transport):
    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """One by one, unless several may share a copy."""
        return grouped(self, assigned)

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        return await share(self, letter, body, batch, hands)

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        sender = await sender_of(asked, letter, batch)
        content = await copy(asked, letter, body, batch, hands.now(), sender)
        content = await filtered(asked, content, batch, hands)
        argv, path = await self._where(asked, batch)
        folder, patience = await self.folder(asked), float(self["timeout"])
        recipients = [written_address(each, asked) for each in batch]
        ignoring = bool(self["ignore_quota"])

        def talk() -> list[Outcome]:
            if argv:
                program = hands.programs.start(argv, folder=folder, apart=False)
                wire: ProgramWire | SocketWire = ProgramWire(program, patience)
            else:
                wire = SocketWire(hands.files, path, patience)
            with wire:
                dialogue = Dialogue(wire, hands.hostname, ignore_quota=ignoring)
                return dialogue.deliver(sender, recipients, content.whole)

        try:
            outcomes = await hands.disk(talk)
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            number = getattr(error, "errno", 0) or 0
            raise Hindered(Deferred(self._unreached(argv, path, said), number)) from None
        target = argv[0] if argv else path
        return [Delivered(target) if isinstance(each, Delivered) else each for each in outcomes]

    async def _where(self, asked: Asked, batch: Sequence[Assigned]) -> tuple[list[str], str]:
        """The words of the program, or the path of the socket. Raises `Hindered`."""
        if self["command"] is not None:
            return await command_line(asked, self["command"], f"{self.name} transport", batch), ""
        failing = f'Expansion of "{self["socket"]}" (socket setting for {self.name} transport) '
        told = await asked.expanded(self["socket"], f"{failing}failed: ".__add__, GENERAL)
        if told is None:
            raise hinder(f"{failing}failed: it was forced to fail", GENERAL)
        if told.tainted:
            raise hinder(f"Tainted '{told.text}' (socket for {self.name} transport) not permitted")
        return [], words(told.text)

    def _unreached(self, argv: Sequence[str], path: str, said: str) -> str:
        if argv:
            return f"Failed to create child process for {self.name} transport: {said}"
        return f"Failed to connect to socket {path} for {self.name} transport: {said}"
