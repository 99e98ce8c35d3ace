"""Ciphers: what GnuTLS calls the parts of a suite, and what OpenSSL calls the whole.

    ECDHE-RSA   AES-256-GCM   AEAD      ECDHE-RSA-AES256-GCM-SHA384
    └── key ──┘ └─ cipher ──┘ └ integrity ┘

`priorities` reads strings of such words.

Law: GnuTLS manual, "Priority strings"; RFC 5246 §A.5 and its successors for the suites.

Try: ``list(suites(["ECDHE-RSA"], ["AES-256-GCM"], ["AEAD"]))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

VERSIONS = ("TLS1.3", "TLS1.2", "TLS1.1", "TLS1.0")
AES = {f"AES-{bits}-{way}": f"AES{bits}" for bits in (128, 256) for way in ("GCM", "CCM", "CBC")}
CHACHA = "CHACHA20-POLY1305"
KEYS = {"ECDHE-ECDSA": "ECDHE-ECDSA-", "ECDHE-RSA": "ECDHE-RSA-", "DHE-RSA": "DHE-RSA-", "RSA": ""}
"""Key exchanges, and how OpenSSL's names for their suites begin."""
HASH = {"128": "SHA256", "256": "SHA384"}

_OTHERS = """
3DES-CBC ARCFOUR-128 AES-192-CBC AES-128-CCM-8 AES-256-CCM-8 CAMELLIA-128-CBC CAMELLIA-192-CBC
CAMELLIA-256-CBC CAMELLIA-128-GCM CAMELLIA-256-GCM NULL MD5 UMAC-96 UMAC-128 DHE-DSS DHE-PSK
ECDHE-PSK RSA-PSK PSK ANON-DH ANON-ECDH SRP SRP-RSA SRP-DSS COMP-NULL CTYPE-X509 CTYPE-X.509
CTYPE-RAWPK CTYPE-OPENPGP CTYPE-ALL COMP-ALL COMP-DEFLATE CTYPE-CLI-ALL CTYPE-SRV-ALL
VERS-SSL3.0 VERS-DTLS-ALL VERS-DTLS1.0 VERS-DTLS1.2
"""
OTHERS = frozenset(_OTHERS.split())
"""Words that GnuTLS knows, and that make no suite here."""
BY_ITSELF = re.compile(
    r"(SIGN|CURVE|GROUP)-ALL|SIGN-(RSA|RSA-PSS|RSA-PSS-RSAE|DSA|ECDSA)-SHA(1|224|256|384|512)"
    r"|SIGN-ECDSA-SECP(256R1-SHA256|384R1-SHA384|521R1-SHA512)|SIGN-EDDSA-ED(25519|448)"
    r"|(CURVE|GROUP)-(SECP(192|224|256|384|521)R1|X25519|X448)"
    r"|GROUP-(FFDHE(2048|3072|4096|6144|8192)|DH-ALL|EC-ALL)"
)
"""Words about signatures and groups: OpenSSL chooses these by itself."""
_FLAGS = """
COMPAT DISABLE_SAFE_RENEGOTIATION DISABLE_TLS13_COMPAT_MODE DISABLE_WILDCARDS DUMBFW
FALLBACK_SCSV FORCE_ETM FORCE_SESSION_HASH GOST_CTYPE_RSA KEYUSAGE_ALLOWED LATEST_RECORD_VERSION
NEW_PADDING NO_CERT_TYPE_CHECK NO_ETM NO_EXTENSIONS NO_SESSION_HASH NO_SHUFFLE_EXTENSIONS
NO_STATUS_REQUEST NO_TICKETS NO_TICKETS_TLS12 PARTIAL_RENEGOTIATION PROFILE_FUTURE PROFILE_HIGH
PROFILE_LEGACY PROFILE_LOW PROFILE_MEDIUM PROFILE_SUITEB128 PROFILE_SUITEB192 PROFILE_ULTRA
PROFILE_VERY_WEAK SAFE_RENEGOTIATION SERVER_PRECEDENCE SSL3_RECORD_VERSION STATELESS_COMPRESSION
UNSAFE_RENEGOTIATION VERIFY_ALLOW_BROKEN VERIFY_ALLOW_SIGN_RSA_MD5 VERIFY_ALLOW_SIGN_WITH_SHA1
VERIFY_ALLOW_X509_V1_CA_CRT VERIFY_DISABLE_CRL_CHECKS
"""
FLAGS = frozenset(_FLAGS.split())
"""Flags: understood, and without effect."""

