"""Taking: how the letter itself comes in, once its envelope stands.

Two ways lead to the same end. DATA: lines, until one is nothing but a dot (`content`). BDAT: pieces
of known size, until one is the last (`chunking`). Then the letter is looked at, handed to the gate,
and answered: with a 250 the responsibility has passed (RFC 5321 §6.1)::

    DATA ──▶ 354 ──▶ lines ──▶ "." ──┐
    BDAT ──▶ piece ──▶ 250           ├──▶ acceptable? ──▶ gate.message ──▶ 250 OK id=…
    BDAT LAST ──▶ piece ─────────────┘

Law: RFC 5321 §4.1.1.4, RFC 3030 §2. Try: ``HELP BDAT`` in a telnet session.
"""

from __future__ import annotations

import asyncio
from typing import Any

from . import chunking, content, events, replies
from .commands import Command
from .dialogue import END_OF_CONTENT, LAST_CHUNK, TABLE, State
from .hello import Hello
from .parameters import Refused
from .replies import Reply
from .session import Transaction

EARNEST = 4096
"""So many octets at a time are no dribble."""


class Taking(Hello):
    """The verbs DATA and BDAT."""

    _assembly: chunking.Assembly | None = None
    _began: float | None = None
    """When the letter's first octets were awaited, POSIX seconds; None where there is none."""
    _came = 0
    """Octets of it so far."""

    def _letter(self) -> Transaction:
        """The transaction, in the states in which there is one."""
        if self.transaction is None:
            raise Refused(replies.SENDER_FIRST)
        return self.transaction

    # ── up to the dot ────────────────────────────────────────────────────────────────────────────

    async def smtp_DATA(self, argument: str) -> Reply:
        """The letter itself, up to the dot (RFC 5321 §4.1.1.4)."""
        self.state = State.CONTENT
        await self.push(replies.START_CONTENT)
        taken = await self._content()
        if self.trace.on:
            self.teller.said("C", taken.wire, elided=taken.elided)
        reply = await self._judge("DATA", taken)
        self.state = TABLE[State.CONTENT][END_OF_CONTENT]
        return reply

    async def _content(self) -> content.Content:
        intake = content.Intake(self.limits.message)
        try:
            while True:
                rest = intake.feed(await self._piece())
                if rest is not None:
                    self.incoming.put_back(rest)
                    return intake.finish()
        finally:
            intake.clear()

    async def _piece(self, most: int | None = None) -> bytes:
        """The next octets of a letter. Who dribbles them in has an hour, and a little for each."""
        self._reset_timeout()
        if self._began is None:
            self._began, self._came = self.clock.time(), 0
        octets = await self.incoming.chunk(most)
        if not octets:
            self.ended = "the client went away in the middle of a letter"
            raise ConnectionResetError(self.ended)
        self._came += len(octets)
        if len(octets) >= EARNEST:
            self.get_further()
        if self.clock.time() - self._began > self.limits.letter + self._came / self.limits.pace:
            self.hang_up(replies.LETTER_TOO_SLOW, "the letter came too slowly")
        elif (largest := self.load.grow(self, len(octets))) is not None:
            largest.hang_up(replies.LETTERS_TOO_MANY, "its letter was the largest of too many")
        if self.state is State.CLOSED:
            raise ConnectionResetError(self.ended)
        return octets

    # ── in pieces ────────────────────────────────────────────────────────────────────────────────

    async def smtp_BDAT(self, argument: str) -> Reply:
        """A piece of the letter, perhaps the last (RFC 3030 §2)."""
        chunk = chunking.read_chunk(argument)
        if chunk is None:
            raise Refused(replies.BAD_CHUNK)
        if problem := self._no_chunks():
            await self._read_past(chunk)
            raise Refused(problem)
        if self._assembly is None:
            self._assembly = chunking.Assembly(self.limits.message)
        await self._take_in(chunk, self._assembly)
        if self._assembly.over or chunk.last:
            return await self._complete(self.state, self._assembly.finish())
        return replies.chunk_taken(chunk.size)

    def _no_chunks(self) -> Reply | None:
        if not self.session.esmtp:
            return replies.EHLO_FIRST
        return None if self.offers("CHUNKING") else replies.NOT_IMPLEMENTED

    async def _take_in(self, chunk: chunking.Chunk, assembly: chunking.Assembly | None) -> None:
        """Reads the octets of a chunk: into the letter, or past them where there is none."""
        left, shown = chunk.size, chunking.Shown()
        while left:
            octets = await self._piece(left)
            left -= len(octets)
            shown.feed(octets)
            if assembly is not None:
                assembly.feed(octets)
        if self.trace.on and chunk.size:
            self.teller.said("C", shown.octets, elided=shown.elided)

    async def _read_past(self, chunk: chunking.Chunk) -> None:
        await self._take_in(chunk, None)
        if self._assembly is None:
            self._began = None
            self.load.leave(self)

    async def unwanted(self, command: Command) -> None:
        """BDAT came when it may not: its piece comes all the same, and is no command."""
        chunk = chunking.read_chunk(command.argument) if command.verb == "BDAT" else None
        if chunk is not None:
            await self._read_past(chunk)

    async def _complete(self, state: State, taken: content.Content) -> Reply:
        """The last chunk is there, or there is too much already: either way it is over."""
        reply = await self._judge("BDAT", taken)
        self.state = TABLE[state][LAST_CHUNK]
        return reply

    def _forget_letter(self) -> None:
        if self._assembly is not None:
            self._assembly.clear()
        self._assembly = self._began = None
        super()._forget_letter()

    # ── is it taken? ─────────────────────────────────────────────────────────────────────────────

    async def _judge(self, verb: str, taken: content.Content) -> Reply:
        reply = self._unacceptable(taken) or await self._hand_on(verb, taken)
        if not reply.positive:
            self._tell_content(events.ContentRefused, taken, verb=verb, reply=str(reply))
        return reply

    def _unacceptable(self, taken: content.Content) -> Reply | None:
        """What no gate need be asked about."""
        if taken.letter is None:
            return replies.TOO_BIG
        if content.has_longer_line(taken.letter, self.limits.text_line):
            return replies.TEXT_LINE_TOO_LONG
        if content.hops(taken.letter) > self.limits.hops:
            return replies.TOO_MANY_HOPS
        return None

    async def _hand_on(self, verb: str, taken: content.Content) -> Reply:
        """Gives the letter to the gate. That runs to its end, also when the client goes away."""
        self._tell_content(events.ContentTaken, taken, verb=verb)
        storing = asyncio.ensure_future(
            self.ask(self.gate.message(self.session, self._letter(), taken.letter or b""))
        )
        reply = await asyncio.shield(storing)
        if reply.positive:
            self._errors = 0
        return reply

    def _tell_content(
        self, kind: type[events.SmtpEvent], taken: content.Content, **fields: Any
    ) -> None:
        if self.trace.on:
            transaction = self._letter()
            self.tell(
                kind,
                sender=transaction.sender.address,
                recipients=tuple(path.address for path in transaction.recipients),
                size=taken.wire_size if taken.letter is None else len(taken.letter),
                came_from=(self.session.helo or "").strip("[]") or self.session.client[0],
                **fields,
            )
