"""By hand: what an administrator does to letters that wait, ``exim -Mf`` and its kin.

    freeze    nobody tries it any more               thaw       it waits for its next try again
    deliver   it is tried now                        give_up    … failed, and the sender is told
    remove    it is gone, and nobody is told
    add       one more recipient                     mark       … who needs no more delivery
    change_sender

Each is a line in mainlog that says who did it, and a change of the spool that is safe when the
coroutine returns. A letter that is being delivered is locked: nobody may change it meanwhile.

Law: Exim specification, §5.3 (-M…).

Try: ``await ByHand(mta.queue, "root").freeze(letter)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import events
from ..delivery.closing import WHEN_STUCK
from ..delivery.manner import Manner
from ..delivery.result import Result
from ..recipient import Recipient
from ..reports.bounce import Loss

if TYPE_CHECKING:
    from ..letter import Letter
    from .queue import Queue

CANCELLED = "delivery cancelled by administrator"


@dataclass(slots=True)
class ByHand:
    """An administrator at a queue; ``by`` is her login."""

    queue: Queue
    by: str

    def is_locked(self, letter: Letter) -> bool:
        """Whether somebody is at it already: a delivery."""
        return self.queue.is_busy(letter)

    async def deliver(self, letter: Letter, *, force: bool = True) -> None:
        """Tries it now, as ``-M`` does, a frozen one, too; returns when that is done. Without
        ``force`` (``-Mc``) only those are tried whose time has come."""
        await self.queue.deliver(letter, Manner(force=force), thaw=force)

    async def freeze(self, letter: Letter) -> None:
        """Lets nobody try it until it is thawed."""
        letter.head.facts["frozen"] = str(int(self.queue.office.now()))
        await self._changed(letter, "frozen", "froze it")

    async def thaw(self, letter: Letter) -> None:
        """Lets it wait for its next try again: not this very moment, even if that is overdue."""
        letter.head.facts.pop("frozen", None)
        soon = self.queue.office.now() + WHEN_STUCK
        letter.next_tries = {address: max(due, soon) for address, due in letter.next_tries.items()}
        await self._changed(letter, "unfrozen", "thawed it")

    async def add(self, letter: Letter, address: str) -> None:
        """One more recipient."""
        if address not in letter.head.recipients:
            letter.head.recipients += (address,)
        await self._changed(letter, f"recipient <{address}> added", "added a recipient", address)

    async def mark(self, letter: Letter, recipients: Iterable[str]) -> None:
        """These recipients need no more delivery. Each must be one of the letter's."""
        for name in recipients:
            letter.head.done |= {Recipient(name).unique}
            self._log(letter, f"address <{name}> marked delivered")
            self._tell(letter, "marked a recipient as delivered", name)
        await self._keep(letter)

    async def change_sender(self, letter: Letter, address: str) -> None:
        """From here on bounces go to ``address``; "" to nobody."""
        letter.head.sender = address
        said = f"sender address changed to <{address}>"
        await self._changed(letter, said, "changed its sender", address or "<>")

    async def remove(self, letter: Letter) -> None:
        """The letter is gone, and nobody hears of it."""
        self._log(letter, "removed")
        self._tell(letter, "removed it")
        await self.queue.drop(letter)

    async def give_up(self, letter: Letter, body: bytes) -> None:
        """Those who wait for it never get it, and its sender is told; of a bounce, nobody."""
        self._log(letter, "cancelled")
        self._tell(letter, "gave it up")
        waiting: Sequence[Recipient] = letter.waiting
        if not waiting or letter.is_bounce:
            await self.queue.drop(letter)
            return
        result = Result(lost_event=letter.event)
        result.losses = [Loss(each, CANCELLED, wish=letter.wish(each.address)) for each in waiting]
        result.failed = [each.unique for each in waiting]
        await self.queue.close(letter, body, result)

    # ── what all of them do ──────────────────────────────────────────────────────────────────────

    async def _changed(self, letter: Letter, said: str, deed: str, detail: str = "") -> None:
        self._log(letter, said)
        self._tell(letter, deed, detail)
        await self._keep(letter)

    async def _keep(self, letter: Letter) -> None:
        """Writes the -H file anew, and sets the clock for the next try."""
        await self.queue.keep(letter)

    def _log(self, letter: Letter, said: str) -> None:
        self.queue.office.logs.main(f"{said} by {self.by}", letter.id)

    def _tell(self, letter: Letter, deed: str, detail: str = "") -> None:
        told = self.queue.office.tell(
            events.ByHand,
            letter,
            cause=letter.event or letter.cause,
            leg="take",
            id=letter.id,
            recipients=tuple(dict.fromkeys(each.known_as for each in letter.waiting)),
            by=self.by,
            deed=deed,
            detail=detail,
        )
        letter.event = told or letter.event
