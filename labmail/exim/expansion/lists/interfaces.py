"""The addresses of this host, as the configuration sees them.

    local_interfaces          where Exim listens; "0.0.0.0" and "::0" mean all that the machine has
    extra_local_interfaces    others that are ours although nobody listens: a forwarder's, say

What the machine has is told by ``host.addresses`` of the context (a lab knows it of its hosts), or
else by the files in which Linux shows it.

Law: Exim specification, chapter 13, "Local interfaces"; proc(5) on fib_trie, if_inet6.
"""

from __future__ import annotations

import re
from typing import Any

from labmail.exim.config.split import split
from labmail.exim.expansion.operators.ip import ip_octets
from labmail.exim.regex import Panic

LISTED = {"local_interfaces": "<; ::0 ; 0.0.0.0", "extra_local_interfaces": ""}
_EVERYTHING = ("0.0.0.0", "::0", "::")
_LOOPBACK = ["127.0.0.1", "::1"]
_PORT = re.compile(r"([^.:]+(?:\.[^.:]+){3}|.*:[^.]*)\.\d+")
_IPV4 = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")


def own_addresses(context: Any) -> list[str]:
    """All of them, as text. Panic where the configuration lists what is no address."""
    machine = _machine(context)
    found: list[str] = []
    for option, otherwise in LISTED.items():
        for item in split(context.setting(option, otherwise)):
            address = _without_port(item)
            if ip_octets(address) is None:
                raise Panic(f'Malformed IP address "{address}" in {option}')
            if address in _EVERYTHING:
                found += [own for own in machine if (":" in own) == (":" in address)]
            else:
                found.append(address)
    return [own for own in found if ":" not in own or not context.settings.get("disable_ipv6")]


def _machine(context: Any) -> list[str]:
    told = getattr(context.host, "addresses", None)
    return list(told) if told else _shown_by_linux(context.files) or _LOOPBACK


def _shown_by_linux(files: Any) -> list[str]:
    try:
        ipv4 = _IPV4.findall(files.read_bytes("/proc/net/fib_trie").decode("latin-1"))
        ipv6 = files.read_bytes("/proc/net/if_inet6").decode("latin-1").split("\n")
    except (OSError, AttributeError):
        return []
    return [*dict.fromkeys(ipv4), *(_ipv6(line[:32]) for line in ipv6 if line)]


def _ipv6(digits: str) -> str:
    """An address of 32 hexadecimal digits as people write it.

    >>> _ipv6("20010db8000000000000000000000001")
    '2001:db8::1'
    """
    from ipaddress import IPv6Address

    return str(IPv6Address(int(digits, 16)))


def _without_port(item: str) -> str:
    """``[192.0.2.1]:25`` and ``192.0.2.1.25`` name a port, too.

    >>> _without_port("[::1]:25"), _without_port("192.0.2.1.25"), _without_port("::1.25")
    ('::1', '192.0.2.1', '::1')
    """
    if item.startswith("["):
        return item[1:].partition("]")[0]
    found = _PORT.fullmatch(item)
    return found[1] if found else item
