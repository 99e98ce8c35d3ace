"""iplsearch: a text file whose keys are addresses and nets.

        10.0.0.0/8:          ours
        "2001:db8::/32":     ours as well (quoted, since a key ends at a colon)

The first entry that the address falls into answers, not the closest. A key "*" is literal, so that
a default can be asked for.

Law: Exim specification, §9.3. An IPv6 address that wraps an IPv4 one is taken as the latter; a mask
longer than the address counts as a full one; entries that are no addresses are passed over.
"""

from __future__ import annotations

from labmail.exim.errors import Deferred
from labmail.exim.lookups.addresses import Net, as_address, as_net, unwrapped
from labmail.exim.lookups.lines import Entry, Lines
from labmail.exim.lookups.lsearch import Lsearch, read
from labmail.exim.lookups.table import Answer, Question, Table, World


class Iplsearch(Lsearch):
    """A text file with addresses for keys."""

    def __init__(self, path: str, lines: Lines) -> None:
        super().__init__(path, lines)
        self.nets: list[tuple[Net, Entry]] = []
        for entry in lines.entries():
            net = as_net(entry.text)
            if net is not None:
                self.nets.append((net, entry))

    async def find(self, question: Question, world: World) -> Answer:
        """The data of the first net that holds the address. Deferred if the key is no address."""
        if question.key == "*":
            return await super().find(question, world)
        address = as_address(question.key)
        if address is None:
            raise Deferred(
                f'"{question.key}" is not a valid iplsearch key (an IP address, with optional CIDR '
                "mask, is wanted): in a host list, use net-iplsearch as the search type"
            )
        address = unwrapped(address)
        held = (entry for net, entry in self.nets if net.holds(address))
        return self.told(next(held, None), question)


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a regular file that may be read."""
    return Iplsearch(where, Lines(read(where, world, "linear search")))
