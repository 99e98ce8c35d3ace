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
from typing import TYPE_CHECKING, Any, NamedTuple

from labmail.exim.debian.origins import origins_of
from labmail.exim.drive import drive
from labmail.exim.expansion.addresses import extract
from labmail.exim.expansion.standing import context_on
from labmail.exim.files import RealFiles
from labmail.exim.routing import Desk
from labmail.exim.routing.why import Explanation, explained
from labmail.exim.text import Text
from labmail.world import Chance

from .expanding import GIVEN, HostMachine, configuration_of, configuration_on, context_with
from .strings import NAME, Beginning, octets

if TYPE_CHECKING:
    from labmail.exim.config import Configuration
    from labmail.exim.expansion.context import Context
    from labmail.exim.files import Files
    from labmail.exim.lookups.names import Names

    from ..host import Host, LabHost
    from ..town import Town

__all__ = ["GIVEN", "Place", "Walks", "walk"]


MAIL = {"smtp", "submission"}
"""Services of a host on which Exim runs."""


class Place(NamedTuple):
    """Where a configuration is tried that is no host's: files, a name, a resolver."""

    files: Files
    name: str = NAME
    names: Names | None = None


def at_host(town: Town, at: Any) -> str:
    """The name of the host that is meant: ``at`` it, or the only one with mail. ValueError where
    that is not clear."""
    if at is not None:
        return str(getattr(at, "name", at))
    able = [name for name, plan in town.hosts.items() if MAIL & set(plan.services)]
    if len(able) == 1:
        return able[0]
    which = f"one of {', '.join(able)}" if able else "though no host of this town has mail"
    raise ValueError(f"from which host? say at=…: {which}")


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
        return host._thread.call(walk_on(host._host, addresses, text, router=router))
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
    return drive(_walks(addresses, configuration, context, router, text))


async def walk_on(
    host: Host,
    addresses: Sequence[str],
    text: str | None = None,
    *,
    router: str | None = None,
    sender: str | None = None,
) -> Walks:
    """On a host, in the lab's loop. Without ``text`` the configuration is the one that lies there;
    ``sender`` is whom the letter would be from."""
    configuration = configuration_of(host, text)
    context = context_with(host, configuration)
    if sender is not None:
        context.variables["sender_address"] = Text(octets(sender), tainted=True)
    return await _walks(addresses, configuration, context, router, text)


async def _walks(
    addresses: Sequence[str],
    configuration: Configuration,
    context: Context,
    router: str | None,
    text: str | None,
) -> Walks:
    told = []
    given = text if text is None else octets(text)
    origins = origins_of(configuration.path, context.files, given)
    for address in addresses:
        desk = Desk(configuration, context, testing=True)
        desk.origins = origins
        told.append(await explained(extract(octets(address)).address, desk, router=router))
    return Walks(configuration, told)
