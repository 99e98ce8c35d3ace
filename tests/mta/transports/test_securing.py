"""STARTTLS with the next host: never, if it is offered, or not at all."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field

import pytest

from labmail.message.outcome import Deferred
from labmail.mta.hosts import Host
from labmail.mta.transports.calling import Call
from labmail.mta.transports.securing import careless, secured
from labmail.smtp import NoSession

HOST = Host("one.test", "192.0.2.1")
TRUSTED = ssl.create_default_context()


@dataclass
class Peer:
    """A host that offers STARTTLS, and can do it or not."""

    offers: bool = True
    breaks: bool = False
    said: list[object] = field(default_factory=list)

    @property
    def extensions(self) -> dict[str, str]:
        return {"STARTTLS": ""} if self.offers else {}

    async def connect(self) -> Peer:
        self.said.append("connect")
        return self

    async def starttls(self, context: ssl.SSLContext, name: str) -> None:
        self.said.append("good" if context is TRUSTED else "any")
        if self.breaks:
            raise NoSession(Deferred("TLS failed after STARTTLS: bad"))

    async def quit(self) -> None:
        self.said.append("quit")


def secure(peer: Peer, **options: object) -> list[str]:
    """Calls the peer; gives the lines of the log."""
    log: list[str] = []
    call = Call(transport="t", **options)  # type: ignore[arg-type]
    asyncio.run(secured(peer.connect, call, HOST, TRUSTED, log.append))  # type: ignore[arg-type]
    return log


@pytest.mark.parametrize(
    ("peer", "options", "said"),
    [
        (Peer(), {}, ["connect", "any"]),
        (Peer(), {"verify": True}, ["connect", "good"]),
        (Peer(), {"tls": "never"}, ["connect"]),
        (Peer(offers=False), {}, ["connect"]),
        (Peer(), {"tls": "required"}, ["connect", "any"]),
        (Peer(breaks=True), {}, ["connect", "any", "connect"]),
    ],
)
def test_what_is_said(peer: Peer, options: dict[str, object], said: list[object]) -> None:
    secure(peer, **options)
    assert peer.said == said


@pytest.mark.parametrize(
    ("peer", "options", "errno", "why"),
    [
        (Peer(offers=False), {"tls": "required"}, -38, "the server did not offer TLS support"),
        (Peer(breaks=True), {"tls": "required"}, -38, "an attempt to start TLS failed"),
        (Peer(breaks=True), {"in_clear_after_failure": False}, -37, "TLS failed"),
    ],
)
def test_where_it_cannot_be_had(
    peer: Peer, options: dict[str, object], errno: int, why: str
) -> None:
    with pytest.raises(NoSession) as caught:
        secure(peer, **options)
    outcome = caught.value.outcome
    assert isinstance(outcome, Deferred)
    assert outcome.errno == errno
    assert why in outcome.why


def test_the_log_says_that_it_went_in_the_clear() -> None:
    assert secure(Peer(breaks=True)) == [
        "H=one.test [192.0.2.1] TLS error on connection: TLS failed after STARTTLS: bad",
        "TLS session failure: delivering unencrypted to one.test [192.0.2.1] "
        "(not in hosts_require_tls)",
    ]


def test_the_careless_ask_for_no_proof() -> None:
    assert careless().verify_mode == ssl.CERT_NONE
