"""Submitting: from the user agent to the server that sends for its user. RFC 6409.

Submission is SMTP, on a port of its own and with one demand more: say who you are. And since what
proves it is a password, only inside TLS::

    connect ─▶ EHLO ─▶ STARTTLS ─▶ EHLO ─▶ AUTH ─▶ MAIL ─▶ RCPT … ─▶ DATA ─▶ QUIT
               (587)   RFC 3207            RFC 4954

A user agent has no queue: what the server does not take is told to its author at once, and stays
with her. A failure is an outcome for each recipient, never an exception.

Try: ``await submit(draft, "alice@example.com/1", server, person)``.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labmail.message import Deferred, Delivered, Failed, Outcome
from labmail.smtp import Client, NoSession, Sent
from labmail.trace import Recorder
from labmail.world import Network

from .events import NotSubmitted, Submitted
from .letter import Draft, Letter


class Server(NamedTuple):
    """Where a service is found; ``name`` is what its certificate must say."""

    ip: str
    port: int
    name: str


@dataclass(frozen=True)
class Account:
    """Who logs in. The password is in no ``repr``."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Desk:
    """The place where a user agent runs: what it is handed of the world."""

    hostname: str
    ip: str
    network: Network
    trace: Recorder
    tls: ssl.SSLContext | None = None
    """Whom the agent trusts. None: it does not ask for TLS, and says its password in the clear."""
    timeout: float = 300.0
    """Seconds of lab time for each answer (RFC 5321 §4.5.3.2)."""


async def submit(
    draft: Draft, name: str, server: Server, account: Account | None, desk: Desk, cause: str | None
) -> Letter:
    """Hands the draft to ``server``; the letter ``name`` with an outcome for each recipient.

    ``cause`` is the name of the event that told of its writing. Without an ``account`` nobody logs
    in. Raises nothing.
    """
    try:
        sent = await _hand_over(draft, name, server, account, desk, cause)
    except NoSession as none:
        sent = Sent(dict.fromkeys(draft.envelope.recipients, none.outcome))
    _tell(sent, name, server, desk, cause)
    return Letter(draft.envelope, draft.content, name=name, outcomes=sent.outcomes)


async def _hand_over(
    draft: Draft, name: str, server: Server, account: Account | None, desk: Desk, cause: str | None
) -> Sent:
    client = await Client.connect(
        desk.network,
        desk.ip,
        server.ip,
        server.port,
        helo=desk.hostname,
        host=desk.hostname,
        trace=desk.trace,
        target=server.name,
        letter=name,
        cause=cause,
        timeout=desk.timeout,
    )
    client.one_by_one = True  # as most mail programs have it; PIPELINING is for those who relay
    try:
        if desk.tls is not None:
            _must_offer(client, "STARTTLS", "the password may not go in the clear (RFC 8314 §3)")
            await client.starttls(desk.tls, server.name)
        if account is not None:
            _must_offer(client, "AUTH", "nobody can log in; inside TLS, perhaps (RFC 4954 §4)")
            await client.login(account.login, account.password)
        envelope = draft.envelope
        return await client.send(
            envelope.sender, envelope.recipients, draft.content, letter=name, cause=cause
        )
    finally:
        await client.quit()


def _must_offer(client: Client, extension: str, so: str) -> None:
    if extension not in client.extensions:
        offered = ", ".join(client.extensions) or "nothing"
        why = f"{client.target} does not offer {extension}, but {offered}: {so}"
        raise NoSession(Failed(why, client.target, client.address, "5.7.4"))


def _tell(sent: Sent, name: str, server: Server, desk: Desk, cause: str | None) -> None:
    about: dict[str, Any] = {"host": desk.hostname, "letter": name, "cause": cause}
    about["server"] = server.name
    if sent.delivered:
        reply = str(sent.reply or "")
        desk.trace.tell(Submitted, recipients=sent.delivered, reply=reply, **about)
    for recipient, outcome in not_taken(sent.outcomes).items():
        desk.trace.tell(
            NotSubmitted,
            recipient=recipient,
            reason=outcome.why,
            for_good=isinstance(outcome, Failed),
            **about,
        )


def not_taken(outcomes: Mapping[str, Outcome]) -> dict[str, Deferred | Failed]:
    """The recipients for whom the server has not taken the letter over."""
    return {who: what for who, what in outcomes.items() if not isinstance(what, Delivered)}
