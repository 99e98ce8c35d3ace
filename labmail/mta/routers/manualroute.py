"""manualroute: the administrator says where mail for a domain goes; no MX record is asked for.

A smarthost, a partner behind a private net, an inner mail server::

    route_list = partner.test 192.0.2.10 ; *.wide.test a.wide.test : b.wide.test ; * smart.test::587

Items are tried from the left; the first whose pattern matches the domain gives the hosts, in the
order in which they are to be tried. ``::587`` behind a host is a port (one colon would begin the
next host).

Law: Exim specification, chapter 20.

Try: ``ManualrouteRouter(name="smarthost", route_list=RouteList.parse("* smart.test::587"))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar, Literal

from ..lists import DomainList
from ..recipient import Recipient
from .base import Context, Router
from .dnslookup import ADDRESS_IS_HERE, IfSelf, without_self
from .verdict import Accept, Answer, Decline, Defer, Fail, Host, Pass


@dataclass(frozen=True, slots=True)
class Route:
    """One item of a route list: a pattern and the hosts, each with its port or None."""

    pattern: DomainList
    hosts: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class RouteList:
    """What ``route_list`` says.

    >>> RouteList.parse("ask.com 172.20.10.3 ; * smart.test::587").find("b.test").hosts
    (('smart.test', 587),)
    """

    routes: tuple[Route, ...] = ()

    @classmethod
    def parse(cls, text: str) -> RouteList:
        """Reads a route list. Raises ValueError, naming the item and what is wrong with it."""
        return cls(tuple(_route(item.strip()) for item in text.split(";") if item.strip()))

    def find(self, domain: str) -> Route | None:
        """The first item that matches ``domain``."""
        return next((route for route in self.routes if domain in route.pattern), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualrouteRouter(Router):
    route_list: RouteList
    host_find_failed: Literal["freeze", "defer", "fail", "decline", "pass", "ignore"] = "freeze"
    if_self: IfSelf = "freeze"

    driver: ClassVar[str] = "manualroute"
    asks: ClassVar[bool] = True

    async def route(self, recipient: Recipient, context: Context) -> Answer:
        route = self.route_list.find(recipient.domain)
        if route is None:
            return Decline(f"its route_list has no item for {recipient.domain}")
        hosts: list[Host] = []
        for name, port in route.hosts:
            addresses, failed = await _addresses(name, context)
            if not addresses and self.host_find_failed != "ignore":
                return self._not_found(name, failed)
            hosts += [Host(name, address, port=port) for address in addresses]
        if not hosts:
            return Defer(f"lookup failed for all hosts in {self.name} router")
        better = without_self(tuple(hosts), context.addresses)
        if not better:
            return self._met_itself(recipient.domain)
        why = f"its route_list sends {recipient.domain} to {better[0].name}"
        return Accept(self.choose_transport(recipient, context), better, why)

    def _not_found(self, name: str, failed: bool) -> Answer:
        text = f"lookup of host {name} failed in {self.name} router"
        if failed:
            return Defer(text, why="the name server did not answer")
        match self.host_find_failed:
            case "decline":
                return Decline(text)
            case "pass":
                return Pass(text)
            case "fail":
                return Fail(text)
            case how:
                return Defer(text, freeze=how == "freeze", why=f"there is no host {name}")

    def _met_itself(self, domain: str) -> Answer:
        why = f"its route_list sends {domain} to this very host"
        match self.if_self:
            case "pass":
                return Pass(why)
            case "fail":
                return Fail(ADDRESS_IS_HERE, why)
            case how:
                return Defer(ADDRESS_IS_HERE, freeze=how == "freeze", why=why)


async def _addresses(name: str, context: Context) -> tuple[list[str], bool]:
    """The addresses of a host, and whether the name server failed to answer."""
    try:
        return [str(ip_address(name.strip("[]")))], False
    except ValueError:
        pass
    found: list[str] = []
    failed = False
    for rdtype in ("AAAA", "A"):
        answer = await context.query(name, rdtype)
        found += answer.texts
        failed = failed or answer.status == "failed"
    return found, failed and not found


def _route(item: str) -> Route:
    pattern, _, rest = item.partition(" ")
    hosts = []
    for each in rest.replace("::", "\0").split(":"):
        name, _, port = each.strip().partition("\0")
        name = name.strip()
        if not name:
            raise ValueError(f'route_list item "{item}": expected a host behind "{pattern}"')
        if port and not port.strip().isdecimal():
            raise ValueError(f'route_list item "{item}": "{port}" is not a port number')
        hosts.append((name, int(port) if port else None))
    return Route(DomainList([pattern]), tuple(hosts))
