"""In secret, if it can be had: STARTTLS with the next host, and what follows where it fails.

    hosts_avoid_tls         never with these
    (others)                if the host offers it. Where it says no to STARTTLS, on in the clear;
                            where the handshake breaks, once more from the beginning, in the clear,
                            unless tls_tempfail_tryclear says no
    hosts_require_tls       or not at all
    tls_verify_hosts        the certificate must be good, or it is a broken handshake
    tls_try_verify_hosts    it is looked at, and whatever it says, the letter goes (CV= in the log)

So ordinary mail between hosts is safe from those who listen, and not from those who interfere:
whoever can change what is said can take the word STARTTLS away (RFC 3207 §6).

Law: Exim specification, §30.4 and §43.8; RFC 3207, RFC 7435 (opportunistic security).
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labmail.message.outcome import Deferred
from labmail.smtp import Client, NoSession, Reply
from labmail.smtp.results import refusal

from .proof import is_proof, subject_of

if TYPE_CHECKING:
    from ..hosts import Host
    from .calling import Call

FAILED, REQUIRED = -37, -38
"""Exim's numbers: TLS could not be had; it is required."""
NAME_DIFFERS = (62, 63, 64)
"""OpenSSL's numbers for a good certificate that is somebody else's."""

Connect = Callable[[ssl.SSLContext | None], Awaitable[Client]]
"""Calls the host; with a context the connection is ciphered from its beginning."""


@dataclass(frozen=True, slots=True)
class Trust:
    """With whose word a conversation begins."""

    trusted: ssl.SSLContext | None
    """Whom we believe; None where this host knows no TLS."""
    context: ssl.SSLContext
    """What the handshake asks for."""
    now: float
    """POSIX seconds."""


async def secured(
    connect: Connect, call: Call, host: Host, trust: Trust, log: Callable[[str], None]
) -> Client:
    """A conversation with ``host``, ciphered as the call wants it. Raises `NoSession`."""
    if call.tls == "at once":
        client = await connect(trust.context)
        return examined(client, call, host, trust.trusted, trust.now)
    client = await connect(None)
    if call.tls == "never" or not call.esmtp:
        return client
    if trust.trusted is None or "STARTTLS" not in client.extensions:
        if call.tls == "offered":
            return client
        await client.quit()
        raise _required(host, "the server did not offer TLS support")
    try:
        refused = await client.starttls(trust.context, call.sni or host.name, or_not=True)
    except NoSession as none:
        if none.tls is None:
            raise
        return await _without(none, connect, call, host, log)
    if refused is None:
        return examined(client, call, host, trust.trusted, trust.now)
    return await _declined(client, refused, call, host)


async def _declined(client: Client, refused: Reply, call: Call, host: Host) -> Client:
    """It offered STARTTLS and says no to it: on in the clear, if that will do."""
    if call.tls == "required":
        await client.quit()
        raise _required(host, "an attempt to start TLS failed")
    if refused.temporary and not call.in_clear_after_failure:
        await client.quit()
        raise NoSession(refusal(refused, "STARTTLS", host.name, host.address))
    return client


async def _without(
    none: NoSession, connect: Connect, call: Call, host: Host, log: Callable[[str], None]
) -> Client:
    """The handshake has failed: once more, in the clear, if that will do."""
    if call.tls == "required":
        raise _required(host, "an attempt to start TLS failed") from None
    problem = problem_of(none.tls)
    if not call.in_clear_after_failure:
        why = f"TLS session: {problem}"
        outcome = Deferred(why, FAILED, host.name, host.address, "4.7.5", spoken=True)
        raise NoSession(outcome) from None
    where = f"H={host.name} [{host.address}] (not in hosts_require_tls)"
    log(f"TLS session: {problem}: delivering unencrypted to {where}")
    return await connect(None)


def problem_of(error: Exception | None) -> str:
    """What went wrong in a handshake, as the log has it.

    >>> problem_of(ssl.SSLError(1, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] …"))
    '(handshake): [SSL: TLSV1_ALERT_PROTOCOL_VERSION] …'
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        differs = error.verify_code in NAME_DIFFERS
        return "(certificate verification failed)" + ("" if differs else ": certificate invalid")
    said = error.args[1] if error is not None and len(error.args) > 1 else str(error)
    return f"(handshake): {said}"


def _required(host: Host, problem: str) -> NoSession:
    why = f"a TLS session is required, but {problem}"
    return NoSession(Deferred(why, REQUIRED, host.name, host.address, "4.7.4", spoken=True))


def examined(
    client: Client, call: Call, host: Host, trusted: ssl.SSLContext | None, now: float
) -> Client:
    """Notes whether the host has proved who it is."""
    shown = client.certificate
    good = call.verify == "must"
    if not good and call.verify == "try" and trusted is not None and shown is not None:
        good = is_proof(shown, trusted, host.name if call.verify_name else "", now)
    client.signs = replace(
        client.signs,
        verified="yes" if good else "no",
        peer_dn=subject_of(shown) if shown is not None else "",
        sni=call.sni,
    )
    return client
