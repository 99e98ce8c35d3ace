"""Contexts: with whose word, and with which certificate of our own, a TLS conversation begins.

    tls_verify_certificates = system          those whom this host believes anyway
    tls_verify_certificates = /etc/ssl/ca.pem the authorities in a file of this host
    tls_certificate, tls_privatekey           what we show, if the other asks who we are

Python's `ssl` wants all that in a context, which costs some milliseconds to make: the same call
gets the same one.

Law: Exim specification, §30.4 and §43.8; RFC 8446 §4.4.2.

Try: ``careless()``.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

from labmail.message.outcome import Deferred
from labmail.smtp import NoSession

from .calling import SYSTEM

if TYPE_CHECKING:
    from labmail.world import HostFiles

    from .calling import Call

FAILED = -37
"""Exim's number: TLS could not be had."""


def trusted_by(
    call: Call, system: ssl.SSLContext | None, files: HostFiles
) -> ssl.SSLContext | None:
    """Whom we believe in this call; None where this host knows no TLS. ``system``: whom the host
    believes. Blocks; raises `NoSession` where a file cannot be read."""
    if system is None or call.authorities == SYSTEM:
        return system
    if not call.authorities:
        return careless()
    try:
        return believing(files.read_text(call.authorities))
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        why = f"TLS session: (cert/key setup: file={call.authorities}): {said}"
        raise NoSession(Deferred(why, FAILED, code="4.7.5", spoken=True)) from None


def chosen(call: Call, trusted: ssl.SSLContext | None, files: HostFiles) -> ssl.SSLContext:
    """The context of a conversation: where the certificate must be good, one that asks for it."""
    if call.verify != "must" or trusted is None:
        context = careless()
    else:
        context = trusted if call.verify_name else nameless(trusted)
    if not call.certificate:
        return context
    shown = str(files.real(call.certificate))
    return showing(context, shown, str(files.real(call.key)) if call.key else shown)


@lru_cache(1)
def careless() -> ssl.SSLContext:
    """Ciphers with whoever is there, and asks for no proof of who it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@lru_cache(16)
def believing(authorities: str) -> ssl.SSLContext:
    """Believes those in ``authorities`` (PEM). Raises ValueError where there is none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authorities)
    return context


@lru_cache(16)
def nameless(trusted: ssl.SSLContext) -> ssl.SSLContext:
    """Asks for a good certificate, whatever name it is for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    for authority in trusted.get_ca_certs(binary_form=True):
        context.load_verify_locations(cadata=authority)
    return context


def showing(context: ssl.SSLContext, certificate: str, key: str) -> ssl.SSLContext:
    """The same, and shows a certificate of our own; ``certificate`` and ``key`` are real paths.
    Raises OSError, of which ssl.SSLError is one."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    own.check_hostname, own.verify_mode = context.check_hostname, context.verify_mode
    for authority in context.get_ca_certs(binary_form=True):
        own.load_verify_locations(cadata=authority)
    own.load_cert_chain(certificate, key)
    return own
