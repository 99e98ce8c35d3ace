"""Contexts: with whose word, and with which certificate of our own, a TLS conversation begins.

    tls_verify_certificates = system          those whom this host believes anyway
    tls_verify_certificates = /etc/ssl/ca.pem the authorities in a file of this host, or a folder
    tls_crl = /etc/ssl/crl.pem                certificates that they have taken back
    tls_certificate, tls_privatekey           what we show, if the other asks who we are
    tls_require_ciphers, tls_dh_min_bits      what is good enough (`priorities`)

Python's `ssl` wants all that in a context, which costs some milliseconds to make: what says the
same gets the same one. A file that cannot be used is found out here, when a conversation is about
to be ciphered (`CannotCipher`), as in Exim.

OpenSSL has no option for the shortest prime. It has levels: the first wants 1,024 bits, the second
2,048; where more is wanted, no exchange with such a prime is offered, and elliptic curves do.

Law: Exim specification, §30.4, §43.5, §43.8; RFC 8446 §4.4.2; OpenSSL, SSL_CTX_set_security_level.

Try: ``begin(Secrecy(), LabCA().client_context(), files)``.
"""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .calling import SYSTEM
from .priorities import Priorities, Unknown, read
from .proof import Withdrawn

if TYPE_CHECKING:
    from labmail.world import HostFiles

    from .calling import Secrecy

UNREADABLE = "Error while reading file."


class CannotCipher(Exception):
    """TLS cannot begin, for a reason of our own; ``line`` is what the log hears about it first."""

    def __init__(self, problem: str, line: str = "") -> None:
        super().__init__(problem)
        self.problem, self.line = problem, line


@dataclass(frozen=True, slots=True)
class Start:
    """All that a handshake begins with, and its result is judged by."""

    context: ssl.SSLContext
    trusted: ssl.SSLContext
    """Whom we believe."""
    withdrawn: Withdrawn | None
    """Which certificates count no more."""
    priorities: Priorities


class Resuming(ssl.SSLContext):
    """A context for one host, which takes up the session that it had with it last."""

    session: ssl.SSLSession | None = None

    def wrap_bio(self, incoming: Any, outgoing: Any, *args: Any, **more: Any) -> ssl.SSLObject:
        return super().wrap_bio(incoming, outgoing, *args, **more | {"session": self.session})


def begin(secrecy: Secrecy, system: ssl.SSLContext, files: HostFiles, host: str = "") -> Start:
    """What a conversation like this begins with; ``system`` is whom this host believes, ``host``
    names the other where a session may be resumed. Blocks; raises `CannotCipher`."""
    if secrecy.unsaid:
        raise CannotCipher("Internal error", secrecy.unsaid)
    shown = _own(secrecy, files)
    trusted = _trusted(secrecy.authorities, system, files)
    withdrawn = _withdrawn(secrecy.taken_back, files)
    try:
        priorities = read(secrecy.priorities or "NORMAL")
    except Unknown as unknown:
        raise CannotCipher(str(unknown)) from None
    believed = trusted if secrecy.verify == "must" else None
    resumed = (host, system) if secrecy.resume else None
    bits, protocols = secrecy.shortest_prime, secrecy.protocols
    try:
        context = _made(priorities, bits, believed, shown, protocols, resumed)
    except ssl.SSLError as error:
        raise CannotCipher(f"(cert/key setup: {secrecy.own_files}): {_mismatch(error)}") from None
    return Start(context, trusted, withdrawn, priorities)


# ── files ────────────────────────────────────────────────────────────────────────────────────────

Shown = tuple[str, str, int]
"""The real paths of a certificate and its key, and what tells their content from another."""


def _own(secrecy: Secrecy, files: HostFiles) -> Shown | None:
    """What we show of ourselves; None for nothing."""
    if not secrecy.certificate:
        return None
    certificate, key = secrecy.certificate, secrecy.key or secrecy.certificate
    try:
        content = (files.read_bytes(certificate), files.read_bytes(key))
    except OSError:
        raise CannotCipher(f"(cert/key setup: {secrecy.own_files}): {UNREADABLE}") from None
    return str(files.real(certificate)), str(files.real(key)), hash(content)


def _mismatch(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "The certificate and the given key do not match."
    return "The requested data were not available."


def _trusted(authorities: str, system: ssl.SSLContext, files: HostFiles) -> ssl.SSLContext:
    if authorities == SYSTEM:
        return system
    if not authorities:
        return believing("")
    try:
        return believing(_text(authorities, files))
    except OSError as error:
        line = f"could not stat '{authorities}' (tls_verify_certificates): {error.strerror}"
        raise CannotCipher("NULL", line) from None


def _text(path: str, files: HostFiles) -> str:
    """A file, or all files of a folder."""
    try:
        return files.read_text(path)
    except IsADirectoryError:
        return "".join(files.read_text(f"{path}/{name}") for name in sorted(files.listdir(path)))


def _withdrawn(path: str, files: HostFiles) -> Withdrawn | None:
    if not path:
        return None
    problem = UNREADABLE
    try:
        return Withdrawn.read(files.read_bytes(path))
    except OSError:
        pass
    except ValueError:
        problem = "Base64 decoding error."
    raise CannotCipher(f"(gnutls_certificate_set_x509_crl_file): {problem}") from None


# ── what ssl wants ───────────────────────────────────────────────────────────────────────────────


@lru_cache(16)
def believing(authorities: str) -> ssl.SSLContext:
    """Believes those in ``authorities`` (PEM), or nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if "-----BEGIN CERTIFICATE-----" in authorities:
        context.load_verify_locations(cadata=authorities)
    return context


@lru_cache(64)
def _made(
    priorities: Priorities,
    shortest_prime: int,
    believed: ssl.SSLContext | None,
    shown: Shown | None,
    protocols: tuple[str, ...],
    resumed: object,
) -> ssl.SSLContext:
    """A context. Whoever is ``believed`` must have signed the other's certificate; None: nobody
    asks. Its name is not looked at here. Raises ssl.SSLError where what we show is no good."""
    context = (Resuming if resumed else ssl.SSLContext)(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if believed is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        for authority in believed.get_ca_certs(binary_form=True):
            context.load_verify_locations(cadata=authority)
    if shown is not None:
        context.load_cert_chain(shown[0], shown[1])
    if protocols:
        context.set_alpn_protocols(list(protocols))
    _set_versions(context, priorities.offered)
    context.set_ciphers(_ciphers(priorities, shortest_prime))
    return context


def _set_versions(context: ssl.SSLContext, offered: tuple[str, ...]) -> None:
    """From the oldest to the newest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # dead ones are there if asked for
        context.minimum_version = _version(offered[-1])
        context.maximum_version = _version(offered[0])


def _version(name: str) -> ssl.TLSVersion:
    number = name.removeprefix("TLS")
    return ssl.TLSVersion["TLSv1" if number == "1.0" else "TLSv" + number.replace(".", "_")]


def _ciphers(priorities: Priorities, shortest_prime: int) -> str:
    """The suites in OpenSSL's language, with its level."""
    old = priorities.offered[-1] < "TLS1.2"
    level = 0 if old else 1 if shortest_prime <= 1024 else 2
    primes_told_apart = not old and shortest_prime <= 2048
    names = [each for each in priorities.suites if primes_told_apart or not each.startswith("DHE")]
    return ":".join([*(names or ["DEFAULT"]), f"@SECLEVEL={level}"])
