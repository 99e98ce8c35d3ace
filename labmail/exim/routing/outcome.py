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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .address import Address


class Said:
    """Common to all: ``why`` is a sentence for the reader."""

    __slots__ = ("why",)

    def __init__(self, why: str = "") -> None:
        self.why = why

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self, 'text', '') or self.why!r})"


class Accept(Said):
    """``transport`` is a block of the configuration, None where a router only verifies."""

    __slots__ = ("transport",)

    def __init__(self, transport: Any, why: str = "") -> None:
        super().__init__(why)
        self.transport = transport


class Children(Said):
    """What the address has become, in the order of the list."""

    __slots__ = ("addresses",)

    def __init__(self, addresses: Sequence[Address], why: str = "") -> None:
        super().__init__(why)
        self.addresses = addresses


class Decline(Said):
    __slots__ = ()


class Pass(Said):
    __slots__ = ()


class Fail(Said):
    """``text`` goes into the bounce. A filter may have made copies before it failed."""

    __slots__ = ("children", "text")

    def __init__(self, text: str, why: str = "", children: Sequence[Address] = ()) -> None:
        super().__init__(why)
        self.text, self.children = text, children


class Defer(Said):
    """``freeze``: somebody has to look at it before it is tried again."""

    __slots__ = ("freeze", "text")

    def __init__(self, text: str, why: str = "", freeze: bool = False) -> None:
        super().__init__(why)
        self.text, self.freeze = text, freeze


class Discard(Said):
    __slots__ = ()


class Rerouted(Said):
    """The address that it is now."""

    __slots__ = ("address",)

    def __init__(self, address: Address, why: str = "") -> None:
        super().__init__(why)
        self.address = address


Outcome = Accept | Children | Decline | Pass | Fail | Defer | Discard | Rerouted


class Settled(Exception):
    """Raised where a question on the way settles the matter: an expansion that fails, say."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome
