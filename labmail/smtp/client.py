"""The client: the side that has a letter and wants to be rid of it.

An MTA that relays and a mail program that submits speak the same words::

    client = await Client.connect(network, "128.10.12.4", "128.10.30.2", 25, helo=…, host=…, …)
    sent = await client.send("alice@example.com", ["bob@ask.com"], content)
    sent.outcomes["bob@ask.com"]        Delivered(why='250 OK id=1wA…')
    await client.quit()

Each recipient is answered on its own: one refused RCPT does not harm the others (RFC 5321 §3.3).
Failures are not exceptions but outcomes, with the server's own words; only where no conversation
comes about is `NoSession` raised, which carries one outcome for all.

With ``lmtp`` it says LHLO, and hears an answer for each recipient behind the dot (RFC 2033).
`wire` carries what is said, `attempt` knows what to say about a letter.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

from labmail.message.outcome import Deferred, Failed, Signs
from labmail.trace import Chapter, Recorder
from labmail.world import Network

from . import events
from .ahead import Answer, in_one_go
from .approach import Approach
from .attempt import Attempt
from .dsn import Wishes
from .loggingin import Riddle, authenticate, login
from .offers import offers, told
from .replies import Reply
from .results import NoSession, Sent, refusal, silence
from .session import Session
from .telling import Teller
from .wire import Malformed, Unwelcome, Wire

TROUBLE = (OSError, Malformed)
"""What is raised where a conversation cannot go on."""
FINAL_PATIENCE = 2
"""How much longer to wait for the answer to the dot: RFC 5321 §4.5.3.2.6 says 10 minutes."""
CLOSING = 421
"""The server says that it is about to hang up (RFC 5321 §3.8)."""


class Client:
    """A conversation with one server. Made by `Client.connect`."""

    def __init__(self, wire: Wire, trace: Recorder, host: str, target: str, leg: Chapter) -> None:
        link = wire.link
        session = Session(client=link.client, server=link.server, service="smtp", link=link)
        self.wire, self._teller, self._leg = wire, Teller(trace, host, session), leg
        self._opened_by: str | None = None
        self.helo, self.esmtp, self.lmtp = "", True, False
        self.patience, self.final_patience = 300.0, 600.0
        """Seconds to wait for an answer; for the one behind the dot."""
        self.target = target
        """The server's name."""
        self.address, self.port = wire.link.server
        self.extensions: dict[str, str] = {}
        """What EHLO was answered with: names in capitals, and their parameters."""
        self.user: str | None = None
        """Whom we logged in as."""
        self.one_by_one = False
        """Whether each command waits for the answer to the one before, also where the server would
        take several (PIPELINING)."""
        self.unclean = False
        """Whether a letter was begun and not handed over: RSET comes before the next."""
        own, own_port = wire.link.client
        self.signs = Signs(port=self.port, own_address=own, own_port=own_port)

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
        lmtp: bool = False,
        tls: ssl.SSLContext | None = None,
        tls_name: str | None = None,
    ) -> Client:
        """Connects, hears the greeting and says EHLO (HELO where that is not understood).

        ``host`` tells the events, ``target`` is the server's name where it is known; ``timeout`` is
        in seconds of the lab's clock, for each answer, unless ``connect_timeout`` or
        ``final_timeout`` (behind the dot) says otherwise; without ``esmtp`` it says HELO, with
        ``lmtp`` LHLO; with ``tls`` the connection is ciphered before anything is said (RFC 8314
        §3.3), and ``tls_name`` is the name that is asked for then (SNI). Raises `NoSession`.
        """
        approach = Approach(trace, host, target or dst_ip, dst_ip, port, letter)
        try:
            wire = await approach.wire(network, src_ip, connect_timeout or timeout, cause)
            client = cls(wire, trace, host, approach.target, approach.leg)
            client.helo, client.esmtp, client.lmtp = helo, esmtp, lmtp
            client.patience = timeout
            client.final_patience = final_timeout or timeout * FINAL_PATIENCE
            if tls is not None:
                await client.handshake(tls, tls_name)
            await client._be_greeted()
            await client.hello()
        except NoSession as none:
            approach.failed(none.outcome)
            raise
        client._opened_by = cause
        return client

    async def _be_greeted(self) -> None:
        """Hears 220 (RFC 5321 §3.1). Raises `NoSession`."""
        after = "initial connection"
        try:
            greeting = await self.wire.reply(self.patience)
        except TROUBLE as error:
            raise self._none(silence(error, after, self.target, self.address)) from None
        if greeting.code != 220:
            raise await self._refused(greeting, after)

    # ── what the server offers ───────────────────────────────────────────────────────────────────

    @property
    def connected(self) -> bool:
        """Whether the conversation can go on."""
        return self.wire.open_still

    async def hello(self) -> None:
        """Says EHLO, and HELO where that is not understood; hears what the server can. Once more
        when a conversation has been ciphered: what was said in the clear does not count (RFC 3207
        §4.2). Raises `NoSession`."""
        verbs = ("LHLO",) if self.lmtp else ("EHLO", "HELO") if self.esmtp else ("HELO",)
        self.extensions = {}
        for verb in verbs:
            command = f"{verb} {self.helo}"
            reply = await self.asked(command)
            if reply.code == 250:
                self.extensions = offers(reply) if verb != "HELO" else {}
                return
            if reply.code == CLOSING:
                break
        raise await self._refused(reply, command)

    # ── in secret ────────────────────────────────────────────────────────────────────────────────

    async def starttls(self, context: ssl.SSLContext, server_hostname: str) -> None:
        """Goes on inside TLS, and says EHLO again (RFC 3207 §4.2). Raises `NoSession`."""
        if "STARTTLS" not in self.extensions:
            raise self._none(self.not_offered("STARTTLS"))
        refused = await self.may_start_tls()
        if refused is not None:
            raise await self._refused(refused, "STARTTLS")
        await self.handshake(context, server_hostname)
        await self.hello()

    async def may_start_tls(self) -> Reply | None:
        """Says STARTTLS. None: the handshake may begin; else the reply of a server that would not,
        and may be spoken to without. Raises `NoSession`."""
        reply = await self.asked("STARTTLS")
        if reply.code == CLOSING:
            raise await self._refused(reply, "STARTTLS")
        return None if reply.code == 220 else reply

    async def handshake(self, context: ssl.SSLContext, name: str | None) -> None:
        """From here on the conversation is ciphered. ``name`` is the one that is asked for (SNI),
        and looked at where ``context`` wants it. Raises `NoSession`, which says what broke."""
        try:
            await self.wire.secure(context, name or None, self.patience)
        except OSError as error:
            self.close()
            outcome = silence(error, "STARTTLS", self.target, self.address)
            raise NoSession(outcome, tls=error) from None
        self.signs = replace(self.signs, cipher=told(self.wire.about("cipher")))

    @property
    def conversation(self) -> ssl.SSLObject:
        """What Python knows of the ciphered conversation: version, certificate, session."""
        return cast(ssl.SSLObject, self.wire.about("ssl_object"))

    @property
    def cipher(self) -> str:
        """How the conversation is ciphered: ``TLS1.3:TLS_AES_256_GCM_SHA384:256``; "" if it is
        not."""
        return self.signs.cipher

    # ── who we are ───────────────────────────────────────────────────────────────────────────────

    async def login(self, user: str, password: str) -> None:
        """Logs in with PLAIN or LOGIN, as the server offers it; once, so that it is told once.

        Raises `NoSession`; after a wrong password the connection stays open for another.
        """
        await login(self, user, password)

    async def authenticate(
        self, mechanism: str, words: Sequence[bytes], answer: Riddle | None = None
    ) -> Reply | None:
        """Logs in by AUTH, as `loggingin.authenticate` says it."""
        return await authenticate(self, mechanism, words, answer)

    def not_offered(self, what: str) -> Deferred:
        """The outcome where the server lacks an extension that is needed."""
        return Deferred(f"{self.target} offers no {what}", 0, self.target, self.address, "4.7.4")

    def _none(self, outcome: Deferred | Failed) -> NoSession:
        self.close()
        return NoSession(outcome)

    async def _refused(self, reply: Reply, after: str) -> NoSession:
        """Refused: a server that does not hang up by itself hears QUIT."""
        if reply.code != CLOSING:
            await self.quit()
        return self._none(refusal(reply, after, self.target, self.address))

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
        size: int | None = None,
        ignore_quota: bool = False,
    ) -> Sent:
        """Hands over one letter. ``sender`` "" is the null reverse-path; raises nothing.

        ``content`` is sent as it is, but for a bare CR or LF, which no client may send.
        ``submitter`` is said as AUTH=, to a server that offers AUTH ("" for ``<>``). ``wishes`` go
        to one that offers DSN. ``utf8``: the header may be UTF-8, so the server must offer SMTPUTF8
        if it is (as it must for an address beyond ASCII). ``size`` is said as SIZE=, the octets of
        ``content`` if it is None; below 0 none is. ``ignore_quota`` asks a store by LMTP to take
        more than it should.
        """
        session = self._teller.session
        session.letter = letter
        if cause is not None and cause != self._opened_by:  # else what we heard descends from it
            session.cause = cause
        if self.user is None:  # else the login has introduced us
            offer = {"sender": sender, "recipients": tuple(recipients)}
            leg = self._leg if sender else "return"
            self._teller.tell(events.Offered, leg=leg, target=self.target, **offer)
        attempt = Attempt(
            self, sender, recipients, wishes=wishes, utf8=utf8, ignore_quota=ignore_quota
        )
        try:
            return await attempt.run(content, submitter, size)
        except TROUBLE as error:
            self.close()
            return attempt.lost(error)

    def answered(
        self,
        reply: Reply,
        command: str,
        sender: str,
        recipient: str | None,
        cause: str | None = None,
    ) -> None:
        """Tells what the server said to a recipient, or to the letter as a whole. ``cause`` is the
        server's event behind it, where that is not the last one."""
        if cause is not None:
            self._teller.session.cause = cause
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
        """Says one command and gives the reply. Raises what `Wire.reply` raises."""
        self.wire.write(text.encode("utf-8", "surrogateescape") + b"\r\n")
        return await self.wire.reply(self.patience)

    async def asked(self, text: str, shown: str = "") -> Reply:
        """The same; raises `NoSession` where no answer comes. ``shown`` is what may be told of the
        command."""
        try:
            return await self.command(text)
        except TROUBLE as error:
            self.close()
            outcome = silence(error, shown or text, self.target, self.address)
            unwelcome = error if isinstance(error, Unwelcome) else None
            raise NoSession(outcome, tls=unwelcome) from None

    async def in_one_go(self, commands: Sequence[str]) -> list[Answer]:
        """Says several commands without waiting, as `ahead.in_one_go` does."""
        self.signs = replace(self.signs, pipelining=True)
        return await in_one_go(self.wire, commands, self.patience)

    async def content(self, octets: bytes) -> Reply:
        """Says the letter and the dot, once 354 has been heard."""
        self.wire.write(octets)
        return await self.wire.reply(self.final_patience)

    async def next_answer(self) -> Reply:
        """The answer for the next recipient behind the dot, where there is one for each (LMTP)."""
        return await self.wire.reply(self.final_patience)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    async def quit(self) -> None:
        """Says QUIT, hears 221, closes; never raises."""
        with suppress(*TROUBLE):
            await self.command("QUIT")
        self.close()

    def close(self) -> None:
        """Closes without a word."""
        self.wire.close()
