"""What a router says about an address: small values, each with its reason.

    Accept      a transport takes it, perhaps to these hosts
    Children    it has become other addresses, files, programs, answers
    Decline     not mine: ask the next router, if `more` allows it
    Pass        not mine: ask the next router in any case, or the one that `pass_router` names
    Fail        it cannot be delivered, for good
    Defer       nobody can say at the moment
    Discard     thrown away on purpose
    Rerouted    it is another address now, which starts anew

Law: Exim specification, §3.9 (what a router can return), chapter 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .address import Address


class Accept(NamedTuple):
    """``transport`` is a block of the configuration, None where a router only verifies."""

    transport: Any
    why: str = ""


class Children(NamedTuple):
    """What the address has become, in the order of the list."""

    addresses: Sequence[Address]
    why: str = ""


class Decline(NamedTuple):
    why: str = ""


class Pass(NamedTuple):
    why: str = ""


class Fail(NamedTuple):
    """``text`` goes into the bounce. A filter may have made copies before it failed."""

    text: str
    why: str = ""
    children: Sequence[Address] = ()


class Defer(NamedTuple):
    """``freeze``: somebody has to look at it before it is tried again."""

    text: str
    why: str = ""
    freeze: bool = False


class Discard(NamedTuple):
    why: str = ""


class Rerouted(NamedTuple):
    address: Address
    why: str = ""


Outcome = Accept | Children | Decline | Pass | Fail | Defer | Discard | Rerouted


class Settled(Exception):
    """Raised where a question on the way settles the matter: an expansion that fails, say."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome
