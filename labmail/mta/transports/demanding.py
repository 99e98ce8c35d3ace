"""Demanding: what an smtp transport's ``tls_…`` options ask of a conversation with a host.

Strings are expanded for each host. One that has no value hinders nobody who does not need it: it
comes out when a conversation is to be ciphered, and that fails then, with a line in the log.

Law: Exim specification, §30.4 (tls_… and hosts_… options).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.evaluator import expand

from ..told import words
from .asking import Asked
from .calling import Secrecy, Verify

if TYPE_CHECKING:
    from ..hosts import Host

STRINGS = {
    "authorities": "tls_verify_certificates",
    "taken_back": "tls_crl",
    "certificate": "tls_certificate",
    "key": "tls_privatekey",
    "name": "tls_sni",
    "priorities": "tls_require_ciphers",
    "protocols": "tls_alpn",
}
SHOWN = {"tls_sni": "tls_out_sni"}
"""What Exim calls an option when it has no value."""


class _NoValue(Exception):
    """An option that cannot be expanded."""


async def secrecy_for(asked: Asked, host: Host) -> Secrecy:
    """What the transport asks of a ciphered conversation with ``host``. Raises `Hindered`."""
    told: dict[str, str] = {}
    unsaid = ""
    for field, option in STRINGS.items():
        try:
            told[field] = await _value(asked, option)
        except _NoValue as problem:
            unsaid = unsaid or str(problem)
    return Secrecy(
        verify=await _verify(asked, host),
        verify_name=await asked.for_host("tls_verify_cert_hostnames", host),
        shortest_prime=asked["tls_dh_min_bits"],
        resume=await asked.for_host("tls_resumption_hosts", host),
        status=await asked.for_host("hosts_require_ocsp", host),
        agreed=await asked.for_host("hosts_require_alpn", host),
        unsaid=unsaid,
        protocols=tuple(split(told.pop("protocols", ""))),
        **told,
    )


async def _value(asked: Asked, option: str) -> str:
    """What an option comes to; "" where it is not set, or forces a failure. Raises `_NoValue`."""
    given = asked[option]
    if given is None:
        return ""
    if "$" not in given and "\\" not in given:
        return words(given)
    try:
        return words((await expand(given, asked.context)).text)
    except ExpansionFailed as failed:
        if failed.forced:
            return ""
        problem = failed.message
    except NotNow as later:
        problem = later.message
    raise _NoValue(f"expansion of {SHOWN.get(option, option)} failed: {problem}")


async def _verify(asked: Asked, host: Host) -> Verify:
    if await asked.for_host("tls_verify_hosts", host):
        return "must"
    silent = not (asked["tls_verify_hosts"] or asked["tls_try_verify_hosts"])
    tried = silent or await asked.for_host("tls_try_verify_hosts", host)
    return "try" if tried else "no"
