"""TLS as a peer has it: which ciphers and versions it can, which certificate it shows, whether it
asks who the client is; and the files that a client's configuration names.

Everything hangs on the authority of the tests (`authority`), so that both mail systems are judged
by the same word. ``DIR`` holds after `furnish`::

    ca.pem            the authority                  client.pem   a certificate and its key
    stranger.pem      another one                    client.crt   the certificate alone
    crl.pem           "the certificate of revoked"   client.key   its key alone
    empty.pem, junk.pem                              other.key    a key that is not its own
"""

from __future__ import annotations

import ssl
import tempfile
import warnings
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import trustme

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

WEAK_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
"""1,024 bits: the second Oakley group (RFC 2409 §6.2)."""


@dataclass(frozen=True)
class Secrecy:
    """How a peer does TLS."""

    ciphers: str = ""
    """OpenSSL's words for TLS 1.2; "" as it comes."""
    lowest: str = "1.2"
    highest: str = "1.3"
    weak_prime: bool = False
    """Whether its Diffie-Hellman prime is `WEAK_PRIME`."""
    shows: str = "good"
    """Its certificate: ``good``, ``rsa`` (for old ciphers), ``revoked``, ``late``, ``other`` (for
    another name), ``stranger`` (signed by somebody else), ``between`` (signed by somebody for whom
    the authority vouches)."""
    asks: bool = False
    """Whether it asks the client for a certificate, and takes none but the authority's."""
    noted: bool = False
    """Whether it writes down what came of it."""
    alpn: str = ""


@cache
def authority() -> Any:
    return trustme.CA(organization_name="labmail", organization_unit_name="the lab's own CA")


@cache
def stranger() -> Any:
    return trustme.CA(organization_name="stranger")


@cache
def leaf(shows: str, name: str) -> Any:
    if shows == "stranger":
        return stranger().issue_cert(name)
    if shows == "other":
        return authority().issue_cert("elsewhere.test")
    if shows == "late":
        return authority().issue_cert(name, not_after=datetime(2025, 6, 1))
    if shows == "between":
        return authority().create_child_ca().issue_cert(name)
    if shows == "rsa":
        return authority().issue_cert(name, key_type=trustme.KeyType.RSA)
    return authority().issue_cert(name)


@cache
def server(how: Secrecy, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1 is what some cases are about
        context.minimum_version = ssl.TLSVersion["TLSv" + how.lowest.replace(".", "_")]
        context.maximum_version = ssl.TLSVersion["TLSv" + how.highest.replace(".", "_")]
    leaf(how.shows, name).configure_cert(context)
    if how.ciphers:
        context.set_ciphers(how.ciphers)
    if how.weak_prime:
        _weaken(context)
    if how.asks:
        authority().configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    if how.alpn:
        context.set_alpn_protocols([how.alpn])
    context.sni_callback = _note
    return context


def _note(conversation: Any, name: str | None, context: ssl.SSLContext) -> None:
    conversation.asked_for = name


def _weaken(context: ssl.SSLContext) -> None:
    """PKCS #3: a sequence of the prime and its generator, in DER."""
    prime = WEAK_PRIME.to_bytes(WEAK_PRIME.bit_length() // 8 + 1, "big")
    inner = b"\x02\x81" + bytes([len(prime)]) + prime + b"\x02\x01\x02"
    der = b64encode(b"\x30\x81" + bytes([len(inner)]) + inner)
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"-----BEGIN DH PARAMETERS-----\n" + der + b"\n-----END DH PARAMETERS-----\n")
        file.flush()
        context.load_dh_params(file.name)


def note(conversation: Any) -> str:
    """What came of a handshake, as the server saw it."""
    shown = conversation.getpeercert(binary_form=True)
    words = [conversation.version()]
    if conversation.version() == "TLSv1.2":
        words.append(conversation.cipher()[0])
    if name := getattr(conversation, "asked_for", None):
        words.append(f"for {name}")
    if shown is not None:
        words.append("from " + _common_name(shown))
    if conversation.selected_alpn_protocol():
        words.append("in " + conversation.selected_alpn_protocol())
    if conversation.session_reused:
        words.append("once more")
    return f"({', '.join(words)})"


def _common_name(der: bytes) -> str:
    from cryptography.x509 import DNSName, SubjectAlternativeName, load_der_x509_certificate

    names = load_der_x509_certificate(der).extensions.get_extension_for_class(
        SubjectAlternativeName
    )
    return names.value.get_values_for_type(DNSName)[0]


# ── the client's files ───────────────────────────────────────────────────────────────────────────


def furnish(write: Callable[[str, bytes], None]) -> None:
    """Writes the files, by name."""
    client, other = leaf("good", "mx1.lab.test"), leaf("good", "other.test")
    chain = b"".join(each.bytes() for each in client.cert_chain_pems)
    key = client.private_key_pem.bytes()
    write("ca.pem", authority().cert_pem.bytes())
    write("stranger.pem", stranger().cert_pem.bytes())
    write("client.pem", chain + key)
    write("client.crt", chain)
    write("client.key", key)
    write("other.key", other.private_key_pem.bytes())
    write("crl.pem", _crl())
    write("empty.pem", b"")
    write("junk.pem", b"no certificate\n")


@cache
def _crl() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

    issuer = _read(authority().cert_pem.bytes())
    gone = _read(leaf("revoked", "one.test").cert_chain_pems[0].bytes())
    now = datetime(2024, 1, 1, tzinfo=UTC)
    taken_back = (
        x509.RevokedCertificateBuilder()
        .serial_number(gone.serial_number)
        .revocation_date(now)
        .build()
    )
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(datetime(2034, 1, 1, tzinfo=UTC))
        .add_revoked_certificate(taken_back)
        .sign(load_pem_private_key(authority().private_key_pem.bytes(), None), SHA256())  # type: ignore[arg-type]
    )
    return made.public_bytes(Encoding.PEM)


def _read(pem: bytes) -> Certificate:
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(pem)
