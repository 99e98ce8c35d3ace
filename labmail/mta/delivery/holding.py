"""Holding back: what is not even tried, since the configuration or the queue runner wants it so.

    hold_domains = old.example           neither routed nor delivered, unless it is forced
    queue_domains = slow.example         not behind the reception: in a queue run
    queue_smtp_domains = far.example     … routed at once, but sent in a queue run

Nobody has failed, so there is no retry record of it, and no patience that could come to its end.
Those who wait to be sent are remembered with the hosts that they wait for (`lines`), so that a
queue run sends all of them down one line.

Law: Exim specification, chapter 14 under these options, §5.3 (-odqs, -ql, -qq).
"""

from __future__ import annotations

from labmail.exim.errors import Deferred as Unknown
from labmail.exim.routing import Desk
from labmail.exim.routing.address import Address
from labmail.exim.routing.outcome import Defer
from labmail.message.outcome import Deferred

from ..orders import Orders
from ..recipient import Recipient
from ..routing.routing import Guide, Routing, Teller
from ..surroundings import LetterNames
from ..told import words
from .manner import Manner

HELD, QUEUED = "domain is held", "domain is in queue_domains"
NUMBERS = {HELD: -23, QUEUED: -56}
"""Exim's numbers in the log."""
LOCAL_ONLY = Deferred("remote deliveries suppressed", -55, code="4.2.0")
QUEUED_BY_CALLER = Deferred("SMTP delivery explicitly queued", 0, code="4.2.0")
QUEUED_BY_LIST = Deferred(
    "first-pass only routing due to -odqs, queue_smtp_domains or control=queue", -1, code="4.2.0"
)
FIRST_PASS = Deferred("the second pass of the queue run will send it", 0, code="4.2.0")
"""Of this the log says nothing: the second pass follows at once."""
LATER = (LOCAL_ONLY.why, QUEUED_BY_CALLER.why, QUEUED_BY_LIST.why, FIRST_PASS.why)


def is_held_back(outcome: Deferred) -> bool:
    """Whether nothing has failed: it was not tried."""
    return outcome.why in LATER or NUMBERS.get(outcome.why) == outcome.errno


class Holding:
    """What the configuration holds back in attempts of one manner."""

    def __init__(self, orders: Orders, manner: Manner) -> None:
        self.orders, self.manner = orders, manner

    async def before_routing(self, domain: str) -> str:
        """Why an address of this domain is not routed now; "" if it is."""
        manner = self.manner
        if manner.force:
            return ""
        if await self._listed("hold_domains", domain):
            return HELD
        if not manner.queue_run and await self._listed("queue_domains", domain):
            return QUEUED
        return ""

    async def before_sending(self, domain: str) -> Deferred | None:
        """What becomes of an address that goes to another host, if it is not sent now."""
        manner = self.manner
        if manner.local_only:
            return LOCAL_ONLY
        if manner.first_pass:
            return FIRST_PASS
        if manner.smtp_later:
            return QUEUED_BY_CALLER
        if manner.force or manner.queue_run:
            return None
        return QUEUED_BY_LIST if await self._listed("queue_smtp_domains", domain) else None

    async def _listed(self, option: str, domain: str) -> bool:
        listed = self.orders.main(option)
        if not listed:
            return False
        try:
            return bool(await self.orders.in_domains(str(listed), domain))
        except Unknown:  # what cannot be looked up now holds nothing back
            return False


class HoldingGuide(Guide):
    """Takes addresses through the routers, but for those that are held back."""

    def __init__(
        self,
        holding: Holding,
        desk: Desk,
        names: LetterNames | None,
        tell: Teller,
        cause: str | None,
    ) -> None:
        super().__init__(desk, names, tell, cause)
        self.holding = holding

    async def route(self, address: Address, recipient: Recipient) -> tuple[Routing, list[Address]]:
        if why := await self.holding.before_routing(words(address.domain.text)):
            return Routing(recipient, Defer(why), address, event=self.cause), []
        return await super().route(address, recipient)
