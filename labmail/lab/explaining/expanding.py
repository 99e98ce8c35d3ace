"""Expanding on a host: what Exim's language sees of it.

    /etc/exim4, /etc/aliases …   HostTree     the host's own tree, and nothing outside it
    the DNS                      HostNames    its resolver, by way of the lab's network
    the time                     HostClock    the lab's
    $primary_hostname, $pid      HostMachine

``lab.host(…).expand("…")`` and ``%exim --host`` use the same four; three of them are those of the
host's mail daemon (`labmail.mta.surroundings`). The configuration is the host's own, read anew for
each string, so that an edited file counts at once. ``${run}`` finds the programs of the host's own
tree, and those that its town lists.

Law: Exim specification, chapters 6, 9 and 11.

Try: ``print(lab.host("mail.example.com").explain("${lookup{bob}lsearch{/etc/aliases}}"))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.config import Configuration
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.standing import context_on
from labmail.exim.lookups.names import NameAnswer, Record
from labmail.mta.assembly import running
from labmail.mta.orders import CONFIGURATION, GIVEN, configuration_on, read_configuration
from labmail.mta.surroundings import HostClock, HostMachine, HostTree

if TYPE_CHECKING:
    from labmail.world import LoopThread

    from ..host import Host

__all__ = [
    "CONFIGURATION",
    "GIVEN",
    "HostClock",
    "HostMachine",
    "HostNames",
    "HostTree",
    "configuration_of",
    "configuration_on",
    "context_of",
    "context_with",
]


class HostNames:
    """The host's resolver. Where it has to be patient the lab's clock moves, as it would for Exim.

    It is asked in the lab's loop; whoever is in another thread hands in the lab's, and waits.
    """

    def __init__(self, host: Host, thread: LoopThread | None = None) -> None:
        self._host, self._thread = host, thread

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        host = self._host
        asking = host.site.let_happen(host.resolver.query(name.rstrip("."), rdtype), within=None)
        answer = await asking if self._thread is None else self._thread.call(asking)
        status = "again" if answer.status == "failed" else answer.status
        return NameAnswer(status, [Record(r.name, r.type, r.ttl, r.rdata) for r in answer.records])


def configuration_of(host: Host, text: str | None = None) -> Configuration:
    """The configuration that lies on a host now, or the given one. Raises ConfigError."""
    return read_configuration(host.files, host.plan.name, host.site.world.clock, text)


def context_with(host: Host, configuration: Configuration) -> Context:
    """What strings know on a host of the lab, with this configuration; in the lab's loop."""
    world, name = host.site.world, host.plan.name
    return context_on(
        configuration,
        files=HostTree(host.files),
        machine=HostMachine(name, host.plan.addresses),
        clock=HostClock(world.clock),
        names=HostNames(host),
        chance=world.chance.random("expansion", name),
        run=running(host.programs),
    )


def context_of(host: Host, text: str | None = None) -> Context:
    """The same with the configuration that lies there, or the given one. Raises ConfigError."""
    return context_with(host, configuration_of(host, text))
