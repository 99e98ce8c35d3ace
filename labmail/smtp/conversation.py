"""A conversation: one connection, from the greeting to the last word.

aiosmtpd's ``SMTP`` is an asyncio protocol with one task for each connection: it brings the stream,
the timer and STARTTLS. What it reads and what it answers is ours. This module is the half without
SMTP's verbs: a line comes in, its reply goes out, and somebody looks at the clock meanwhile::

    line ──▶ read_command ──▶ next_state ──▶ smtp_VERB ──▶ Reply ──▶ wire
              500 501           503                         │
                 └────────────────┴── too many? 421 ◀───────┘ state moves if 2yz

The table in dialogue.py decides what may come, the methods ``smtp_VERB`` of verbs.py and
authentication.py what it does, the `Gate` whether it is wanted.

Law: RFC 5321 §3, §4.1.4, §4.5.3.2. Try: ``python -m labmail.smtp``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP

from labmail.trace import Ration, Recorder
from labmail.world import Clock, Crowd, Link, Share

from . import events, replies
from .commands import Command, read_command, verb_of, without_secret
from .dialogue import VERBS, State, next_state
from .incoming import CHUNK, Incoming, Line
from .load import Load
from .parameters import Refused
from .replies import Reply
from .session import Gate, Session, Transaction
from .telling import Teller

T = TypeVar("T")

GRACE = 30.0
"""Seconds that a client has to take our last words before the connection is reset."""

IN_ONE_GO = ("MAIL", "RCPT", "DATA", "BDAT")
"""What a client may send in one go."""

MOST_NOTED = 100
"""Verbs that are remembered of a connection."""

log = logging.getLogger("labmail.smtp")


class Conversation(SMTP):
    """One connection to ``gate``. Made by the listener for each client."""

    line_length_limit = CHUNK  # of aiosmtpd's stream: how much it reads ahead; our limits are ours
    session: Session  # type: ignore[assignment]
    incoming: Incoming
    transport: Any
    _timeout_handle: Any
    _original_transport: Any

    def __init__(
        self,
        gate: Gate,
        *,
        clock: Clock,
        trace: Recorder,
        crowd: Crowd[Any] | None = None,
        load: Load[Any] | None = None,
        ration: Ration | None = None,
    ) -> None:
        self.crowd: Crowd[Any] = Crowd(1, 1) if crowd is None else crowd
        self.load: Load[Any] = Load(gate.limits.under_way) if load is None else load
        self.ration = ration
        self.gate, self.limits, self.clock, self.trace = gate, gate.limits, clock, trace
        self.state = State.CONNECTED
        self.transaction: Transaction | None = None
        self.ended = "the client went away"
        self._errors = 0
        self._at_work = self._leaving = self._handshaking = self._parting = False
        self._secrets_may_follow = False
        self._in_vain = False
        """Whether we said no to a command, and others may come that were sent before it was heard:
        that is no mistake of the client's (RFC 2920 §3.2)."""
        self._arriving: Any = None
        self._share = Share(clock)
        super().__init__(
            None,
            hostname=gate.hostname,
            timeout=self.limits.idle,
            loop=asyncio.get_running_loop(),
        )

    # ── what asyncio and aiosmtpd call ───────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection, or the same one again inside TLS: all that was known is forgotten."""
        self._arriving = transport
        self.state = State.CONNECTED
        super().connection_made(transport)

    def eof_received(self) -> bool:
        """The client says no more. What it said already is still answered, unlike in aiosmtpd."""
        asyncio.StreamReaderProtocol.eof_received(self)
        return self.session.ssl is None

    def _create_session(self) -> Session:  # type: ignore[override]
        link: Link | None = self._arriving.get_extra_info("lab")
        session = Session(
            client=self._arriving.get_extra_info("peername")[:2],
            server=self._arriving.get_extra_info("sockname")[:2],
            service=self.gate.service,
            link=link,
            ration=self.ration if link is not None and link.door else None,
            began=self.clock.time(),
        )
        self.teller = Teller(self.trace, self.gate.hostname, session)
        return session

    def _set_post_data_state(self) -> None:
        self.transaction = None

    def _timeout_cb(self) -> None:
        if self._at_work:  # we are the ones who take so long
            self._reset_timeout()
        else:
            self.hang_up(replies.IDLE_TOO_LONG, "nothing was heard for too long")

    # ── the loop ─────────────────────────────────────────────────────────────────────────────────

    async def _handle_client(self) -> None:
        self.incoming = Incoming(self._reader)
        try:
            await self._welcome()
            while line := await self._next_line():
                await self._obey(line)
        except ConnectionError:
            pass
        except Exception as problem:
            self._broke(problem)
            self._say(replies.LOCAL_PROBLEM_CLOSING)
            self.ended = "an error of the server's own"
        finally:
            await self._end()

    async def _next_line(self) -> Line | None:
        """The next line, when it is its turn; None where there is none, or where we have left."""
        if self._gone:
            return None
        self._reset_timeout()
        line = await self.incoming.line(self.limits.longest_line)
        await self._share.spend()
        return None if self._gone else line

    @property
    def _gone(self) -> bool:
        return self.state is State.CLOSED

    def _enter(self) -> Reply | None:
        """Takes a place, for which another conversation may have to end; or there is none."""
        entry = self.crowd.arrive(self, self.session.client[0])
        if entry.leaves is not None:
            entry.leaves.hang_up(replies.MAKING_ROOM, "it had to make room for another")
        return None if entry.room else replies.TOO_MANY_CONNECTIONS

    async def _welcome(self) -> None:
        reply = self._enter() or await self.ask(self.gate.connected(self.session))
        reply = reply or replies.greeting(self.gate.hostname)
        self.tell(
            events.Connected,
            client=self.session.client[0],
            port=self.session.server[1],
            reply=str(reply),
            accepted=reply.positive,
        )
        if not reply.positive:
            self.state = State.REFUSED
        await self._answer(reply)

    async def _obey(self, line: Line) -> None:
        """One command: understood, allowed, done, answered."""
        self._heard_command(line)
        verb, before = verb_of(line.text), self.state
        try:
            command = read_command(line.text, self.limits, cut=line.cut)
            verb = command.verb
            self._note_verb(verb)
            there = next_state(self.state, verb)
            if isinstance(there, Reply):
                await self.unwanted(command)
                if self._in_vain and verb in IN_ONE_GO:
                    await self._answer(there)
                    return
                raise Refused(there)
            self._in_vain = verb in IN_ONE_GO  # until it has gone well
            reply = await self._smtp_methods[verb](command.argument)
        except Refused as refused:
            await self._refuse(verb, refused, line.text)
            return
        if reply is None:  # STARTTLS answers for itself
            return
        if reply.positive and self.state is before:  # DATA and BDAT have moved on by themselves
            self.state = there
        if reply.positive:
            self._in_vain = False
            self.get_further()
        if verb == "QUIT" and reply.positive:
            self.ended = "quit"
        await self._answer(reply if verb in ("EHLO", "HELO") else reply.with_enhanced())
        if verb in ("DATA", "BDAT") and self.state is State.GREETED:
            self._forget_letter()  # only now: that reply still belonged to the letter

    async def unwanted(self, command: Command) -> None:
        """A command that may not come now is about to be refused. (BDAT brings more with it.)"""

    def _note_verb(self, verb: str) -> None:
        """For whoever asks afterwards what the client wanted."""
        heard = self.session.heard
        heard.append(verb)
        if len(heard) > MOST_NOTED:
            del heard[: len(heard) - MOST_NOTED // 2]

    async def _refuse(self, verb: str, refused: Refused, line: bytes = b"") -> None:
        """Answers a command that the language forbids. Errors are counted: there is an end."""
        reply = refused.reply
        mistaken = getattr(self.gate, "mistaken", None)
        if mistaken is not None and refused.counts:
            mistaken(self.session, without_secret(line).decode("latin-1"), reply)
        self._errors += refused.counts
        if self._errors >= self.limits.errors:
            reply, self.ended = replies.TOO_MANY_ERRORS, "too many errors"
        elif reply is replies.NOT_MAIL:
            self.session.drop, self.ended = True, "the client spoke HTTP"
        self.tell(events.CommandRefused, verb=verb if verb in VERBS else "", reply=str(reply))
        await self._answer(reply)

    async def _answer(self, reply: Reply) -> None:
        """Says the reply, and closes where it is the last one (421, or a gate that drops)."""
        await self.push(reply)
        if reply.code == 421 or self.session.drop or self._leaving:
            self.state = State.CLOSED
            if reply.code == 421 and self.ended == "the client went away":
                self.ended = "the server had no time"

    async def _end(self) -> None:
        """The last of everything: the event, the gate's farewell, the transport."""
        self.state = State.CLOSED
        self.crowd.leave(self)
        self.tell(events.Ended, reason=self.ended, letter=None)
        self.session.ended, self.session.amid = self.ended, self.transaction is not None
        closed = getattr(self.gate, "closed", None)
        if closed is not None:
            await self.ask(closed(self.session))
        self._forget_letter()
        self._close()

    # ── saying and hearing ───────────────────────────────────────────────────────────────────────

    async def push(self, status: Reply | str) -> None:  # type: ignore[override]
        """Sends a reply, and waits while the client takes none. aiosmtpd calls it with text."""
        if isinstance(status, str):
            status = Reply.heard(int(status[:3]), status[4:]).with_enhanced()
        self._say(status)
        await self._writer.drain()

    def _say(self, reply: Reply) -> None:
        octets = reply.wire()
        if self.trace.on:
            self.teller.said("S", octets)
            self.teller.answered()
        self._writer.write(octets)

    def _heard_command(self, line: Line) -> None:
        """Tells a line of the client, without what may be a secret.

        Behind an AUTH that was refused, a client may still send what it meant to answer.
        """
        if not self.trace.on:
            return
        shown = without_secret(line.text)
        if self._secrets_may_follow and verb_of(shown) not in VERBS:
            shown = b"***\r\n"
        else:
            self._secrets_may_follow = verb_of(shown) == "AUTH"
        self.teller.said("C", shown, masked=shown != line.text, elided=line.cut)

    def tell(self, kind: type[events.SmtpEvent], **fields: Any) -> None:
        """Tells an event of this conversation. Letters with a null sender are on their way back."""
        if self.trace.on:
            sent = "send" if self.gate.service == "submission" else "take"
            bounce = self.transaction is not None and self.transaction.sender.null
            self.teller.tell(kind, leg="return" if bounce else sent, **fields)

    async def ask(self, question: Awaitable[T]) -> T | Reply:
        """Asks the gate; the client's clock stands still meanwhile. An exception becomes 451."""
        self._at_work = True
        self.crowd.work(self, True)
        try:
            return await question
        except Exception as problem:
            self._broke(problem)
            return replies.LOCAL_PROBLEM
        finally:
            self._at_work = False
            self.crowd.work(self, False)

    def get_further(self) -> None:
        """The client has been understood: it is not the first who has to make room."""
        in_earnest = self.transaction is not None or self.session.user is not None
        self.crowd.advance(self, 2 if in_earnest else 1)

    def _broke(self, problem: Exception) -> None:
        """An error of ours: in the log with all that a programmer wants, in the trace in short."""
        log.error("%s: something broke", self.session.connection, exc_info=problem)
        self.tell(events.Broke, problem=f"{type(problem).__name__}: {problem}")

    def _forget_letter(self) -> None:
        """Ends the transaction; the name of a letter from outside the lab goes with it."""
        self.load.leave(self)
        if self.transaction is not None:
            self.transaction = None
            if self.session.link is None or self.session.link.door:
                self.session.letter = None

    # ── going ────────────────────────────────────────────────────────────────────────────────────

    def hang_up(self, reply: Reply, why: str) -> None:
        """Says ``reply`` (421) at once and closes; what is being worked on is answered first."""
        if self.state is State.CLOSED or self._leaving:
            return
        self.ended = why
        if self._at_work:
            self._leaving = True
            return
        self.state = State.CLOSED
        if self._handshaking:
            self._original_transport.abort()
            return
        self._say(reply)
        self._close()

    def _close(self) -> None:
        transport = self.transport
        if not self._parting:  # also where the client has closed: a timer keeps all this alive
            self._timeout_handle.cancel()
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size():
            self._parting = True
            self._timeout_handle = self.loop.call_later(GRACE, transport.abort)
        transport.close()
