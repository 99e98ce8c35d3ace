"""Priority strings: the suites that they come to, as GnuTLS has them; and OpenSSL's lists."""

from __future__ import annotations

import json
import ssl
from typing import Any

import pytest

from labmail.mta.transports.calling import Secrecy
from labmail.mta.transports.contexts import begin
from labmail.mta.transports.priorities import Unknown, read
from labmail.world import HostFiles

from .gnutls import RECORDED, STRINGS, asked

ANSWERS = json.loads(RECORDED.read_text())
NEWEST = {"AES-256-GCM", "AES-128-GCM", "CHACHA20-POLY1305", "AES-128-CCM"}
"""Ciphers of TLS 1.3."""


@pytest.mark.parametrize("text", STRINGS)
def test_as_gnutls(text: str) -> None:
    expected = ANSWERS[text]
    if "error" in expected:
        with pytest.raises(Unknown) as caught:
            read(text)
        if expected["error"] == -50:  # of the others it says only that nothing is left
            assert f"failed at offset {expected['offset']}, " in str(caught.value)
        return
    found = read(text)
    assert list(found.versions) == expected["versions"]
    assert list(found.suites) == expected["suites"]
    newest = (found.ciphers or frozenset()) & NEWEST if "TLS1.3" in found.versions else set()
    assert sorted(newest) == expected["ciphers"]


@pytest.mark.peer("exim4")
def test_gnutls_still_says_so() -> None:
    assert {text: asked(text) for text in STRINGS} == ANSWERS


@pytest.mark.parametrize(
    ("text", "suites"),
    [
        ("ECDHE-RSA-AES128-GCM-SHA256", ("ECDHE-RSA-AES128-GCM-SHA256",)),
        ("AES256-SHA:AES128-SHA", ("AES256-SHA", "AES128-SHA")),
    ],
)
def test_openssl_is_understood(text: str, suites: tuple[str, ...]) -> None:
    assert read(text).suites == suites
    assert len(read("HIGH:!aNULL:!kRSA").suites) > len(suites)
    with pytest.raises(Unknown):
        read(text + ":NORMAL")


def test_what_is_agreed_on_must_be_one_of_them() -> None:
    strong = read("SECURE256")
    assert strong.allows("TLS1.3", "TLS_AES_256_GCM_SHA384")
    assert strong.allows("TLS1.3", "TLS_CHACHA20_POLY1305_SHA256")
    assert not strong.allows("TLS1.3", "TLS_AES_128_GCM_SHA256")
    assert not read("NORMAL:-VERS-TLS1.3").allows("TLS1.3", "TLS_AES_256_GCM_SHA384")
    assert read("HIGH").allows("TLS1.3", "TLS_AES_128_GCM_SHA256")


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("NORMAL", ("TLS1.3", "TLS1.2")),
        ("NORMAL:+VERS-TLS1.0", ("TLS1.3", "TLS1.2", "TLS1.1", "TLS1.0")),
        ("NORMAL:-AES-256-GCM", ("TLS1.2",)),
        ("NORMAL:-VERS-TLS1.2:-VERS-TLS1.3", ("TLS1.1", "TLS1.0")),
        ("NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+SIGN-ALL:+GROUP-ALL", ("TLS1.3",)),
    ],
)
def test_dead_versions_are_offered_by_name_only(text: str, offered: tuple[str, ...]) -> None:
    assert read(text).offered == offered


@pytest.mark.parametrize(
    ("bits", "level", "primes"),
    [(512, 1, True), (1024, 1, True), (2048, 2, True), (3072, 2, False)],
)
def test_the_shortest_prime_is_a_level_of_openssl(
    bits: int, level: int, primes: bool, tmp_path: Any
) -> None:
    system = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    started = begin(Secrecy(shortest_prime=bits), system, HostFiles(tmp_path))
    names = [each["name"] for each in started.context.get_ciphers()]
    assert any(each.startswith("DHE") for each in names) is primes
    assert started.context.security_level == level
