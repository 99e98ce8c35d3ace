r"""Hosts: lists whose items look at an address, or at a name.

    10.0.0.0/8   2001:db8::/32    the address lies in the net
    @[]                           the address is one of this host's own
    net24-lsearch;/etc/nets       the address, masked to 24 bits, is a key: 192.168.3.0/24
    net-lsearch;/etc/hosts-by-ip  the address is a key; an IPv6 one is written with dots
    mail.ask.com   @              the name has this address (names are asked; @ is this host's name)
    *.ask.com   ^mail\d           the host's name fits (its address is asked for the name)
    lsearch;/etc/hosts-by-name    its name is a key
    *                             any host, or none: letters that come from this machine itself
    (empty)                       no host

Who asks for names depends on others: where there is no answer, the words ``+include_unknown``,
``+ignore_unknown``, ``+include_defer`` and ``+ignore_defer`` say what to make of it. Therefore
addresses go first in a list.

Law: Exim specification, §10.10 to §10.19.

Try: ``drive(match_ip(context, Text("10.1.2.3"), Text("10.0.0.0/8")))``.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim import regex
from labmail.exim.config.split import SPACE
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.lists import nets
from labmail.exim.expansion.lists.match import Match, Subject, Unknown
from labmail.exim.expansion.lists.pattern import Manner, check, look_up
from labmail.exim.expansion.lists.scan import Cache, scan
from labmail.exim.expansion.operators.ip import ip_octets
from labmail.exim.text import Text

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_BROKEN_IPV4 = re.compile(r"[0-9.]+(?:/.*)?", re.S)
_NET_LOOKUP = re.compile(r"net([0-9]*)-")
_MANNER = Manner(special=True)


async def match_ip(context: Any, address: Text, listed: Text, *, expand: bool = True) -> Match:
    """``${if match_ip{…}{…}}``: a list of hosts in which only addresses count.

    Of the lists that conditions look into, this is the one that Exim expands.

    Raises ExpansionFailed if ``address`` is neither an address nor empty.
    """
    if address.text and nets.host(address.text) is None:
        raise ExpansionFailed(f'"{address.text}" is not an IP address')
    return await scan(Address(address), listed, context, expand=expand)


async def match_host(
    context: Any,
    name: Text | None,
    address: Text,
    listed: Text,
    *,
    expand: bool = True,
    cache: Cache | None = None,
) -> Match:
    """Is a host in the list? ``name`` None: it calls us, and its name is asked for when needed.

    ``address`` is empty where there is no host: a letter from this machine.
    """
    return await scan(Host(name, address), listed, context, expand=expand, cache=cache)


class Address(Subject):
    """A host of which only the address counts."""

    kind = named = "host"

    def __init__(self, address: Text) -> None:
        super().__init__(address)
        self.octets = nets.host(address.text)
        self.told = False

    def __str__(self) -> str:
        return self.text.text or "a letter without a host"

    def word(self, item: str) -> bool:
        wish, _, what = item.partition("_")
        if wish not in ("+include", "+ignore") or what not in ("unknown", "defer"):
            return False
        if what == "unknown":
            self.unknown = wish[1:]
        else:
            self.deferred = wish[1:]
        return True

    async def test(self, item: Text, context: Any) -> bool:
        pattern = item.text
        self.why = f"{self} fits {pattern or 'the empty item'}"
        if pattern == "*":
            return True
        if not self.text.text or not pattern:
            return self.text.text == pattern
        if pattern == "@[]":
            from labmail.exim.expansion.lists.interfaces import own_addresses

            return self.text.text in own_addresses(context)
        net = nets.net(pattern)
        if net is not None:
            return self.octets is not None and net.holds(self.octets)
        if _BROKEN_IPV4.fullmatch(pattern):
            raise Unknown("malformed IPv4 address or address mask")
        lookup, bits, word = self._lookup(pattern)
        if lookup:
            return await self._by_lookup(item, word, bits, context)
        return await self.test_name(item, context)

    def _lookup(self, pattern: str) -> tuple[bool, int, str]:
        """Is it a lookup by address? The bits to mask (-1: none), and the kind of lookup."""
        word, semicolon, _ = pattern.partition(";")
        if not semicolon or not word.startswith("net"):
            return bool(semicolon) and self.addresses_only, -1, word
        prefix = _NET_LOOKUP.match(word)
        if prefix is None:
            return False, -1, word
        return True, int(prefix[1] or "-1"), word[prefix.end() :]

    addresses_only = True

    async def _by_lookup(self, item: Text, word: str, bits: int, context: Any) -> bool:
        """The address, or its net, as the key."""
        from labmail.exim.lookups import parse

        name = word.partition(",")[0]
        if not name.isalnum():
            raise regex.Panic(f'unknown lookup type "{name}"')
        try:
            kind = parse(word)
        except ExpansionFailed as wrong:
            raise regex.Panic(wrong.message, help=wrong.help) from None
        where = item.like(item.text.partition(";")[2])
        octets = ip_octets(self.text.text) or b""
        key = nets.key(octets, bits, ":" if kind.name == "iplsearch" else ".")
        self.learn(None)
        found = await look_up(kind, where, Text(key), context)
        self.learn(found.value)
        self.why = found.why or f"{key} is found by {item.text}"
        return found.value is not None

    async def test_name(self, item: Text, context: Any) -> bool:
        """Items for names: none of them fits here."""
        raise Unknown("cannot match host name in match_ip list")


class Host(Address):
    """A host with a name, which may have to be asked for."""

    addresses_only = False

    def __init__(self, name: Text | None, address: Text) -> None:
        super().__init__(address)
        self.name = name
        self.told = True

    def __str__(self) -> str:
        if self.name is None:
            return super().__str__()
        return f"{self.name.text} [{self.text.text}]"

    async def test_name(self, item: Text, context: Any) -> bool:
        from labmail.exim.expansion.lists import asking

        pattern = item.text
        if pattern == "@":
            pattern = context.setting("primary_hostname")
        if _NAME.fullmatch(pattern):
            addresses = await asking.addresses(pattern, context)
            self.why = f"{pattern} has the address {self.text.text}"
            return ip_octets(self.text.text) in addresses
        if self.name is not None:
            return await self._fits([self.name], item, context)
        if ";" in pattern and _is_query(pattern):
            return await self._fits([Text("")], item, context)
        names = await asking.names(self.text, context)
        return await self._fits(names, item, context)

    async def _fits(self, names: list[Text], item: Text, context: Any) -> bool:
        """Does one of its names fit?"""
        for name in names:
            self.learn(None)
            hit = await check(_MANNER, name, item, context)
            if hit:
                self.learn(hit.value)
                self.why = hit.why
                return True
        return False


def _is_query(pattern: str) -> bool:
    """A lookup that has its key in itself. Raises Deferred for one that is not known."""
    from labmail.exim.lookups import parse

    try:
        return parse(pattern.partition(";")[0].strip(SPACE)).style == "query"
    except ExpansionFailed as wrong:
        raise Deferred(f'{wrong.message} in host list item "{pattern}"') from None
