"""dnslookup: asks the name server which hosts take mail for a domain.

    MX records         hosts by preference, the lowest first
    no MX, an address  that address ("implicit MX")
    MX 0 .             the domain wants no mail: fail
    no such domain     decline
    no answer          defer: a question that is still open is not a "no"

Two traps are looked for. Addresses in ``ignore_target_hosts`` (private and loopback ones, in
Debian) do not count. And where this host is itself in the list, it drops itself and all hosts of
the same or a worse preference, which could only send the letter back; if it is the best one of all,
the domain should have been local, and ``if_self`` says what to do.

Law: RFC 5321 §5.1, RFC 7505 (null MX); Exim specification, chapter 17.

Try: ``DnslookupRouter(name="dnslookup", transport="remote_smtp", ignore_target_hosts=PRIVATE)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from ..lists import HostList
from ..recipient import Recipient
from .base import Context, Router
from .verdict import Accept, Answer, Decline, Defer, Fail, Host, Pass

if TYPE_CHECKING:
    from labmail.dns import MailHosts

NONE = HostList()
PRIVATE = HostList(
    "0.0.0.0 : 127.0.0.0/8 : 10.0.0.0/8 : 172.16.0.0/12 : 192.168.0.0/16 : 169.254.0.0/16"
    " : 255.255.255.255 : ::/128 : ::1/128 : fc00::/7 : fe80::/10",
    name="private_addresses",
)
"""Addresses that mean another host, or none, in every network (RFC 1918, RFC 6890)."""

NO_SERVICE = "an MX or SRV record indicated no SMTP service"
INCOMPLETE = "host lookup did not complete"
NO_HOSTS = "all relevant MX records point to non-existent hosts"
LOWEST_IS_HERE = "lowest numbered MX record points to local host"
ADDRESS_IS_HERE = "remote host address is the local host"

Told = Accept | Decline | Defer | Fail | Pass
IfSelf = Literal["freeze", "defer", "fail", "pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DnslookupRouter(Router):
    ignore_target_hosts: HostList = NONE
    if_self: IfSelf = "freeze"
    """Exim's option ``self``: what to do where this host is the best mail host of the domain."""

    driver: ClassVar[str] = "dnslookup"
    asks: ClassVar[bool] = True

    async def route(self, recipient: Recipient, context: Context) -> Answer:
        found = await context.mail_hosts(recipient.domain)
        answer = self.judge(recipient, found, context)
        return replace(answer, event=found.event)

    def judge(self, recipient: Recipient, found: MailHosts, context: Context) -> Told:
        """The answer that follows from what the name server said."""
        domain = recipient.domain
        match found.status:
            case "null":
                return Fail(NO_SERVICE, f"{domain} says that it takes no mail (RFC 7505)")
            case "failed":
                return Defer(INCOMPLETE, why=f"the name server did not answer for {domain}")
            case "nxdomain":
                return Decline(f"there is no domain {domain}")
            case "none":
                return Decline(f"{domain} has neither an MX record nor an address")
        hosts = tuple(self._usable(found))
        if not hosts:
            return Fail(_no_hosts(found), f"no mail host of {domain} has an address to be used")
        better = without_self(hosts, context.addresses)
        if not better:
            return self._met_itself(found.status, domain)
        transport = self.choose_transport(recipient, context)
        return Accept(transport, better, f"mail for {domain} goes to {better[0].name}")

    def _usable(self, found: MailHosts) -> Iterable[Host]:
        for host in found.hosts:
            preference = host.preference if found.status == "mx" else None
            for address in host.addresses:
                if address not in self.ignore_target_hosts:
                    yield Host(host.name, address, preference)

    def _met_itself(self, status: str, domain: str) -> Told:
        text = LOWEST_IS_HERE if status == "mx" else ADDRESS_IS_HERE
        why = f"the DNS says that {domain} is served here, but it is not one of our domains"
        match self.if_self:
            case "pass":
                return Pass(why)
            case "fail":
                return Fail(text, why)
            case _:
                return Defer(text, freeze=self.if_self == "freeze", why=why)


def without_self(hosts: tuple[Host, ...], own: frozenset[str]) -> tuple[Host, ...]:
    """``hosts`` up to, and without, the first preference at which this host itself stands.

    RFC 5321 §5.1: to send to a host of equal or lower standing would be to send in a circle.

    >>> a, b = Host("a.test", "192.0.2.1", 10), Host("b.test", "192.0.2.2", 20)
    >>> without_self((a, b), frozenset({"192.0.2.2"})) == (a,)
    True
    """
    ours = [host for host in hosts if host.address in own]
    if not ours:
        return hosts
    limit = min(host.preference or 0 for host in ours)
    return tuple(host for host in hosts if (host.preference or 0) < limit)


def _no_hosts(found: MailHosts) -> str:
    """What to say when no MX leads anywhere; an address in place of a name is the usual slip."""
    invalid = any("an address, not the name of a host" in reason for reason in found.why)
    return NO_HOSTS + (" or (invalidly) to IP addresses" if invalid else "")
