"""In secret, if it can be had: STARTTLS with the next host, and what follows where it fails.

    hosts_avoid_tls      never with these
    (others)             if the host offers it; the certificate is looked at, and whatever it says,
                         the letter goes. If TLS breaks, once more in the clear, unless
                         tls_tempfail_tryclear says no
    hosts_require_tls    or not at all
    tls_verify_hosts     with these only if the certificate is good

So ordinary mail between hosts is safe from those who listen, and not from those who interfere:
whoever can change what is said can take the word STARTTLS away (RFC 3207 §6).

Law: Exim specification, §30.4 and §43.8; RFC 3207, RFC 7435 (opportunistic security).
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from labmail.message.outcome import Deferred
from labmail.smtp import Client, NoSession

if TYPE_CHECKING:
    from ..hosts import Host
    from .calling import Call

FAILED, REQUIRED = -37, -38
"""Exim's numbers: TLS could not be had; it is required."""


async def secured(
    connect: Callable[[], Awaitable[Client]],
    call: Call,
    host: Host,
    trusted: ssl.SSLContext | None,
    log: Callable[[str], None],
) -> Client:
    """A conversation with ``host``, ciphered as the call wants it. ``trusted``: whom we believe;
    None where this host knows no TLS. Raises `NoSession`."""
    client = await connect()
    if call.tls == "never" or not call.esmtp:
        return client
    if trusted is None or "STARTTLS" not in client.extensions:
        if call.tls == "offered":
            return client
        await client.quit()
        raise _required(host, "the server did not offer TLS support")
    try:
        await client.starttls(trusted if call.verify else careless(), host.name)
        return client
    except NoSession as none:
        if call.tls == "required":
            raise _required(host, "an attempt to start TLS failed") from None
        why = none.outcome.why
        log(f"H={host.name} [{host.address}] TLS error on connection: {why}")
        if not call.in_clear_after_failure:
            raise NoSession(Deferred(why, FAILED, host.name, host.address, "4.7.5")) from None
    where = f"{host.name} [{host.address}] (not in hosts_require_tls)"
    log(f"TLS session failure: delivering unencrypted to {where}")
    return await connect()


def _required(host: Host, problem: str) -> NoSession:
    why = f"a TLS session is required, but {problem}"
    return NoSession(Deferred(why, REQUIRED, host.name, host.address, "4.7.4"))


@lru_cache(1)
def careless() -> ssl.SSLContext:
    """Ciphers with whoever is there, and asks for no proof of who it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
