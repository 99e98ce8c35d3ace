"""The lab's CA: whom a client believes, and whom it does not."""

import ssl
import subprocess
import sys

import pytest

from labmail.trust import LabCA


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> str | None:
    """TLS in memory, without a network; gives the version."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=name)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(10):
        done = 0
        for side in (ours, theirs):
            try:
                side.do_handshake()
                done += 1
            except ssl.SSLWantReadError:
                pass
        if done == 2:
            return ours.version()
    raise AssertionError("no end of the handshake")


def test_a_client_believes_the_labs_ca() -> None:
    ca = LabCA()
    server = ca.server_context("mail.example.com", "128.10.12.4")
    assert handshake(ca.client_context(), server, "mail.example.com") == "TLSv1.3"
    assert handshake(ca.client_context(), server, "128.10.12.4") == "TLSv1.3"


def test_it_does_not_believe_another_name_or_another_ca() -> None:
    ca, other = LabCA(), LabCA()
    for context in (ca.server_context("mail.ask.com"), other.server_context("mail.example.com")):
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(ca.client_context(), context, "mail.example.com")


def test_contexts_are_made_once() -> None:
    ca = LabCA()
    assert ca.server_context("a.test") is ca.server_context("a.test")
    assert ca.server_context("a.test") is not ca.server_context("b.test")
    assert ca.client_context() is ca.client_context()
    assert ca.certificate.startswith("-----BEGIN CERTIFICATE-----")


def test_nothing_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, labmail.trust; labmail.trust.LabCA();"
        "assert not {'trustme', 'cryptography'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
