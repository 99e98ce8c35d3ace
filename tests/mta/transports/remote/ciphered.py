"""What both mail systems are asked about TLS with other hosts: an option each."""

from __future__ import annotations

from typing import Any

from .peers import Script
from .secrecy import Secrecy
from .sides import HERE, Far

OFFERS = ("SIZE 1000000", "STARTTLS")
SELECTORS = "+tls_cipher +tls_certificate_verified +tls_sni +tls_resumption"
MUST = ("tls_verify_certificates = DIR/ca.pem", "tls_verify_hosts = *")
TRY = ("tls_verify_certificates = DIR/ca.pem",)
"""Authorities that count, and a certificate that must be good; one that is looked at."""
ONLY = ("hosts_require_tls = *",)
RSA = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305"
TWICE = ("send ann@far.test", "send ben@far.test")


def to(*options: str, steps: tuple[str, ...] = ("send ann@far.test",), **how: Any) -> Far:
    """A letter for a host that does TLS so, and writes down what came of it."""
    script = Script(offers=OFFERS, secrecy=Secrecy(noted=True, **how))
    return Far(options, peers={HERE: script}, selector=SELECTORS, steps=steps)


def ciphers(priorities: str, **how: Any) -> Far:
    """The same, with tls_require_ciphers."""
    how = {"shows": "rsa"} | how
    return to(f"tls_require_ciphers = {priorities}", *ONLY, **how)


OLD: dict[str, Any] = {"highest": "1.2", "ciphers": RSA}

