"""STARTTLS with the next host: never, if it is offered, or not at all."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field

import pytest

from labmail.message.outcome import Deferred, Signs
from labmail.mta.hosts import Host
from labmail.mta.transports.calling import Call
from labmail.mta.transports.contexts import careless, chosen
from labmail.mta.transports.securing import Trust, secured
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
    certificate: bytes | None = None

    @property
    def extensions(self) -> dict[str, str]:
        return {"STARTTLS": ""} if self.offers else {}

    async def connect(self, tls: ssl.SSLContext | None) -> Peer:
        self.said.append("connect" if tls is None else "ciphered")
        return self

    async def starttls(
        self, context: ssl.SSLContext, name: str, *, or_not: bool = False
    ) -> Reply | None:
        self.said.append("good" if context is TRUSTED else "any")
        if self.breaks:
            raise NoSession(Deferred("TLS failed after STARTTLS: bad"), tls=BROKEN)
        return self.refuses

    async def quit(self) -> None:
        self.said.append("quit")


def secure(peer: Peer, files: HostFiles, **options: object) -> list[str]:
    """Calls the peer; gives the lines of the log."""
    log: list[str] = []
    call = Call(transport="t", **options)  # type: ignore[arg-type]
    trust = Trust(TRUSTED, chosen(call, TRUSTED, files), 0.0)
    asyncio.run(secured(peer.connect, call, HOST, trust, log.append))  # type: ignore[arg-type]
    return log


@pytest.fixture
def files(tmp_path: object) -> HostFiles:
    return HostFiles(tmp_path)  # type: ignore[arg-type]


LATER, NEVER = Reply(454, "later"), Reply(554, "no")


@pytest.mark.parametrize(
    ("peer", "options", "said"),
    [
        (Peer(), {}, ["connect", "any"]),
        (Peer(), {"verify": "must"}, ["connect", "good"]),
        (Peer(), {"tls": "never"}, ["connect"]),
        (Peer(), {"tls": "at once"}, ["ciphered"]),
        (Peer(offers=False), {}, ["connect"]),
        (Peer(), {"tls": "required"}, ["connect", "any"]),
        (Peer(breaks=True), {}, ["connect", "any", "connect"]),
        (Peer(refuses=LATER), {}, ["connect", "any"]),
        (Peer(refuses=NEVER), {"in_clear_after_failure": False}, ["connect", "any"]),
    ],
)
def test_what_is_said(
    peer: Peer, options: dict[str, object], said: list[object], files: HostFiles
) -> None:
    secure(peer, files, **options)
    assert peer.said == said


@pytest.mark.parametrize(
    ("peer", "options", "errno", "why"),
    [
        (Peer(offers=False), {"tls": "required"}, -38, "the server did not offer TLS support"),
        (Peer(breaks=True), {"tls": "required"}, -38, "an attempt to start TLS failed"),
        (Peer(refuses=NEVER), {"tls": "required"}, -38, "an attempt to start TLS failed"),
        (Peer(breaks=True), {"in_clear_after_failure": False}, -37, "(handshake): bad"),
        (Peer(refuses=LATER), {"in_clear_after_failure": False}, 0, "after STARTTLS: 454 later"),
    ],
)
def test_where_it_cannot_be_had(
    peer: Peer, options: dict[str, object], errno: int, why: str, files: HostFiles
) -> None:
    with pytest.raises(NoSession) as caught:
        secure(peer, files, **options)
    outcome = caught.value.outcome
    assert isinstance(outcome, Deferred)
    assert outcome.errno == errno
    assert why in outcome.why


def test_the_log_says_that_it_went_in_the_clear(files: HostFiles) -> None:
    assert secure(Peer(breaks=True), files) == [
        "TLS session: (handshake): bad: delivering unencrypted to H=one.test [192.0.2.1] "
        "(not in hosts_require_tls)",
    ]


def test_the_careless_ask_for_no_proof() -> None:
    assert careless().verify_mode == ssl.CERT_NONE
