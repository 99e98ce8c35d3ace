"""Examining: a ciphered conversation has come about. Is it what the transport wants, and with whom?

    what was agreed on      one of the ciphers of tls_require_ciphers, a protocol of tls_alpn
    the certificate         must be good (tls_verify_hosts): not taken back, for the host's name
    its status              hosts_require_ocsp wants a proof that Python's ssl cannot ask for

Where nothing of that must be, it is noted whether the host has proved who it is (`proof`).

Law: Exim specification, §30.4 and §43.8; RFC 6125, RFC 6066 §8 (status), RFC 7301 (ALPN).
"""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from labmail.smtp import Client

from .contexts import Start
from .proof import is_for, is_proof, subject_of

if TYPE_CHECKING:
    from ..hosts import Host
    from .calling import Secrecy


class Broken(Exception):
    """A ciphered conversation did not come about; ``problem`` is what the log calls it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def examined(client: Client, secrecy: Secrecy, host: Host, start: Start, now: float) -> Client:
    """Notes whether the host has proved who it is. Raises `Broken` where that will not do."""
    secured = client.conversation
    shown = secured.getpeercert(binary_form=True) or b""
    if problem := objection(secured, shown, secrecy, host, start):
        raise Broken(problem)
    good = secrecy.verify == "must"
    if secrecy.verify == "try":
        name = host.name if secrecy.verify_name else ""
        withdrawn = start.withdrawn is not None and start.withdrawn.holds(shown)
        good = not withdrawn and is_proof(shown, start.trusted, name, now)
    client.signs = replace(
        client.signs,
        verified="yes" if good else "no",
        peer_dn=subject_of(shown) if shown else "",
        sni=secrecy.name,
        resumed=bool(secured.session_reused),
    )
    return client


def objection(
    secured: ssl.SSLObject, shown: bytes, secrecy: Secrecy, host: Host, start: Start
) -> str:
    """What is wrong with what was agreed on, and with the certificate ``shown``; "" if nothing."""
    version = str(secured.version()).replace("TLSv1.", "TLS1.").replace("TLSv1", "TLS1.0")
    suite = (secured.cipher() or ("", "", 0))[0]
    if not start.priorities.allows(version, suite):
        return f"(handshake): {suite} is not one of tls_require_ciphers"
    if secrecy.verify == "must":
        if start.withdrawn is not None and start.withdrawn.holds(shown):
            return "(certificate verification failed): certificate revoked"
        if secrecy.verify_name and not is_for(shown, host.name):
            return "(certificate verification failed)"
    if secrecy.status:
        return "(certificate status check failed)"
    if secrecy.agreed and secrecy.protocols and not secured.selected_alpn_protocol():
        return "(handshake): ALPN required but not negotiated"
    return ""
