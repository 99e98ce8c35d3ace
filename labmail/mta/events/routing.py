"""On the way out: which router takes an address, and which host is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Role, fact, sentence

from .base import LetterEvent, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed(LetterEvent):
    """The routers were asked about one address, and one of them took it up."""

    router: str
    address: str
    because: str
    declined: tuple[str, ...] = ()
    """One sentence for each router that was asked before, in order."""
    transport: str = ""
    hosts: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    total: int = 0
    """How many routers there are on this host."""

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "router"
    label = "router"
    question = sentence("Which router takes {address}?")

    @property
    def answer(self) -> str:
        onward = ""
        if self.children:
            onward = " It becomes " + listed(self.children) + "."
        elif self.hosts:
            onward = f" Next host: {self.hosts[0]}."
        return f"{self.router}: {self.because}.{onward}"

    @property
    def why(self) -> tuple[str, ...]:
        hands = f" It hands the letter to the transport {self.transport}." if self.transport else ""
        asked = len(self.declined) + 1
        place = f", router {asked} of {self.total}" if self.total else ""
        return (f"{self.router}{place}: {self.because}.{hands}", *self.declined)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering(LetterEvent):
    """A transport sets out for a host, with all recipients that it can take there at once."""

    transport: str
    target: str
    address: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "transport"
    step: ClassVar[bool] = False
    label = "transport"

    @property
    def question(self) -> str:
        return f"Which host is tried now for {listed(self.recipients)}?"

    answer = sentence("{target} [{address}], by the transport {transport}.")
    peer = fact("target")
