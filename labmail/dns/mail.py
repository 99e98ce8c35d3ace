"""Which hosts take mail for a domain, and in which order: the question that every MTA asks.

The domain's MX records name hosts, each with a preference; the lowest is tried first, and equal
ones in an order that chance decides, so that they share the work. A domain without MX records is
itself the host, if it has an address (the implicit MX). A single MX record whose host is "." says
that the domain takes no mail at all::

    MX 10 mail, MX 20 backup      mail, then backup       status mx
    no MX, but an A or AAAA       the domain itself       status implicit
    MX 0 .                        nobody                  status null
    neither MX nor address        nobody                  status none
    no such name                  nobody                  status nxdomain
    no answer                     who knows? try later    status failed

A host without an address cannot be reached and is left out; `MailHosts.why` says so. If that leaves
none, the status is still ``mx`` and ``hosts`` is empty: every MX record points to nowhere.

Law: RFC 5321 §5.1, RFC 7505 (null MX), RFC 2181 §10.3 (no alias behind MX).
Try: ``await find_mail_hosts("ask.com", resolver.query, random.Random(1))``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import groupby
from typing import Literal, Protocol

from . import text
from .lookup import Answer, Record

MailStatus = Literal["mx", "implicit", "null", "none", "nxdomain", "failed"]
MOST_HOSTS = 50
"""Hosts of one domain whose addresses are looked up; the rest is left out."""


class Shuffler(Protocol):
    """Whoever decides the order of hosts with equal preferences: `random.Random`, say."""

    def shuffle(self, x: list[Record], /) -> None: ...


Find = Callable[[str, str], Awaitable[Answer]]
"""Looks a name and a type up: ``await find("ask.com", "MX")``."""


@dataclass(frozen=True, slots=True)
class MailHost:
    """A host that takes mail: name, preference (the lowest is tried first), its addresses."""

    name: str
    preference: int
    addresses: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} [{', '.join(self.addresses)}], preference {self.preference}"


@dataclass(frozen=True, slots=True)
class MailHosts:
    """Who takes mail for ``domain``, in the order to try; ``why`` tells what was considered."""

    domain: str
    status: MailStatus
    hosts: tuple[MailHost, ...] = ()
    why: tuple[str, ...] = ()
    summary: str = ""
    """One sentence without its full stop: ``mail.ask.com [128.10.30.2], preference 10``."""
    server: str = ""
    """The name server that said so."""
    event: str | None = None


class InOrder:
    """Puts hosts in an order that somebody else has chosen."""

    def __init__(self, names: Sequence[str]) -> None:
        self._places = {name.lower(): place for place, name in reversed([*enumerate(names)])}

    def shuffle(self, x: list[Record], /) -> None:
        last = len(self._places)
        x.sort(key=lambda record: self._places.get(_exchange(record).lower(), last))


async def find_mail_hosts(
    domain: str, find: Find, shuffle: Shuffler, *, ipv6: bool = True
) -> MailHosts:
    """Asks for MX records and addresses, and puts the hosts into their order.

    ``shuffle`` decides among equal preferences; without ``ipv6`` only A records are looked for.
    """
    return await _Search(domain.removesuffix(".").lower(), find, shuffle, ipv6).run()


def by_preference(records: tuple[Record, ...], shuffle: Shuffler) -> list[Record]:
    """MX records, the lowest preference first, equal ones shuffled (RFC 5321 §5.1)."""
    found: list[Record] = []
    ordered = sorted(records, key=lambda record: (_preference(record), _exchange(record)))
    for _, group in groupby(ordered, key=_preference):
        equals = list(group)
        shuffle.shuffle(equals)
        found += equals
    return found


@dataclass
class _Search:
    """One search, and what it has noticed so far."""

    domain: str
    find: Find
    shuffle: Shuffler
    ipv6: bool

    def __post_init__(self) -> None:
        self.why: list[str] = []
        self.open: list[str] = []
        """What nobody could answer."""
        self.server = ""

    async def run(self) -> MailHosts:
        answer = await self.find(self.domain, "MX")
        self.server = answer.server
        if answer.status == "failed":
            self.why.append(f"Whether {self.domain} has MX records is not known: {answer.why}.")
            return self.result("failed", summary=f"nobody could say: {answer.why}")
        if answer.status == "nxdomain":
            self.why.append(f"{_sentence(answer.why)}, so there is nothing to deliver to.")
            return self.result("nxdomain", summary=answer.why)
        self.note_alias(answer)
        if answer.status == "nodata":
            return await self.implicit(answer.name)
        if [_exchange(record) for record in answer.records] == ["."]:
            self.why.append(f'{self.domain} has one MX record, for ".": a null MX (RFC 7505).')
            no_mail = f"{self.domain} says that it takes no mail (null MX)"
            return self.result("null", summary=no_mail)
        return await self.explicit(answer.records)

    def note_alias(self, answer: Answer) -> None:
        if answer.aliases:
            self.why.append(f"{self.domain} is an alias (CNAME) of {answer.name}.")

    async def implicit(self, canonical: str) -> MailHosts:
        """No MX record: the domain itself, if it has an address."""
        self.why.append(f"{self.domain} has no MX record: its own address counts (RFC 5321 §5.1).")
        addresses = await self.addresses(canonical)
        if addresses:
            return self.result("implicit", [MailHost(self.domain, 0, addresses)])
        if self.open:
            return self.result("failed", summary=f"nobody could say: {self.open[0]}")
        self.why.append(f"{self.domain} has no address either.")
        return self.result("none", summary=f"{self.domain} has neither MX nor address records")

    async def explicit(self, records: tuple[Record, ...]) -> MailHosts:
        """MX records: their hosts in order, each once, those without address left out."""
        ordered = by_preference(records, self.shuffle)
        self.explain_order(ordered)
        hosts: dict[str, MailHost] = {}
        for record in ordered[:MOST_HOSTS]:
            name = _exchange(record)
            if name not in hosts and (addresses := await self.host(name)):
                hosts[name] = MailHost(name, _preference(record), addresses)
        if hosts or not self.open:
            none = f"every MX record of {self.domain} points to a host without address"
            return self.result("mx", list(hosts.values()), summary="" if hosts else none)
        return self.result("failed", summary=f"nobody could say: {self.open[0]}")

    def explain_order(self, ordered: list[Record]) -> None:
        listed = ", ".join(f"{_preference(record)} {_exchange(record)}" for record in ordered)
        self.why.append(f"{self.domain} has {_count(len(ordered))}: {listed}.")
        if len(ordered) > 1:
            self.why.append("The lowest preference is tried first (RFC 5321 §5.1).")
        if len({_preference(record) for record in ordered}) < len(ordered):
            self.why.append("Among equal preferences chance decides.")
        if len(ordered) > MOST_HOSTS:
            self.why.append(f"Only the first {MOST_HOSTS} are looked up.")
        self.why.append(
            f"The address of {self.domain} itself is not asked for, since it has MX records."
        )

    async def host(self, name: str) -> tuple[str, ...]:
        """The addresses of a host that an MX record names; why it is left out, if it has none."""
        if name == ".":
            self.why.append('"." beside other MX records is left out (RFC 7505 §3).')
            return ()
        if _is_address(name):
            self.why.append(f"{name} is left out: an address, not the name of a host.")
            return ()
        addresses = await self.addresses(name)
        if not addresses:
            self.why.append(f"{name} is left out: it has no known address.")
        return addresses

    async def addresses(self, name: str) -> tuple[str, ...]:
        """IPv6 addresses first, then IPv4, as Exim has it."""
        found: list[str] = []
        for rdtype in ("AAAA", "A") if self.ipv6 else ("A",):
            answer = await self.find(name, rdtype)
            found += answer.texts
            if answer.status == "failed":
                self.open.append(answer.why)
                self.why.append(f"The {rdtype} records of {name} are not known: {answer.why}.")
            elif answer.aliases and answer.records:
                self.why.append(
                    f"{name} is an alias (CNAME) of {answer.name}, which a mail host must not be "
                    "(RFC 2181 §10.3); its addresses are used all the same."
                )
            if answer.status == "nxdomain":
                self.why.append(f"{_sentence(answer.why)}.")
                break
        return tuple(found)

    def result(
        self, status: MailStatus, hosts: list[MailHost] | None = None, summary: str = ""
    ) -> MailHosts:
        hosts = hosts or []
        summary = summary or "; then ".join(map(str, hosts))
        return MailHosts(self.domain, status, tuple(hosts), tuple(self.why), summary, self.server)


def _preference(record: Record) -> int:
    return int(getattr(record.rdata, "preference"))  # noqa: B009


def _exchange(record: Record) -> str:
    return text.plain(getattr(record.rdata, "exchange"))  # noqa: B009


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _count(number: int) -> str:
    return "one MX record" if number == 1 else f"{number} MX records"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
