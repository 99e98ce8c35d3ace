"""A router: a question to put to an address, and what follows when the answer is yes.

Common to all routers are the *preconditions*, fields of this class. All must hold, or the router is
skipped; `labmail.mta.routing` asks them in a fixed order. A driver is a file beside this one: a
frozen dataclass whose fields are its options and whose `Router.route` gives an `Answer`. It reads
what it is handed (`Context`) and changes nothing.

Adding a router: copy `accept`, name its options as Exim does, say *why* in every answer.

Law: Exim specification, §3.12 (the order of preconditions) and chapter 15.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Protocol

from ..lists import AnyList
from ..recipient import Recipient
from .verdict import Answer, Person

if TYPE_CHECKING:
    from labmail.dns import Answer as DnsAnswer
    from labmail.dns import MailHosts

    from ..etc import Etc


class Resolver(Protocol):
    """What routers need of the DNS; `labmail.dns.Resolver` is one."""

    async def query(
        self,
        name: str,
        rdtype: str,
        *,
        letter: str | None = None,
        recipient: str | None = None,
        cause: str | None = None,
    ) -> DnsAnswer: ...

    async def mail_hosts(
        self,
        domain: str,
        *,
        letter: str | None = None,
        recipient: str | None = None,
        cause: str | None = None,
    ) -> MailHosts: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a router may look at, besides the address: the host's files, the DNS, the envelope."""

    hostname: str
    addresses: frozenset[str]
    """The host's own lab addresses: where a letter must not be sent, it is there already."""
    qualify_domain: str
    """The domain of a name without one: ``/etc/aliases`` says ``bob`` and means bob@ask.com."""
    etc: Etc
    resolver: Resolver
    sender: str = ""
    verifying: bool = False
    """True when nothing will be delivered: an ACL only asks whether the address is good."""
    letter: str | None = None
    recipient: str | None = None
    cause: str | None = None
    person: Person | None = None
    """Whom ``check_local_user`` found."""

    def because(self, cause: str | None) -> Context:
        """The same with another event as the cause of what is asked next."""
        return replace(self, cause=cause or self.cause)

    async def mail_hosts(self, domain: str) -> MailHosts:
        """Which hosts take mail for ``domain``."""
        return await self.resolver.mail_hosts(
            domain, letter=self.letter, recipient=self.recipient, cause=self.cause
        )

    async def query(self, name: str, rdtype: str) -> DnsAnswer:
        """The records of ``name``."""
        return await self.resolver.query(
            name, rdtype, letter=self.letter, recipient=self.recipient, cause=self.cause
        )


Condition = Callable[[Recipient, Context], bool]
"""A precondition of one's own, in Python until configurations are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """The generic options. ``None`` means: not asked."""

    name: str
    domains: AnyList | None = None
    local_parts: AnyList | None = None
    check_local_user: bool = False
    senders: AnyList | None = None
    condition: Condition | None = None
    transport: str | Callable[[Recipient, Context], str] = ""
    no_more: bool = False
    """When this router declines, no later one is asked."""
    unseen: bool = False
    """What this router accepts goes on to the next routers too: a copy."""
    no_verify: bool = False
    """Skipped when an address is only verified."""
    cannot_route_message: str = ""
    """What the sender reads when routing ends here; "" for ``Unrouteable address``."""

    driver: ClassVar[str] = ""
    asks: ClassVar[bool] = False
    """Whether the driver asks the network: then the trace hears that the router was chosen before
    it hears the questions."""

    async def route(self, recipient: Recipient, context: Context) -> Answer:
        """Whether this router takes ``recipient``, and how. All preconditions hold."""
        raise NotImplementedError(f"router {self.name}: the driver has no route()")

    def choose_transport(self, recipient: Recipient, context: Context) -> str:
        """The name of the transport for this address."""
        if callable(self.transport):
            return self.transport(recipient, context)
        return self.transport
