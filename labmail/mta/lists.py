"""Lists: who and what belongs together, read from left to right.

An administrator says with lists which domains end here, which are passed on, and who may send to
the world: ``local_domains``, ``relay_to_domains``, ``relay_from_hosts``. The first item that
matches decides; ``!`` in front of an item turns its answer round; and when none matches, the end of
the list answers the opposite of what the last item would have said::

    192.0.2.7 : !192.0.2.0/24 : 10.20.0.0/16      192.0.2.7 yes, 192.0.2.8 no, 10.20.1.1 yes
    !a.test                                       everything but a.test

Law: Exim specification, chapter 10 (domain, host and address lists).

Try: ``DomainList("example.com : *.example.com").find("www.example.com")``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a list: whether the subject belongs to it, and which item said so."""

    yes: bool
    item: str
    """The deciding item as it was written; "" when the list ended without one."""

    def __bool__(self) -> bool:
        return self.yes


@dataclass(frozen=True, init=False)
class NameList:
    """Local parts or other plain names, without regard to case; ``*`` at the start is a wildcard.

    >>> staff = NameList("ann : b* : !bert", name="staff")
    >>> "ANN" in staff, "zoe" in staff, str(staff)
    (True, True, '+staff')
    """

    items: tuple[str, ...]
    name: str = ""

    def __init__(self, items: str | Iterable[str] = (), name: str = "") -> None:
        parts = items.split(" : ") if isinstance(items, str) else items
        cleaned = tuple(part.strip() for part in parts if part.strip())
        object.__setattr__(self, "items", cleaned)
        object.__setattr__(self, "name", name)
        for item in cleaned:
            self._check(item.lstrip("! "))

    def find(self, subject: str) -> Found:
        """Whether ``subject`` belongs to the list, and which item decided."""
        positive = False
        for item in self.items:
            positive = not item.startswith("!")
            if self._matches(item.lstrip("! "), subject):
                return Found(positive, item)
        return Found(bool(self.items) and not positive, "")

    def __contains__(self, subject: str) -> bool:
        return self.find(subject).yes

    def __bool__(self) -> bool:
        return bool(self.items)

    def __str__(self) -> str:
        return f"+{self.name}" if self.name else " : ".join(self.items)

    def _check(self, item: str) -> None:
        """Raises ValueError for an item that can never be right."""

    def _matches(self, item: str, subject: str) -> bool:
        return (
            fnmatchcase(subject.lower(), item.lower())
            if "*" in item
            else (subject.lower() == item.lower())
        )


class DomainList(NameList):
    """Domains: ``ask.com``, ``*.ask.com`` (not ask.com itself), ``*``.

    >>> DomainList("*.example.com").find("example.com").yes
    False
    """

    def _matches(self, item: str, subject: str) -> bool:
        subject, item = subject.lower().rstrip("."), item.lower()
        return subject.endswith(item[1:]) if item.startswith("*") else subject == item


class HostList(NameList):
    """Hosts by address: ``172.20.10.3``, ``128.10.12.0/24``, ``2001:db8::/32``, ``*``.

    >>> "172.20.10.9" in HostList("172.20.10.3 : 172.20.11.0/24")
    False
    """

    def _check(self, item: str) -> None:
        if item != "*":
            _network(item)

    def _matches(self, item: str, subject: str) -> bool:
        return item == "*" or ip_address(subject) in _network(item)


@lru_cache(maxsize=512)
def _network(item: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(item, strict=False)
    except ValueError:
        raise ValueError(
            f'host list item "{item}": expected an address or a network such as 128.10.12.0/24'
        ) from None


@dataclass(frozen=True, slots=True)
class Outside:
    """The complement of a list, as in ``domains = ! +local_domains``.

    >>> "ask.com" in Outside(DomainList("example.com", name="local_domains"))
    True
    """

    inner: NameList

    def find(self, subject: str) -> Found:
        found = self.inner.find(subject)
        return Found(not found.yes, found.item)

    def __contains__(self, subject: str) -> bool:
        return self.find(subject).yes

    def __str__(self) -> str:
        return f"! {self.inner}"


AnyList = NameList | Outside
