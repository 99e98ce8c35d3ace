"""What an administrator does to letters that wait: the methods of a host for it.

    waiting = host.queue[0]
    host.freeze(waiting)        exim -Mf      nobody tries it any more
    host.thaw(waiting)          exim -Mt      it waits for its next try again
    host.try_now(waiting)       exim -M       whatever the retry rule says
    host.give_up(waiting)       exim -Mg      it fails, and its sender is told
    host.remove(waiting)        exim -Mrm     it is gone, and nobody is told

The commands themselves, with all that Exim says, are ``%exim --host NAME -Mf ID``.

Law: Exim specification, §5.3 (-M…).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.mta.queue.byhand import ByHand

from ..engine import RealMail
from ..twin import twin

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter
    from labmail.world import LoopThread

    from ..host import Host

ROOT = "root"


class AtTheQueue:
    """Mixed into `LabHost`. A letter is named by its id, or by its row in ``host.queue``.

    All raise KeyError where no such letter waits, ValueError while it is being delivered.
    """

    _host: Host
    _thread: LoopThread

    @property
    def _mta(self) -> Mta:
        raise NotImplementedError

    @twin
    async def try_now(self, letter: Any) -> None:
        """Tries a letter now, a frozen one, too, and lets what follows happen."""
        if await self._by_exim("-M", letter):
            return
        hand, found = self._take(letter)
        await self._host.site.let_happen(hand.deliver(found), None)

    @twin
    async def freeze(self, letter: Any) -> None:
        """Lets nobody try it until it is thawed."""
        if await self._by_exim("-Mf", letter):
            return
        hand, found = self._take(letter)
        await hand.freeze(found)

    @twin
    async def thaw(self, letter: Any) -> None:
        """Lets it wait for its next try again."""
        if await self._by_exim("-Mt", letter):
            return
        hand, found = self._take(letter)
        await hand.thaw(found)

    @twin
    async def remove(self, letter: Any) -> None:
        """It is gone, and nobody is told: the one way in which a letter that was taken is lost."""
        if await self._by_exim("-Mrm", letter):
            return
        hand, found = self._take(letter)
        await hand.remove(found)

    @twin
    async def give_up(self, letter: Any) -> None:
        """Tries it no more: its sender is told that it failed."""
        if await self._by_exim("-Mg", letter):
            return
        hand, found = self._take(letter)
        office = self._mta.office
        body = await office.disk(office.spool.body, found.id)
        await self._host.site.let_happen(hand.give_up(found, body), None)

    async def _by_exim(self, option: str, letter: Any) -> bool:
        """Where real Exim runs it does it itself; whether it has."""
        mail = self._host.mail
        if isinstance(mail, RealMail):
            await mail.by_hand(option, getattr(letter, "id", letter))
        return isinstance(mail, RealMail)

    def _take(self, letter: Any) -> tuple[ByHand, Letter]:
        name, hand = getattr(letter, "id", letter), ByHand(self._mta.queue, ROOT)
        if name not in hand.queue:
            here = ", ".join(each.id for each in hand.queue) or "none"
            raise KeyError(f"no letter {name!r} waits on {self._host.plan.name}; there is {here}")
        found = hand.queue[name]
        if hand.is_locked(found):
            raise ValueError(f"{name} is being delivered now")
        return hand, found