ORDINARY = [
    "AES-256-GCM", CHACHA, "AES-256-CCM", "AES-256-CBC", "AES-128-GCM", "AES-128-CCM", "AES-128-CBC"
]  # fmt: skip
STRONG = ["AES-256-GCM", CHACHA, "AES-256-CCM"]
QUICK = [
    "AES-128-GCM", "AES-256-GCM", CHACHA, "AES-128-CCM", "AES-256-CCM", "AES-128-CBC", "AES-256-CBC"
]  # fmt: skip
CAREFUL = [
    "AES-256-GCM", CHACHA, "AES-256-CBC", "AES-256-CCM", "AES-128-GCM", "AES-128-CBC", "AES-128-CCM"
]  # fmt: skip
EXCHANGES = ["ECDHE-ECDSA", "ECDHE-RSA", "RSA", "DHE-RSA"]
MACS = ["SHA1", "SHA256", "SHA384", "AEAD"]

KEYWORDS = {
    "NONE": ([], [], []),
    "NORMAL": (ORDINARY, EXCHANGES, ["SHA1", "AEAD"]),
    "LEGACY": (ORDINARY, EXCHANGES, ["SHA1", "AEAD"]),
    "PERFORMANCE": (QUICK, ["RSA", "ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA"], ["SHA1", "AEAD"]),
    "PFS": (ORDINARY, ["ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA"], ["SHA1", "AEAD"]),
    "SECURE": (CAREFUL, EXCHANGES, ["SHA1", "AEAD"]),
    "SECURE128": (CAREFUL, EXCHANGES, ["SHA1", "AEAD"]),
    "SECURE192": (STRONG, EXCHANGES, ["AEAD"]),
    "SECURE256": (STRONG, EXCHANGES, ["AEAD"]),
    "SUITEB128": (["AES-256-GCM", "AES-128-GCM"], ["ECDHE-ECDSA"], ["AEAD"]),
    "SUITEB192": (["AES-256-GCM"], ["ECDHE-ECDSA"], ["AEAD"]),
}
"""What a string may begin with: ciphers, key exchanges, integrity, the best first."""


def suites(keys: Sequence[str], ciphers: Sequence[str], macs: Sequence[str]) -> Iterable[str]:
    """For each key exchange the suites that have a name."""
    for key in keys:
        for cipher in ciphers:
            yield from _names(key, cipher, macs)


def _names(key: str, cipher: str, macs: Sequence[str]) -> Iterable[str]:
    start = KEYS[key]
    if cipher == CHACHA:
        if "AEAD" in macs and key != "RSA":
            yield start + CHACHA
        return
    _, bits, way = cipher.split("-")
    if way == "CBC":
        yield from (f"{start}{AES[cipher]}-{mac}" for mac in _old(key, bits, macs))
    elif "AEAD" in macs and not (way == "CCM" and key == "ECDHE-RSA"):
        yield f"{start}{AES[cipher]}-{'CCM' if way == 'CCM' else 'GCM-' + HASH[bits]}"


def _old(key: str, bits: str, macs: Sequence[str]) -> Iterable[str]:
    """CBC has its integrity beside it."""
    for mac in macs:
        if mac == "SHA1":
            yield "SHA"
        elif (mac == "SHA256" and (bits == "128" or not key.startswith("ECDHE"))) or (
            mac == "SHA384" and bits == "256" and key.startswith("ECDHE")
        ):
            yield mac


def cipher_of(suite: str) -> str:
    """The cipher of a suite of TLS 1.3, as GnuTLS calls it.

    >>> cipher_of("TLS_AES_256_GCM_SHA384"), cipher_of("TLS_CHACHA20_POLY1305_SHA256")
    ('AES-256-GCM', 'CHACHA20-POLY1305')
    """
    return suite.removeprefix("TLS_").rpartition("_")[0].replace("_", "-")
