"""In secret, if it can be had: STARTTLS with the next host, and what follows where it fails.

    hosts_avoid_tls         never with these
    (others)                if the host offers it. Where it says no to STARTTLS, on in the clear;
                            where the handshake breaks, once more from the beginning, in the clear,
                            unless tls_tempfail_tryclear says no
    hosts_require_tls       or not at all
    tls_verify_hosts        the certificate must be good, or it is a broken handshake
    tls_try_verify_hosts    it is looked at, and whatever it says, the letter goes (CV= in the log)
    hosts_require_ocsp      it must be proved that it was not taken back. Python's ssl cannot ask
                            for that proof, so the handshake counts as broken

So ordinary mail between hosts is safe from those who listen, and not from those who interfere:
whoever can change what is said can take the word STARTTLS away (RFC 3207 §6).

Law: Exim specification, §30.4 and §43.8; RFC 3207, RFC 7435 (opportunistic security).
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labmail.message.outcome import Deferred
from labmail.smtp import Client, NoSession, Reply
from labmail.smtp.results import refusal
from labmail.smtp.wire import Unwelcome

from .contexts import CannotCipher, Resuming, Start, begin
from .examining import Broken, examined

if TYPE_CHECKING:
    from labmail.world import HostFiles

    from ..hosts import Host
    from .calling import Call, Secrecy

FAILED, REQUIRED = -37, -38
"""Exim's numbers: TLS could not be had; it is required."""
LIBRARY = {
    "DH_KEY_TOO_SMALL": "The Diffie-Hellman prime sent by the server is not acceptable (not long "
    "enough).",
    "WRONG_VERSION_NUMBER": "An unexpected TLS packet was received.",
    "UNSUPPORTED_PROTOCOL": "A packet with illegal or unsupported version was received.",
}
"""What OpenSSL calls a trouble, and what the log says of it: the words of Exim's library."""
CUT_OFF = "The TLS connection was non-properly terminated."
ALERT = "A TLS fatal alert has been received."

Connect = Callable[[ssl.SSLContext | None], Awaitable[Client]]
"""Calls the host; with a context the connection is ciphered from its beginning."""


@dataclass(frozen=True, slots=True)
class Trust:
    """With whose word a conversation begins."""

    system: ssl.SSLContext | None
    """Whom this host believes; None where it knows no TLS."""
    files: HostFiles
    """Where certificates and lists lie."""
    now: float
    """POSIX seconds."""


async def secured(
    connect: Connect, call: Call, host: Host, trust: Trust, log: Callable[[str], None]
) -> Client:
    """A conversation with ``host``, ciphered as the call wants it. Raises `NoSession`."""
    if call.tls == "at once":
        return await _at_once(connect, call, host, trust, log)
    client = await connect(None)
    if call.tls == "never" or not call.esmtp:
        return client
    if trust.system is None or "STARTTLS" not in client.extensions:
        if call.tls == "offered":
            return client
        await client.quit()
        raise _required(host, "the server did not offer TLS support")
    refused = await client.may_start_tls()
    if refused is not None:
        return await _declined(client, refused, call, host)
    try:
        return await _ciphered(client, call.secrecy, host, trust, trust.system, log)
    except Broken as broken:
        client.close()
        return await _without(broken.problem, connect, call, host, log)


async def _at_once(
    connect: Connect, call: Call, host: Host, trust: Trust, log: Callable[[str], None]
) -> Client:
    """Ciphered from the first octet on, or not at all (RFC 8314 §3.3)."""
    try:
        if trust.system is None:
            raise Broken("(handshake): this host knows no TLS")
        start = _start(call.secrecy, host, trust, trust.system, log)
        try:
            client = await connect(start.context)
        except NoSession as none:
            if none.tls is None:
                raise
            raise Broken(problem_of(none.tls)) from None
        return examined(client, call.secrecy, host, start, trust.now)
    except Broken as broken:
        raise NoSession(_failed(host, broken.problem)) from None


async def _ciphered(
    client: Client,
    secrecy: Secrecy,
    host: Host,
    trust: Trust,
    system: ssl.SSLContext,
    log: Callable[[str], None],
) -> Client:
    """The handshake, what is to be said of the result, and EHLO. Raises `Broken`, `NoSession`."""
    start = _start(secrecy, host, trust, system, log)
    try:
        await client.handshake(start.context, secrecy.name)
        examined(client, secrecy, host, start, trust.now)
        await client.hello()
    except NoSession as none:
        if none.tls is None:
            raise
        if isinstance(none.tls, Unwelcome):
            log(f"H={host.name} [{host.address}] TLS error on connection (recv): {CUT_OFF}")
            raise Broken("error on first read") from None
        raise Broken(problem_of(none.tls)) from None
    if isinstance(start.context, Resuming):
        start.context.session = client.conversation.session
    return client


def _start(
    secrecy: Secrecy, host: Host, trust: Trust, system: ssl.SSLContext, log: Callable[[str], None]
) -> Start:
    try:
        return begin(secrecy, system, trust.files, host.address)
    except CannotCipher as cannot:
        if cannot.line:
            log(cannot.line)
        raise Broken(cannot.problem) from None


# ── where it cannot be had ───────────────────────────────────────────────────────────────────────


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
    problem: str, connect: Connect, call: Call, host: Host, log: Callable[[str], None]
) -> Client:
    """The handshake has failed: once more, in the clear, if that will do."""
    if call.tls == "required" or not call.in_clear_after_failure:
        raise NoSession(_failed(host, problem)) from None
    where = f"H={host.name} [{host.address}] (not in hosts_require_tls)"
    log(f"TLS session: {problem}: delivering unencrypted to {where}")
    return await connect(None)


def problem_of(error: Exception | None) -> str:
    """What went wrong in a handshake, as the log has it.

    >>> problem_of(ConnectionResetError("gone"))
    '(gnutls_handshake): The TLS connection was non-properly terminated.'
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return "(certificate verification failed): certificate invalid"
    reason = getattr(error, "reason", None) or ""
    if reason in LIBRARY:
        return f"(gnutls_handshake): {LIBRARY[reason]}"
    if "ALERT" in reason:
        return f"(gnutls_handshake): {ALERT}"
    if isinstance(error, ConnectionError):
        return f"(gnutls_handshake): {CUT_OFF}"
    said = error.args[1] if error is not None and len(error.args) > 1 else str(error)
    return f"(handshake): {said}"


def _failed(host: Host, problem: str) -> Deferred:
    why = f"TLS session: {problem}"
    return Deferred(why, FAILED, host.name, host.address, "4.7.5", spoken=True)


def _required(host: Host, problem: str) -> NoSession:
    why = f"a TLS session is required, but {problem}"
    return NoSession(Deferred(why, REQUIRED, host.name, host.address, "4.7.4", spoken=True))
