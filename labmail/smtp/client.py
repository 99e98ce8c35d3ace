"""The client: the side that has a letter and wants to be rid of it.

An MTA that relays and a mail program that submits speak the same words::

    client = await Client.connect(network, "128.10.12.4", "128.10.30.2", 25, helo=…, host=…, …)
    sent = await client.send("alice@example.com", ["bob@ask.com"], content)
    sent.outcomes["bob@ask.com"]        Delivered(why='250 OK id=1wA…')
    await client.quit()

Each recipient is answered on its own: one refused RCPT does not harm the others (RFC 5321 §3.3).
Failures are not exceptions but outcomes, with the server's own words; only where no conversation
comes about is `NoSession` raised, which carries one outcome for all.

aiosmtplib speaks the protocol; see labsmtp.py for how it gets its connection.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

import aiosmtplib

from labmail.message.outcome import Deferred, Failed
from labmail.trace import Chapter, Recorder
from labmail.world import Network

from . import events
from .attempt import Attempt
from .dsn import Wishes
from .labsmtp import LabSMTP, Unreached
from .replies import Reply
from .results import NoSession, Sent, no_connection, refusal, silence
from .session import Session
from .telling import Teller

TROUBLE = (aiosmtplib.SMTPException, OSError, ValueError, asyncio.TimeoutError)
"""What aiosmtplib raises, or lets through, where a conversation cannot go on."""

FINAL_PATIENCE = 2
"""How much longer to wait for the answer to the dot: RFC 5321 §4.5.3.2.6 says 10 minutes."""


class Client:
    """A conversation with one server. Made by `Client.connect`."""

    def __init__(self, smtp: LabSMTP, teller: Teller, helo: str, target: str, leg: Chapter) -> None:
        self._smtp, self._teller, self._helo, self._leg = smtp, teller, helo, leg
        self._opened_by: str | None = None
        self._esmtp = True
        self._final: float | None = None
        self.target = target
        """The server's name."""
        self.address = smtp.hostname or ""
        self.user: str | None = None
        """Whom we logged in as."""

    @classmethod
    async def connect(
        cls,
        network: Network,
        src_ip: str,
        dst_ip: str,
        port: int,
        *,
        helo: str,
        host: str,
        trace: Recorder,
        target: str | None = None,
        letter: str | None = None,
        cause: str | None = None,
        timeout: float = 300.0,
        connect_timeout: float | None = None,
        final_timeout: float | None = None,
        esmtp: bool = True,
    ) -> Client:
        """Connects, hears the greeting and says EHLO (HELO where that is not understood).

        ``host`` tells the events, ``target`` is the server's name where it is known; ``timeout`` is
        in seconds of the lab's clock, for each answer, unless ``connect_timeout`` or
        ``final_timeout`` (behind the dot) says otherwise; without ``esmtp`` it says HELO. Raises
        `NoSession`.
        """
        leg: Chapter = "send" if port in (465, 587) else "take"
        target = target or dst_ip
        where: dict[str, Any] = {"host": host, "letter": letter, "leg": leg}
        where |= {"target": target, "address": dst_ip, "port": port}
        began = trace.tell(events.Connecting, cause=cause, **where).name or cause
        crossing = {"cause": began, "letter": letter}
        options: dict[str, Any] = {
            "hostname": dst_ip,
            "port": port,
            "local_hostname": helo,
            "timeout": timeout,
        }
        try:
            smtp = LabSMTP(network, src_ip, crossing, patience=connect_timeout, **options)
            client = await cls._begin(smtp, trace, host, helo, target, leg, esmtp)
        except NoSession as none:
            problem, for_good = none.outcome.why, isinstance(none.outcome, Failed)
            where |= {"problem": problem, "for_good": for_good}
            trace.tell(events.ConnectFailed, cause=began, **where)
            raise
        client._opened_by, client._final = cause, final_timeout
        return client

    @classmethod
    async def _begin(
        cls,
        smtp: LabSMTP,
        trace: Recorder,
        host: str,
        helo: str,
        target: str,
        leg: Chapter,
        esmtp: bool,
    ) -> Client:
        address = smtp.hostname or ""
        after = "initial connection"
        try:
            greeting = _reply(await smtp.connect())
        except Unreached as unreached:
            raise NoSession(no_connection(unreached.error, target, address)) from None
        except TROUBLE as error:
            raise NoSession(silence(_plain(error), after, target, address)) from None
        if greeting.code != 220:
            smtp.close()
            raise NoSession(refusal(greeting, after, target, address))
        link = smtp.get_transport_info("lab")
        session = Session(client=link.client, server=link.server, service="smtp", link=link)
        client = cls(smtp, Teller(trace, host, session), helo, target, leg)
        client._esmtp = esmtp
        await client._hello()
        return client

    # ── what the server offers ───────────────────────────────────────────────────────────────────

    @property
    def extensions(self) -> dict[str, str]:
        """What EHLO was answered with: names in capitals, and their parameters."""
        return {name.upper(): text for name, text in self._smtp.esmtp_extensions.items()}

    @property
    def connected(self) -> bool:
        """Whether the conversation can go on."""
        return self._smtp.is_connected

    async def starttls(self, context: ssl.SSLContext, server_hostname: str) -> None:
        """Goes on inside TLS, and says EHLO again (RFC 3207 §4.2). Raises `NoSession`."""
        if "STARTTLS" not in self.extensions:
            raise self._none(self._not_offered("STARTTLS"))
        try:
            await self._smtp.starttls(tls_context=context, server_hostname=server_hostname)
        except aiosmtplib.SMTPResponseException as refused:
            raise self._none(
                refusal(_reply(refused), "STARTTLS", self.target, self.address)
            ) from None
        except TROUBLE as error:
            raise self._none(
                silence(_plain(error), "STARTTLS", self.target, self.address)
            ) from None
        await self._hello()

    async def login(self, user: str, password: str) -> None:
        """Logs in with PLAIN or LOGIN, as the server offers it; once, so that it is told once.

        Raises `NoSession`; after a wrong password the connection stays open for another.
        """
        ways = {"PLAIN": self._smtp.auth_plain, "LOGIN": self._smtp.auth_login}
        offered = [way for way in ways if way in self.extensions.get("AUTH", "").split()]
        if not offered:
            raise self._none(self._not_offered("AUTH PLAIN or LOGIN"))
        try:
            await ways[offered[0]](user, password)
        except aiosmtplib.SMTPResponseException as refused:
            raise NoSession(refusal(_reply(refused), "AUTH", self.target, self.address)) from None
        except TROUBLE as error:
            raise self._none(silence(_plain(error), "AUTH", self.target, self.address)) from None
        self.user = user

    async def authenticate(
        self,
        mechanism: str,
        words: Sequence[bytes],
        answer: Callable[[str], Sequence[bytes]] | None = None,
    ) -> str | None:
        """Logs in by AUTH: the first of ``words`` goes with the command, the others answer what the
        server asks; ``answer`` makes them of its first question. None where it let us in, else what
        went wrong. Raises `NoSession` where the conversation is lost (RFC 4954 §4).
        """
        left = list(words)
        first = f" {_base64(left.pop(0))}" if left and left[0] else ""
        if left and not words[0]:
            left.pop(0)
        try:
            reply = await self.command(f"AUTH {mechanism}{first}")
            while reply.code == 334:
                if answer is not None:
                    left, answer = list(answer(reply.text)), None
                said = _base64(left.pop(0)) if left else "*"
                reply = await self.command(said)
        except TROUBLE as error:
            raise self._none(silence(_plain(error), "AUTH", self.target, self.address)) from None
        if reply.code != 235:
            return str(reply)
        self.user = mechanism
        return None

    @property
    def cipher(self) -> str:
        """How the conversation is ciphered: ``TLS1.3:TLS_AES_256_GCM_SHA384:256``; "" if it is
        not."""
        known = self._smtp.get_transport_info("cipher")
        if not known:
            return ""
        name, version, bits = known
        return f"{version.replace('TLSv', 'TLS')}:{name}:{bits}"

    async def _hello(self) -> None:
        verbs = (self._smtp.ehlo, self._smtp.helo) if self._esmtp else (self._smtp.helo,)
        for verb in verbs:
            after = f"{verb.__name__.upper()} {self._helo}"
            try:
                await verb(hostname=self._helo)
                return
            except aiosmtplib.SMTPHeloError as refused:
                outcome = refusal(_reply(refused), after, self.target, self.address)
            except TROUBLE as error:
                raise self._none(silence(_plain(error), after, self.target, self.address)) from None
            if not isinstance(outcome, Failed):
                break
        raise self._none(outcome)

    def _not_offered(self, what: str) -> Deferred:
        return Deferred(f"{self.target} offers no {what}", 0, self.target, self.address, "4.7.4")

    def _none(self, outcome: Deferred | Failed) -> NoSession:
        self.close()
        return NoSession(outcome)

    # ── a letter ─────────────────────────────────────────────────────────────────────────────────

    async def send(
        self,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        *,
        letter: str | None = None,
        cause: str | None = None,
        submitter: str | None = None,
        wishes: Wishes | None = None,
        utf8: bool = False,
    ) -> Sent:
        """Hands over one letter. ``sender`` "" is the null reverse-path; raises nothing.

        ``content`` is sent as it is, but for a bare CR or LF, which no client may send.
        ``submitter`` is said as AUTH=, to a server that offers AUTH ("" for ``<>``). ``wishes`` go
        to one that offers DSN. ``utf8``: the header may be UTF-8, so the server must offer SMTPUTF8
        if it is (as it must for an address beyond ASCII).
        """
        session = self._teller.session
        session.letter = letter
        if cause is not None and cause != self._opened_by:  # else what we heard descends from it
            session.cause = cause
        if self.user is None:  # else the login has introduced us
            offer = {"sender": sender, "recipients": tuple(recipients)}
            leg = self._leg if sender else "return"
            self._teller.tell(events.Offered, leg=leg, target=self.target, **offer)
        attempt = Attempt(self, sender, recipients, wishes=wishes, utf8=utf8)
        try:
            return await attempt.run(content, submitter)
        except TROUBLE as error:
            self.close()
            return attempt.lost(_plain(error))

    def answered(self, reply: Reply, command: str, sender: str, recipient: str | None) -> None:
        """Tells what the server said to a recipient, or to the letter as a whole."""
        self._teller.tell(
            events.Answered,
            leg=self._leg if sender else "return",
            target=self.target,
            recipient=recipient,
            command=command,
            reply=str(reply),
            accepted=reply.positive,
        )

    async def command(self, text: str) -> Reply:
        """Says one command and gives the reply. Raises what aiosmtplib raises."""
        return _reply(await self._smtp.execute_command(text.encode("utf-8")))

    async def content(self, octets: bytes) -> Reply:
        """Says the letter and the dot, once 354 has been heard."""
        protocol = self._smtp.protocol
        if protocol is None:
            raise ConnectionResetError("the connection is closed")
        protocol.write(octets)
        patience = self._final or (self._smtp.timeout or 0) * FINAL_PATIENCE or None
        return _reply(await protocol.read_response(timeout=patience))

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    async def quit(self) -> None:
        """Says QUIT, hears 221, closes; never raises."""
        try:
            await self._smtp.quit()
        except TROUBLE:
            self.close()

    def close(self) -> None:
        """Closes without a word."""
        self._smtp.close()


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii") or "="


def _reply(response: Any) -> Reply:
    """aiosmtplib's response, or its exception that holds one."""
    return Reply.heard(response.code, response.message)


def _plain(error: Exception) -> Exception:
    """The error as `silence` sorts them: a lost connection, a time-out, TLS, or nonsense."""
    if isinstance(error.__cause__, ssl.SSLError):
        return error.__cause__
    return error