CIPHERED: dict[str, Far] = {
    # ── tls_require_ciphers ──
    "ciphers, normal": ciphers("NORMAL"),
    "ciphers, normal, old": ciphers("NORMAL", **OLD),
    "ciphers, none": ciphers(""),
    "ciphers, unknown word": ciphers("NORMAL:-VERS-TLS7.0"),
    "ciphers, unknown word, in clear": to("tls_require_ciphers = NORMAL:+NOTHING"),
    "ciphers, unknown first word": ciphers("HIGH:!aNULL"),
    "ciphers, OpenSSL": ciphers("ECDHE-RSA-AES128-GCM-SHA256"),
    "ciphers, not 1.3": ciphers("NORMAL:-VERS-TLS1.3"),
    "ciphers, only 1.3": ciphers("NORMAL:-VERS-ALL:+VERS-TLS1.3"),
    "ciphers, only 1.3, old": ciphers("NORMAL:-VERS-ALL:+VERS-TLS1.3", **OLD),
    "ciphers, only 1.2": ciphers("NORMAL:-VERS-ALL:+VERS-TLS1.2"),
    "ciphers, not AES-128": ciphers("NORMAL:-AES-128-GCM", **OLD),
    "ciphers, not AES": ciphers("NORMAL:-AES-128-GCM:-AES-256-GCM", **OLD),
    "ciphers, secure256": ciphers("SECURE256", **OLD),
    "ciphers, secure128": ciphers("SECURE128", **OLD),
    "ciphers, secure192": ciphers("SECURE192", **OLD),
    "ciphers, performance": ciphers("PERFORMANCE", **OLD),
    "ciphers, pfs": ciphers("PFS", highest="1.2", ciphers="AES256-GCM-SHA384"),
    "ciphers, legacy": ciphers("LEGACY", **OLD),
    "ciphers, none at all": ciphers("NONE", **OLD),
    "ciphers, from none": ciphers(
        "NONE:+VERS-TLS1.2:+AES-256-GCM:+ECDHE-RSA:+AEAD:+SIGN-ALL:+COMP-NULL:+GROUP-ALL", **OLD
    ),
    "ciphers, without RSA": ciphers("NORMAL:-RSA", highest="1.2", ciphers="AES256-GCM-SHA384"),
    "ciphers, with RSA": ciphers("NORMAL", highest="1.2", ciphers="AES256-GCM-SHA384"),
    "ciphers, without ECDHE": ciphers("NORMAL:-ECDHE-RSA", **OLD),
    "ciphers, server precedence": ciphers("NORMAL:%SERVER_PRECEDENCE", **OLD),
    "ciphers, compat": ciphers("NORMAL:%COMPAT:%LATEST_RECORD_VERSION", **OLD),
    "ciphers, unknown flag": ciphers("NORMAL:%NONSENSE", **OLD),
    "ciphers, bad start": ciphers("NOTHING", **OLD),
    "ciphers, small letters": ciphers("normal", **OLD),
    "ciphers, without a sign": ciphers("NORMAL:AES-128-GCM", **OLD),
    "ciphers, both signs": ciphers("NORMAL:!AES-128-GCM", **OLD),
    "ciphers, bad expansion": ciphers("${bogus}"),
    "ciphers, forced to fail": ciphers("${if eq{a}{b}{x}fail}"),
    "ciphers, order": ciphers(
        "NONE:+VERS-TLS1.2:+CHACHA20-POLY1305:+AES-256-GCM:+ECDHE-RSA:+AEAD:+SIGN-ALL:+GROUP-ALL",
        **OLD,
    ),
    # ── tls_dh_min_bits ──
    "prime, weak": to(
        "tls_dh_min_bits = 1024", *ONLY, highest="1.2", shows="rsa", weak_prime=True,
        ciphers="DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
    ),
    "prime, too weak": to(
        "tls_dh_min_bits = 1025", *ONLY, highest="1.2", shows="rsa", weak_prime=True,
        ciphers="DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
    ),
    "prime, too weak, 2048": to(
        "tls_dh_min_bits = 2048", highest="1.2", shows="rsa", weak_prime=True,
        ciphers="DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
    ),
    # ── tls_resumption_hosts ──
    "not resumed": to(*ONLY, steps=TWICE),
    "resumed": to("tls_resumption_hosts = *", *ONLY, steps=TWICE),
    "resumed, 1.2": to("tls_resumption_hosts = *", *ONLY, steps=TWICE, highest="1.2"),
    "resumed, proved": to("tls_resumption_hosts = *", *MUST, *ONLY, steps=TWICE),
    # ── certificates ──
    "proof, between": to(*MUST, shows="between"),
    "proof, between, tried": to(*TRY, shows="between"),
    "proof, stranger": to(*MUST, shows="stranger"),
    "proof, stranger, required": to(*MUST, *ONLY, shows="stranger"),
    "proof, stranger, tried": to(*TRY, shows="stranger"),
    "proof, too late": to(*MUST, *ONLY, shows="late"),
    "proof, too late, tried": to(*TRY, shows="late"),
    "proof, other name": to(*MUST, *ONLY, shows="other"),
    "proof, other name, tried": to(*TRY, shows="other"),
    "proof, other name, does not count": to(*MUST, "tls_verify_cert_hostnames =", shows="other"),
    "proof, other name, not for this": to(
        *MUST, "tls_verify_cert_hostnames = two.test", shows="other"
    ),
    "proof, no file": to("tls_verify_certificates = DIR/nothing", "tls_verify_hosts = *", *ONLY),
    "proof, no file, tried": to("tls_verify_certificates = DIR/nothing"),
    "proof, empty file": to("tls_verify_certificates = DIR/empty.pem", "tls_verify_hosts = *"),
    "proof, junk": to("tls_verify_certificates = DIR/junk.pem", "tls_verify_hosts = *"),
    "proof, nobody": to("tls_verify_certificates =", "tls_verify_hosts = *", *ONLY),
    # ── tls_crl ──
    "taken back": to(*MUST, *ONLY, "tls_crl = DIR/crl.pem", shows="revoked"),
    "taken back, in clear": to(*MUST, "tls_crl = DIR/crl.pem", shows="revoked"),
    "taken back, tried": to(*TRY, "tls_crl = DIR/crl.pem", shows="revoked"),
    "not taken back": to(*MUST, "tls_crl = DIR/crl.pem"),
    "taken back, nobody looks": to(*MUST, shows="revoked"),
    "taken back, no file": to(*MUST, *ONLY, "tls_crl = DIR/nothing"),
    "taken back, junk": to(*MUST, *ONLY, "tls_crl = DIR/junk.pem"),
    "taken back, empty": to(*MUST, *ONLY, "tls_crl = DIR/empty.pem"),
    # ── tls_certificate, tls_privatekey ──
    "own certificate": to("tls_certificate = DIR/client.pem", *ONLY, asks=True),
    "own certificate, two files": to(
        "tls_certificate = DIR/client.crt", "tls_privatekey = DIR/client.key", *ONLY, asks=True
    ),
    "own certificate, not asked for": to("tls_certificate = DIR/client.pem"),
    "own certificate, none": to(*ONLY, asks=True),
    "own certificate, none, old": to(*ONLY, asks=True, highest="1.2"),
    "own certificate, no file": to("tls_certificate = DIR/nothing", *ONLY, asks=True),
    "own certificate, no file, in clear": to("tls_certificate = DIR/nothing"),
    "own certificate, junk": to("tls_certificate = DIR/junk.pem", *ONLY),
    "own certificate, no key": to("tls_certificate = DIR/client.crt", *ONLY),
    "own certificate, other key": to(
        "tls_certificate = DIR/client.crt", "tls_privatekey = DIR/other.key", *ONLY
    ),
    "own certificate, no key file": to(
        "tls_certificate = DIR/client.crt", "tls_privatekey = DIR/nothing", *ONLY
    ),
    "own certificate, forced not": to("tls_certificate = ${if eq{a}{b}{x}fail}", *ONLY),
    "own certificate, bad": to("tls_certificate = ${bogus}", *ONLY),
    # ── tls_sni ──
    "name asked for": to("tls_sni = other.test", *TRY),
    "name asked for, of host": to("tls_sni = $host", *TRY),
    "name asked for, empty": to("tls_sni =", *TRY),
    "name asked for, must be the host's": to("tls_sni = other.test", *MUST, *ONLY),
    "name asked for, bad": to("tls_sni = ${bogus}", *ONLY),
    # ── hosts_request_ocsp, hosts_require_ocsp ──
    "status asked for": to("hosts_request_ocsp = *", *MUST),
    "status required": to("hosts_require_ocsp = *", *MUST, *ONLY),
    "status required, in clear": to("hosts_require_ocsp = *", *MUST),
    "status required, nobody looks": to("hosts_require_ocsp = *"),
    # ── tls_alpn, hosts_require_alpn ──
    "protocol": to("tls_alpn = smtp", alpn="smtp"),
    "protocol, server has none": to("tls_alpn = smtp"),
    "protocol, another": to("tls_alpn = smtp", *ONLY, alpn="imap"),
    "protocol, required": to("tls_alpn = smtp", "hosts_require_alpn = *", *ONLY, alpn="smtp"),
    "protocol, required, none": to("tls_alpn = smtp", "hosts_require_alpn = *", *ONLY),
    "protocol, required, not asked": to("hosts_require_alpn = *", *ONLY, alpn="smtp"),
    # ── the other cannot ──
    "too old": to(*ONLY, lowest="1.1", highest="1.1", ciphers="ALL:@SECLEVEL=0", shows="rsa"),
    "old by name": to(
        "tls_require_ciphers = NORMAL:+VERS-TLS1.1", *ONLY,
        lowest="1.1", highest="1.1", ciphers="ALL:@SECLEVEL=0", shows="rsa",
    ),
    "too old, in clear": to(lowest="1.1", highest="1.1", ciphers="ALL:@SECLEVEL=0", shows="rsa"),
}  # fmt: skip
