"""Without power: a host goes off in the middle of its work, and comes up on what its disk had kept.

`Faults.down` takes a host's cable out; its programs go on and know all that they knew. Here the
machine itself stops. Its programs are gone and so is their memory, with all that was written and
not synced, and they say no farewell: who talks to the host hears nothing until it is up again, and
then that nobody there knows of the connection.

The moment is chosen by what has just happened to a letter::

    arriving     it has crossed, 250 has not been said
    accepted     250 is on its way to the client
    passed on    the next host has said 250, and it is not heard
    completed    everybody has it, and that is noted

Try: ``lab.faults.power_cut("mail.example.com", when="accepted")``, send, and look at the spool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..mta.events import Completed, Spooled
from ..smtp.events import ContentTaken
from ..trace import Event
from ..world.power import PowerCut, PoweredDisk
from .events import PowerFailed
from .maildaemon import MailDaemon

if TYPE_CHECKING:
    from .host import Host
    from .town import HostPlan

Moment = Callable[[Event, "HostPlan"], bool]


def _passed_on(event: Event, host: HostPlan) -> bool:
    """Another host has accepted what this one has brought."""
    caller = (event.connection or "").partition(">")[0].rpartition(":")[0]
    return isinstance(event, Spooled) and caller in host.addresses


MOMENTS: Mapping[str, tuple[str, Moment]] = {
    "arriving": (
        "when a letter has crossed and is not safe yet",
        lambda event, host: isinstance(event, ContentTaken) and event.host == host.name,
    ),
    "accepted": (
        "when it has said 250 for a letter",
        lambda event, host: isinstance(event, Spooled) and event.host == host.name,
    ),
    "passed on": ("when the next host has said 250 for a letter", _passed_on),
    "completed": (
        "when it is done with a letter",
        lambda event, host: isinstance(event, Completed) and event.host == host.name,
    ),
}


class Outage:
    """One power cut of one host. ``when`` is a word of `MOMENTS`, or None for now."""

    def __init__(self, host: Host, disk: PoweredDisk, when: str | None) -> None:
        self.host, self.disk, self.when = host, disk, when
        self._fall: asyncio.Future[None] | None = None
        self._unwatch: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """The power fails now, or at the moment that was chosen."""
        self.disk.remember(self.host.files.root)
        if self.when is None:
            self._fail()
        else:
            self._unwatch = self.host.site.trace.watch(self._look)

    def _look(self, event: Event) -> None:
        assert self.when is not None
        _, is_it = MOMENTS[self.when]
        if self._fall is None and is_it(event, self.host.plan):
            self._fail(event)

    def _fail(self, event: Event | None = None) -> None:
        site, loop = self.host.site, asyncio.get_running_loop()
        self._unwatch()
        self.disk.die()
        about: dict[str, Any] = {}
        if event is not None:
            about = {"letter": event.letter, "cause": event.name}
        site.trace.tell(PowerFailed, host=self.host.plan.name, **about)
        loop.set_exception_handler(_bury)
        network = site.world.network
        speaks = event is not None and self.when in ("accepted", "completed")  # a 250 is on its way
        for address in self.host.plan.addresses:
            (network.black_hole if speaks else network.down)(address)
        self._fall = asyncio.ensure_future(self._go_down(network.latency * 1.5 if speaks else 0.0))

    async def _go_down(self, after: float) -> None:
        """The programs are no more; the wires carry what is on them to its end."""
        site = self.host.site
        if after:
            await asyncio.sleep(after)
            for address in self.host.plan.addresses:
                site.world.network.down(address)
                site.world.network.fill_hole(address)
        self.host.powered = False
        mail = self.host.mail
        assert isinstance(mail, MailDaemon)
        await mail.lose_power()
        await self.host.stop()
        await site.world.clock.settle()
        self.disk.forget()

    async def end(self) -> None:
        """The power is back, and the host comes up on what its disk has."""
        self._unwatch()
        if self._fall is None:
            self.disk.relax()
            return
        await self.host.site.let_happen(_wait_for(self._fall), within=None)
        network, addresses = self.host.site.world.network, self.host.plan.addresses
        for link in tuple(network.links):
            if link.client[0] in addresses or link.server[0] in addresses:
                link.snap()
        for address in addresses:
            network.up(address)
        self.disk.revive()
        self._fall, self.host.powered = None, True
        await self.host.start()
        await self.host.site.world.clock.settle()


async def _wait_for(future: asyncio.Future[None]) -> None:
    await future


def _bury(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Programs that had no power to end in order are not to be mourned one by one."""
    if not isinstance(context.get("exception"), PowerCut):
        loop.default_exception_handler(context)
