"""Asks GnuTLS itself what a priority string comes to. ``python -m tests.mta.transports.gnutls``
writes its answers to ``priorities.json``.

Suites are given by OpenSSL's names; what OpenSSL has not is left out, and so are suites of TLS 1.3,
of which only the ciphers are told.
"""

from __future__ import annotations

import json
import ssl
from ctypes import CDLL, byref, c_char_p, c_int, c_ubyte, c_uint, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "priorities.json"
UNKNOWN_SUITE = -21
CHANGES = (
    "-KX-ALL", "-CIPHER-ALL:+AES-256-GCM", "+SHA256", "+SHA384:+SHA256", "-SHA1",
    "-MAC-ALL:+AEAD", "-AES-128-GCM:+AES-128-GCM", "+CIPHER-ALL", "!RSA", "-DHE-RSA:-RSA:+RSA",
    "-ECDHE-ECDSA:-ECDHE-RSA", "+3DES-CBC", "%COMPAT", "%NOPE", "+MD5", "-VERS-SSL3.0",
    "-ARCFOUR-128", "+COMP-DEFLATE", "+COMP-NULL", "+CTYPE-X.509", "-SIGN-RSA-SHA1",
    "-SIGN-NONSENSE", "-CURVE-SECP256R1", "-GROUP-X25519", "-CURVE-NONSENSE", "SECURE256",
    "+SECURE256", "-SECURE256", "-VERS-TLS1.3", "-VERS-ALL:+VERS-TLS1.3", "AES-128-GCM", "",
    "-VERS-TLS-ALL:+VERS-TLS1.2", "-VERS-TLS1.0:-VERS-TLS1.1", "-VERS-DTLS1.0", "@X", ":-RSA",
    " -VERS-TLS1.3", "-AES-128-CBC:-AES-256-CBC:-AES-128-CCM:-AES-256-CCM", "%SERVER_PRECEDENCE",
    "-AES-128-GCM:-AES-256-GCM:-CHACHA20-POLY1305:-AES-128-CCM", "-VERS-TLS9", "+NOTHING",
)  # fmt: skip
BEGINNINGS = ("NORMAL", "PERFORMANCE", "SECURE128", "SECURE192", "SECURE256", "PFS", "LEGACY")
STRINGS = (
    *BEGINNINGS,
    *(f"NORMAL:{each}" for each in CHANGES),
    *(f"{word}:-AES-256-GCM:-RSA" for word in BEGINNINGS),
    *("SUITEB128", "SUITEB192", "SECURE", "normal:-rsa", "", "NONE", "-VERS-TLS1.3", "EXPORT"),
    *("@SYSTEM", "NOTHING:-RSA", "NORMAL,-RSA", "NONE:+VERS-TLS1.2", "%COMPAT"),
    "NONE:+VERS-TLS1.2:+AES-256-GCM:+ECDHE-RSA:+AEAD:+SIGN-ALL:+GROUP-ALL",
    "NONE:+VERS-TLS1.2:+VERS-TLS1.1:+AES-128-CBC:+RSA:+SHA1:+SIGN-ALL",
    "NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+SIGN-ALL:+GROUP-ALL",
)


@cache
def library() -> Any:
    """GnuTLS. Raises OSError where it is not there."""
    found = CDLL("libgnutls.so.30")
    found.gnutls_cipher_suite_info.restype = found.gnutls_protocol_get_name.restype = c_char_p
    return found


def asked(text: str) -> dict[str, Any]:
    """What a string comes to: ``error`` and its offset, or ``versions``, ``suites`` and, for TLS
    1.3, ``ciphers``."""
    gnutls, chosen, wrong = library(), c_void_p(), c_char_p()
    octets = c_char_p(text.encode())
    error = gnutls.gnutls_priority_init(byref(chosen), octets, byref(wrong))
    if error < 0:
        left = wrong.value or b""
        return {"error": error, "offset": len(text) - len(left)}
    try:
        return {"versions": _versions(chosen), **_suites(chosen)}
    finally:
        gnutls.gnutls_priority_deinit(chosen)


def _versions(chosen: c_void_p) -> list[str]:
    from ctypes import POINTER

    numbers = POINTER(c_uint)()
    count = library().gnutls_priority_protocol_list(chosen, byref(numbers))
    names = [library().gnutls_protocol_get_name(numbers[n]).decode() for n in range(count)]
    return [name for name in names if name.startswith("TLS")]


def _suites(chosen: c_void_p) -> dict[str, list[str]]:
    gnutls, number, place = library(), c_uint(), 0
    suites: list[str] = []
    ciphers: list[str] = []
    while (told := gnutls.gnutls_priority_get_cipher_suite_index(chosen, place, byref(number))) in (
        0,
        UNKNOWN_SUITE,
    ):
        place += 1
        octets, rest = (c_ubyte * 2)(), [c_int() for _ in range(4)]
        name = gnutls.gnutls_cipher_suite_info(number.value, octets, *map(byref, rest))
        if told == UNKNOWN_SUITE or name is None:
            continue
        if octets[0] == 0x13:
            ciphers.append(name.decode().removeprefix("TLS_").rpartition("_")[0].replace("_", "-"))
        elif known := _openssl().get(octets[0] << 8 | octets[1]):
            suites.append(known)
    return {"suites": suites, "ciphers": sorted(ciphers)}


@cache
def _openssl() -> dict[int, str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {each["id"] & 0xFFFF: each["name"] for each in context.get_ciphers()}


if __name__ == "__main__":
    answers = {text: asked(text) for text in STRINGS}
    RECORDED.write_text(json.dumps(answers, indent=0) + "\n")
