"""Walking: where a configuration would send an address, tried out without a letter.

The configuration is a text, tried as it is. On a host of a lab its tree, its names and its clock
answer, and nothing in the lab changes; without a host, this computer's files.

What the engine has are octets; the reader gets words, as with `explaining`.

Law: Exim specification, chapter 15.

Try: ``print(walk(["bob@ask.com"], text).explanations[0])``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.drive import drive
from labmail.exim.expansion.addresses import extract
from labmail.exim.expansion.standing import context_on
from labmail.exim.files import RealFiles
from labmail.exim.routing import Desk
from labmail.exim.routing.explain import Explanation, explained
from labmail.world import Chance

from .expanding import (
    GIVEN,
    HostClock,
    HostMachine,
    HostNames,
    HostTree,
    configuration_on,
)
from .explaining import NAME, Beginning, octets

if TYPE_CHECKING:
    from labmail.exim.config import Configuration
    from labmail.exim.expansion.context import Context
    from labmail.exim.files import Files
    from labmail.exim.lookups.names import Names

    from .host import Host, LabHost

__all__ = ["GIVEN", "Place", "Walks", "walk"]


class Place(NamedTuple):
    """Where a configuration is tried that is no host's: files, a name, a resolver."""

    files: Files
    name: str = NAME
    names: Names | None = None


class Walks(NamedTuple):
    """The configuration as it was read, and why each address goes where it goes."""

    configuration: Configuration
    explanations: list[Explanation]


def walk(
    addresses: Sequence[str],
    text: str,
    host: LabHost | None = None,
    *,
    router: str | None = None,
    place: Place | None = None,
) -> Walks:
    """Each address with the configuration ``text``; with ``router``, also what would have to change
    for that one to take it. Without a host it is tried at ``place``: at this computer, if there is
    none. Raises ConfigError, BadAddress, ValueError for an unknown router."""
    if host is not None:
        return host._thread.call(_on(host._host, addresses, text, router))
    files, name, names = place or Place(RealFiles())
    clock = Beginning()
    configuration = configuration_on(files, name, clock, text)
    context = context_on(
        configuration,
        files=files,
        machine=HostMachine(name),
        clock=clock,
        names=names,
        chance=Chance().random("walking"),
        directory=os.getcwd(),
    )
    return drive(_walks(addresses, configuration, context, router))


async def _on(host: Host, addresses: Sequence[str], text: str, router: str | None) -> Walks:
    """The same on a host, in the lab's loop."""
    world, name, files = host.site.world, host.plan.name, HostTree(host.files)
    clock = HostClock(world.clock)
    configuration = configuration_on(files, name, clock, text)
    context = context_on(
        configuration,
        files=files,
        machine=HostMachine(name),
        clock=clock,
        names=HostNames(host),
        chance=world.chance.random("walking", name),
    )
    return await _walks(addresses, configuration, context, router)


async def _walks(
    addresses: Sequence[str], configuration: Configuration, context: Context, router: str | None
) -> Walks:
    told = []
    for address in addresses:
        desk = Desk(configuration, context, testing=True)
        told.append(await explained(extract(octets(address)).address, desk, router=router))
    return Walks(configuration, told)
