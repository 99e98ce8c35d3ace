"""Address match lists: whom the name server serves, read from left to right, first match decides.

``allow-recursion { !128.10.12.9; 128.10.12.0/24; localhost; };`` refuses 128.10.12.9, allows the
rest of its net and the server itself, and nobody else. An element is an address, a net, a list in
braces, or the name of a list: ``any``, ``none``, ``localhost``, ``localnets``, or one that an
``acl`` statement has named; ``key NAME`` is whoever signs with that key (RFC 8945). An exclamation
mark turns its verdict round.

The lab's hosts have no netmask, so ``localnets`` is the /24 around the server's address (/64 for
IPv6): the nets that the ready-made towns use.

Law: BIND 9 Administrator Reference Manual, "Address Match Lists".
Try: ``address_list(conf.parse("x { 10/8; };")[0].block, {}).allows("10.0.0.1")``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import dns.exception
import dns.name
from dns.name import Name

from .conf import Block, Statement, Word
from .problems import ConfigError, Problem, nearest

_BUILT_IN = ("any", "none", "localhost", "localnets")
_ADDRESS = re.compile(r"[0-9.]+(/\d+)?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/\d+)?")


@dataclass(frozen=True, slots=True)
class Element:
    """One element, and whether ``!`` stands before it."""

    what: IPv4Network | IPv6Network | AddressList | Name | str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AddressList:
    """Elements in their order.

    >>> from .conf import parse
    >>> inside = address_list(parse("x { !10.0.0.9; 10/8; };")[0].block, {})
    >>> inside.allows("10.0.0.1"), inside.allows("10.0.0.9"), inside.allows("192.0.2.1")
    (True, False, False)
    """

    elements: tuple[Element, ...]

    def allows(self, client: str, server: str = "127.0.0.1", key: Name | None = None) -> bool:
        """Whether the list lets ``client`` in, at a server with the address ``server``.

        ``key`` is the name of the key that the client has signed with, if it has.
        """
        return self._verdict(client, server, key) is True

    def _verdict(self, client: str, server: str, key: Name | None) -> bool | None:
        """True or False by the first element that matches, None where none does."""
        for element in self.elements:
            if _matches(element.what, client, server, key):
                return not element.negated
        return None


What = IPv4Network | IPv6Network | AddressList | Name | str
"""A net, a list in braces, the name of a key, or a built-in name."""


def _matches(what: What, client: str, server: str, key: Name | None) -> bool:
    if isinstance(what, AddressList):
        return what.allows(client, server, key)
    if isinstance(what, Name):
        return what == key
    if what in ("any", "none"):
        return what == "any"
    address = ip_address(client)
    if what == "localhost":
        return address.is_loopback or address == ip_address(server)
    if what == "localnets":
        around = 24 if address.version == 4 else 64
        what = ip_network(f"{server}/{around}", strict=False)
    return not isinstance(what, str) and address in what


def built_in(*names: str) -> AddressList:
    """A list of built-in names: ``built_in("localhost", "localnets")``."""
    return AddressList(tuple(map(Element, names)))


ANY, NONE = built_in("any"), built_in("none")


def address_list(
    block: Block, acls: Mapping[str, Block], within: tuple[str, ...] = ()
) -> AddressList:
    """The meaning of a block of elements; ``acls`` are the lists named by ``acl`` statements.

    Raises `ConfigError` for an element that is no address, no net and no known name.
    """
    return AddressList(tuple(_element(statement, acls, within) for statement in block.statements))


def _element(statement: Statement, acls: Mapping[str, Block], within: tuple[str, ...]) -> Element:
    first, *others = statement.parts
    negated = False
    if isinstance(first, Word) and first.text.startswith("!") and not first.quoted:
        negated = True
        rest = first.text[1:]
        first, *others = [Word(rest, first.spot), *others] if rest else others or [first]
    if isinstance(first, Block) and not others:
        return Element(address_list(first, acls, within), negated)
    if isinstance(first, Word) and first.text == "key" and len(others) == 1:
        return Element(_key(others[0]), negated)
    if not isinstance(first, Word) or others:
        raise _wrong(statement.parts[-1], "one address, net or name before the ';'")
    return Element(_named_or_net(first, acls, within), negated)


def _named_or_net(word: Word, acls: Mapping[str, Block], within: tuple[str, ...]) -> What:
    if word.text in _BUILT_IN:
        return word.text
    if word.text in acls:
        if word.text in within:
            raise _wrong(word, "an acl that does not contain itself", "acl loop detected")
        return address_list(acls[word.text], acls, (*within, word.text))
    if not _ADDRESS.fullmatch(word.text):
        close = nearest(word.text, (*_BUILT_IN, *acls))
        raise _wrong(word, "an address, a net, or the name of an acl", "undefined ACL", close)
    try:
        return ip_network(in_full(word.text))
    except ValueError:
        raise _wrong(word, *_why_no_net(word.text)) from None


def _key(word: Word | Block) -> Name:
    try:
        return dns.name.from_text(str(word).strip('"'))
    except dns.exception.DNSException:
        raise _wrong(word, "the name of a key") from None


def in_full(net: str) -> str:
    """BIND lets the last octets of a net be left out: ``10/8`` is ``10.0.0.0/8``."""
    address, slash, length = net.partition("/")
    if slash and ":" not in address:
        address = ".".join([*address.split("."), "0", "0", "0"][:4])
    return address + slash + length


def _why_no_net(text: str) -> tuple[str, str, str]:
    try:
        net = ip_network(in_full(text), strict=False)
    except ValueError:
        return "an address such as 128.10.12.4, or a net such as 128.10.12.0/24", "bad address", ""
    return "a net whose host bits are zero", "address/prefix length mismatch", str(net)


def _wrong(
    part: Word | Block, expected: str, what: str = "bad element", remedy: str = ""
) -> ConfigError:
    found = part.text if isinstance(part, Word) else "{"
    return ConfigError(Problem(what, part.spot, found, expected, remedy))
