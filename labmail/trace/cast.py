"""Who may appear in a story: the hosts and people of a town, as the lab knows them.

Events know hosts by name or address. A picture wants more: whose host it is, what it is called, in
which order the lanes stand. The lab hands that over once, as a `Cast`; whoever is missing from it
gets a lane all the same, named by what the event called it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "host", "names"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A lane of the picture: a person's mail program, a host, a name server (``names``).

    ``name`` is what events call it: ``mail.ask.com``, and for a person the mail address;
    ``address`` its lab address; ``company`` the band that it stands in, "" for nobody's;
    ``title`` what a picture writes, if not the name: ``Alice``.
    """

    name: str
    address: str = ""
    company: str = ""
    kind: Kind = "host"
    title: str = ""

    @property
    def called(self) -> str:
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class Cast:
    """All actors of a town. The order is the lab's; a picture sorts those who take part."""

    hosts: tuple[Actor, ...] = ()

    def __iter__(self) -> Iterator[Actor]:
        return iter(self.hosts)

    def actor(self, name: str) -> Actor:
        """The actor of this name or address; a new one, guessed from the name, if unknown.

        >>> Cast().actor("bob@ask.com")
        Actor(name='bob@ask.com', address='', company='ask.com', kind='person', title='')
        """
        for actor in self.hosts:
            if name == actor.name:
                return actor
        at_address = [actor for actor in self.hosts if name and name == actor.address]
        if at_address:  # a desk may be a host's address and several people's
            return min(at_address, key=lambda actor: actor.kind == "person")
        if "@" in name:
            return Actor(name, company=name.rpartition("@")[2], kind="person")
        labels = name.rstrip(".").split(".")
        numeric = labels[-1].isdecimal() or ":" in name
        company = "" if numeric or len(labels) < 2 else ".".join(labels[-2:])
        return Actor(name, address=name if numeric else "", company=company)
