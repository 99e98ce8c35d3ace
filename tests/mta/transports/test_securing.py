"""STARTTLS with the next host: never, if it is offered, or not at all."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from labmail.message.outcome import Deferred, Signs
from labmail.mta.hosts import Host
from labmail.mta.transports.calling import Call, Secrecy
from labmail.mta.transports.contexts import begin
from labmail.mta.transports.examining import objection
from labmail.mta.transports.priorities import read
from labmail.mta.transports.securing import Trust, problem_of, secured
from labmail.smtp import NoSession, Reply
from labmail.world import HostFiles

HOST = Host("one.test", "192.0.2.1")
TRUSTED = ssl.create_default_context()
BROKEN = ssl.SSLError(1, "bad")


@dataclass
class Peer:
    """A host that offers STARTTLS, and can do it or not."""

    offers: bool = True
    breaks: bool = False
    refuses: Reply | None = None
    said: list[object] = field(default_factory=list)
    signs: Signs = field(default_factory=Signs)
    asked_for: str = ""

    @property
    def extensions(self) -> dict[str, str]:
        return {"STARTTLS": ""} if self.offers else {}

    @property
    def conversation(self) -> Any:
        return conversation()

    async def connect(self, tls: ssl.SSLContext | None) -> Peer:
        self.said.append("connect" if tls is None else "ciphered")
        return self

    async def may_start_tls(self) -> Reply | None:
        return self.refuses

    async def handshake(self, context: ssl.SSLContext, name: str) -> None:
        self.said.append("good" if context.verify_mode is ssl.CERT_REQUIRED else "any")
        self.asked_for = name
        if self.breaks:
            raise NoSession(Deferred("TLS failed after STARTTLS: bad"), tls=BROKEN)

    async def hello(self) -> None:
        self.said.append("hello")

    async def quit(self) -> None:
        self.said.append("quit")

    def close(self) -> None:
        self.said.append("close")


def conversation(protocol: str | None = None, suite: str = "TLS_AES_256_GCM_SHA384") -> Any:
    """What ssl tells of a ciphered conversation in which no certificate was shown."""
    return SimpleNamespace(
        version=lambda: "TLSv1.3",
        cipher=lambda: (suite, "TLSv1.3", 256),
        getpeercert=lambda binary_form: b"",
        selected_alpn_protocol=lambda: protocol,
        session_reused=False,
    )


def secure(peer: Peer, files: HostFiles, secrecy: Secrecy, **options: object) -> list[str]:
    """Calls the peer; gives the lines of the log."""
    log: list[str] = []
    call = Call(transport="t", secrecy=secrecy, **options)  # type: ignore[arg-type]
    trust = Trust(TRUSTED, files, 0.0)
    asyncio.run(secured(peer.connect, call, HOST, trust, log.append))  # type: ignore[arg-type]
    return log


@pytest.fixture
def files(tmp_path: object) -> HostFiles:
    return HostFiles(tmp_path)  # type: ignore[arg-type]


LATER, NEVER = Reply(454, "later"), Reply(554, "no")


@pytest.mark.parametrize(
    ("peer", "options", "said"),
    [
        (Peer(), {}, ["connect", "any", "hello"]),
        (Peer(), {"tls": "never"}, ["connect"]),
        (Peer(), {"tls": "at once"}, ["ciphered"]),
        (Peer(offers=False), {}, ["connect"]),
        (Peer(), {"tls": "required"}, ["connect", "any", "hello"]),
        (Peer(breaks=True), {}, ["connect", "any", "close", "connect"]),
        (Peer(refuses=LATER), {}, ["connect"]),
        (Peer(refuses=NEVER), {"in_clear_after_failure": False}, ["connect"]),
    ],
)
def test_what_is_said(
    peer: Peer, options: dict[str, object], said: list[object], files: HostFiles
) -> None:
    secure(peer, files, Secrecy(), **options)
    assert peer.said == said


@pytest.mark.parametrize(
    ("peer", "options", "errno", "why"),
    [
        (Peer(offers=False), {"tls": "required"}, -38, "the server did not offer TLS support"),
        (Peer(breaks=True), {"tls": "required"}, -37, "(handshake): bad"),
        (Peer(refuses=NEVER), {"tls": "required"}, -38, "an attempt to start TLS failed"),
        (Peer(breaks=True), {"in_clear_after_failure": False}, -37, "(handshake): bad"),
        (Peer(refuses=LATER), {"in_clear_after_failure": False}, 0, "after STARTTLS: 454 later"),
    ],
)
def test_where_it_cannot_be_had(
    peer: Peer, options: dict[str, object], errno: int, why: str, files: HostFiles
) -> None:
    with pytest.raises(NoSession) as caught:
        secure(peer, files, Secrecy(), **options)
    outcome = caught.value.outcome
    assert isinstance(outcome, Deferred)
    assert outcome.errno == errno
    assert why in outcome.why


def test_the_log_says_that_it_went_in_the_clear(files: HostFiles) -> None:
    assert secure(Peer(breaks=True), files, Secrecy()) == [
        "TLS session: (handshake): bad: delivering unencrypted to H=one.test [192.0.2.1] "
        "(not in hosts_require_tls)",
    ]


def test_nobody_is_asked_for_a_name_that_the_transport_does_not_say(files: HostFiles) -> None:
    peer, other = Peer(), Peer()
    secure(peer, files, Secrecy())
    secure(other, files, Secrecy(name="ask.test"))
    assert (peer.asked_for, other.asked_for) == ("", "ask.test")


@pytest.mark.parametrize(
    ("secrecy", "said", "problem"),
    [
        (Secrecy(), conversation(), ""),
        (Secrecy(verify="must"), conversation(), "(certificate verification failed)"),
        (Secrecy(verify="must", verify_name=False), conversation(), ""),
        (Secrecy(status=True), conversation(), "(certificate status check failed)"),
        (Secrecy(agreed=True), conversation(), ""),
        (
            Secrecy(agreed=True, protocols=("smtp",)),
            conversation(),
            "(handshake): ALPN required but not negotiated",
        ),
        (Secrecy(agreed=True, protocols=("smtp",)), conversation("smtp"), ""),
        (
            Secrecy(priorities="SECURE256"),
            conversation(suite="TLS_AES_128_GCM_SHA256"),
            "(handshake): TLS_AES_128_GCM_SHA256 is not one of tls_require_ciphers",
        ),
    ],
)
def test_what_is_wrong_with_what_was_agreed_on(
    secrecy: Secrecy, said: Any, problem: str, files: HostFiles
) -> None:
    start = begin(secrecy, TRUSTED, files)
    assert start.priorities == read(secrecy.priorities or "NORMAL")
    assert objection(said, b"", secrecy, HOST, start) == problem


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ConnectionResetError("gone"), "(gnutls_handshake): The TLS connection was non-properly"),
        (ssl.SSLCertVerificationError(1, "bad"), "(certificate verification failed): certificate"),
        (ssl.SSLError(1, "strange"), "(handshake): strange"),
        (TimeoutError("too long"), "(handshake): too long"),
    ],
)
def test_what_broke_is_told_in_the_words_of_exims_library(error: Exception, problem: str) -> None:
    assert problem_of(error).startswith(problem)


def test_the_same_wish_gets_the_same_context(files: HostFiles) -> None:
    first, again = (begin(Secrecy(), TRUSTED, files, host) for host in ("192.0.2.1", "192.0.2.2"))
    assert first.context is again.context
    one, other = (begin(Secrecy(resume=True), TRUSTED, files, host) for host in ("a", "b"))
    assert one.context is not other.context  # a session belongs to one host
