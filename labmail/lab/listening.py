"""On which of its addresses a host listens: Exim's ``local_interfaces``, Debian's answer
``dc_local_interfaces``.

    <; 0.0.0.0 ; ::0                    on all of them, as where nothing is said
    128.10.12.2 : 128.10.12.3           on these two
    127.0.0.1                           on none that a letter from outside could reach

The port that may stand behind an address is passed over: which services a host has, and so its
ports, is the town's affair.

Law: Exim specification, §13.1 to §13.4.

Try: ``interfaces("127.0.0.1 : 128.10.12.2", ["128.10.12.2", "128.10.12.4"])``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from labmail.exim.config.split import split

_PORT = re.compile(r"\[(?P<inside>[^]]*)\](?::\d+)?|(?P<plain>\d+\.\d+\.\d+\.\d+|[^.]*)(?:\.\d+)?")
_ALL = {4: "0.0.0.0", 6: "::"}


def interfaces(listed: str, addresses: Iterable[str]) -> list[str]:
    """Those of a host's addresses that are in the list.

    >>> interfaces("<; 127.0.0.1 ; 128.10.12.2", ["128.10.12.2", "128.10.12.4"])
    ['128.10.12.2']
    """
    wanted = {_address(item) for item in split(listed) if item}
    return [
        address
        for address in addresses
        if str(ip_address(address)) in wanted or _ALL[ip_address(address).version] in wanted
    ]


def _address(item: str) -> str:
    """An item without its port, in the usual spelling; nonsense stays as it is.

    >>> _address("128.10.12.2.25"), _address("[::0]:587"), _address("::1")
    ('128.10.12.2', '::', '::1')
    """
    found = _PORT.fullmatch(item.strip())
    plain = (found["inside"] or found["plain"] or "") if found else item
    try:
        return str(ip_address(plain))
    except ValueError:
        return plain
