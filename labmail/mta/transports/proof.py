"""Proof: is the other host the one that its certificate names? Looked at, without a word about it.

Where a certificate *must* be good, the handshake fails if nobody whom we believe has signed it.
Mostly a letter goes either way, and the log only notes whether the host has proved who it is
(CV=yes, CV=no). What the certificate says is looked at when the handshake is over::

    signed by one whom we believe        its signature fits an authority's key
    in force                             not before, not after
    not taken back                       it is in no list of those that count no more (tls_crl)
    for that name                        mail.ask.com, or *.ask.com (RFC 6125 §6.4)

Python hands out the host's own certificate only. So a chain with somebody between the authority
and the host is followed where it must be good, by OpenSSL; where it need not be, it is no proof.

Law: RFC 5280 §6, RFC 6125; Exim specification, §30.4 (tls_try_verify_hosts,
tls_verify_cert_hostnames).

Try: ``is_proof(client.certificate, context, "mail.ask.com", clock.time())``.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateRevocationList

BEGIN = b"-----BEGIN X509 CRL-----"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Certificates that an authority has taken back (RFC 5280 §5)."""

    lists: tuple[CertificateRevocationList, ...]

    @classmethod
    def read(cls, pem: bytes) -> Withdrawn:
        """One list, or several one after the other. Raises ValueError where there is none."""
        from cryptography.x509 import load_pem_x509_crl

        _, *parts = pem.split(BEGIN)
        if not parts:
            raise ValueError("there is no list of certificates that were taken back")
        return cls(tuple(load_pem_x509_crl(BEGIN + part) for part in parts))

    def holds(self, shown: bytes) -> bool:
        """Whether a certificate (DER) is one of them."""
        certificate = _read(shown)
        return certificate is not None and any(
            each.issuer == certificate.issuer
            and each.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
            for each in self.lists
        )


def is_proof(shown: bytes, trusted: ssl.SSLContext, name: str, now: float) -> bool:
    """Whether the certificate ``shown`` (DER) proves at ``now`` (POSIX seconds) that its owner is
    ``name``; "" is any."""
    certificate = _read(shown)
    authorities = trusted.get_ca_certs(binary_form=True)
    return (
        certificate is not None
        and in_force(certificate, now)
        and any(_signed(certificate, each, now) for each in authorities)
        and (not name or any(covers(each, name) for each in names(certificate)))
    )


def is_for(shown: bytes, name: str) -> bool:
    """Whether a certificate (DER) is one for ``name``."""
    certificate = _read(shown)
    return certificate is not None and any(covers(each, name) for each in names(certificate))


def _read(der: bytes) -> Certificate | None:
    from cryptography.x509 import load_der_x509_certificate

    try:
        return load_der_x509_certificate(der)
    except ValueError:
        return None


def in_force(certificate: Certificate, now: float) -> bool:
    """Whether it holds at ``now``."""
    today = datetime.fromtimestamp(now, UTC)
    return certificate.not_valid_before_utc <= today <= certificate.not_valid_after_utc


def _signed(certificate: Certificate, authority: bytes, now: float) -> bool:
    from cryptography.exceptions import InvalidSignature

    signer = _read(authority)
    if signer is None or not in_force(signer, now):
        return False
    try:
        certificate.verify_directly_issued_by(signer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def names(certificate: Certificate) -> tuple[str, ...]:
    """The names that it is for, and the addresses."""
    from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName
    from cryptography.x509 import IPAddress as Address

    try:
        found = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return ()
    addresses = (str(each) for each in found.get_values_for_type(Address))
    return (*found.get_values_for_type(DNSName), *addresses)


def covers(pattern: str, name: str) -> bool:
    """Whether a certificate for ``pattern`` is one for ``name``.

    >>> covers("*.ask.com", "mail.ask.com"), covers("*.ask.com", "ask.com"), covers("a.b", "A.b")
    (True, False, True)
    """
    pattern, name = pattern.lower(), name.lower()
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return pattern == name


def subject_of(shown: bytes) -> str:
    """The subject of a certificate (DER), as the log shows it: ``O=Ask,CN=mail.ask.com``."""
    certificate = _read(shown)
    if certificate is None:
        return ""
    return ",".join(part.rfc4514_string() for part in certificate.subject.rdns)
