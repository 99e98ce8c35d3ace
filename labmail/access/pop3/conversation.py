"""One conversation with a client: does what `session` has decided.

However much a client sends ahead, one command is worked at a time and no more is read until it is
done; however slowly it reads, no more than a few pieces of a message wait for it. So memory stays
flat whatever strangers do.

The maildrop is let go before the last word is said: whoever has read it can log in again at once.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from labmail.store import BadMailbox, MailboxBusy, Maildrop
from labmail.world import Share

from ..accounts import User
from ..events import Expunged, LoggedIn, LoginRefused, Retrieved
from ..lines import EndlessLine, Line, LineBuffer
from .replies import (
    IN_USE,
    LINE_TOO_LONG,
    LOGIN_DELAY,
    MAKING_ROOM,
    NOT_REMOVED,
    TOO_MANY_CONNECTIONS,
    TOO_MANY_LOGINS,
    WRONG_PASSWORD,
    Reply,
    err,
    listing,
    ok,
)
from .service import Service
from .session import Answer, Bye, Login, Say, Send, Session, Update
from .shelf import Shelf
from .telling import Teller, facts
from .wire import Content

CHUNK = 65536
"""Octets that are collected before they are handed to the network."""


class Conversation:
    """See `run`. ``teller`` tells the trace of this connection."""

    def __init__(
        self,
        service: Service,
        teller: Teller,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._service, self._teller = service, teller
        self._clock, self._limits = service.clock, service.limits
        self._reader, self._writer = reader, writer
        self._lines = LineBuffer(self._limits.line)
        self._session = Session(service.capabilities)
        self._maildrop: Maildrop | None = None
        self._shelf: Shelf | None = None
        self._mailbox = ""
        self._failed = 0
        self._over = False
        self._share = Share(self._clock)

    async def run(self) -> None:
        """Talks until QUIT, until the client has gone, or until it is thrown out.

        Raises TimeoutError where the client is silent too long, ConnectionError where it is lost
        while something is sent, `EndlessLine`.
        """
        if not self._enter():
            return await self._say(TOO_MANY_CONNECTIONS, last=True)
        await self._say(ok(f"{self._service.hostname} POP3 server ready"))
        try:
            while line := await self._next_line():
                await self._work(line)
        except EndlessLine:
            await self._say(LINE_TOO_LONG)
            raise

    def _enter(self) -> bool:
        """Takes a place, for which another conversation may have to end; or there is none."""
        entry = self._service.crowd.arrive(self, self._teller.address)
        if entry.leaves is not None:
            entry.leaves.make_room()
        return entry.room

    def make_room(self) -> None:
        """Ends this conversation, which has got no further for longest. Removes nothing."""
        self._over = True
        self._teller.said("S", MAKING_ROOM.wire())
        self._writer.write(MAKING_ROOM.wire())
        self._writer.close()
        self._reader.feed_eof()

    async def _work(self, line: Line) -> None:
        """Obeys a line; meanwhile this conversation does not make room."""
        crowd = self._service.crowd
        crowd.work(self, True)
        try:
            understood = await self._obey(line)
        finally:
            crowd.work(self, False)
        if understood:
            crowd.advance(self, 2 if self._maildrop is not None else 1)

    async def leave(self) -> None:
        """Lets go of the maildrop, if it is open. Removes nothing."""
        self._service.crowd.leave(self)
        maildrop, self._maildrop = self._maildrop, None
        if maildrop is not None:
            await self._service.close(maildrop)

    # ── lines in ─────────────────────────────────────────────────────────────────────────────────

    async def _next_line(self) -> Line | None:
        """The next line, when it is its turn; None where the client has gone, or is to go."""
        line = None if self._over else await self._read_line()
        await self._share.spend()
        return None if self._over else line

    async def _read_line(self) -> Line | None:
        if line := self._lines.next():
            return line
        async with asyncio.timeout(self._limits.idle):
            while octets := await self._reader.read(CHUNK):
                self._lines.feed(octets)
                if line := self._lines.next():
                    return line
        return None

    async def _obey(self, line: Line) -> bool:
        """Does what a line says, and tells whether it was understood."""
        self._teller.said("C", line.octets, elided=line.cut)
        answer = self._session.too_long() if line.cut else self._session.receive(line.octets)
        await self._do(answer)
        return not (isinstance(answer, Say) and not answer.reply.ok)

    async def _do(self, answer: Answer) -> None:
        match answer:
            case Say(reply, None):
                await self._say(reply)
            case Say(reply, lines):
                await self._write(listing(reply, lines or ()))
            case Login(login, password):
                await self._log_in(login, password)
            case Send():
                await self._send(answer)
            case Update(deleted):
                await self._update(deleted)
            case Bye(reply):
                await self._say(reply, last=True)

    # ── octets out ───────────────────────────────────────────────────────────────────────────────

    async def _say(self, reply: Reply, *, last: bool = False) -> None:
        self._over = self._over or last
        await self._write(reply.wire())

    async def _write(self, octets: bytes) -> None:
        """Sends a reply and tells it."""
        shown = self._limits.shown
        self._teller.said("S", octets[:shown], elided=max(0, len(octets) - shown))
        await self._put(octets)

    async def _put(self, octets: bytes) -> None:
        """Sends octets; waits for a client that reads slowly, but not for ever."""
        self._writer.write(octets)
        async with asyncio.timeout(self._limits.idle):
            await self._writer.drain()

    # ── login ────────────────────────────────────────────────────────────────────────────────────

    async def _log_in(self, login: str, password: str) -> None:
        user = self._service.accounts.check(login, password)
        if user is None:
            return await self._wrong_password(login)
        if not self._may_come_again(user):
            return await self._refuse(login, LOGIN_DELAY)
        try:
            maildrop = await self._service.open(user)
        except MailboxBusy:
            return await self._refuse(login, IN_USE)
        except BadMailbox as bad:
            return await self._refuse(login, err(bad.why, "SYS/PERM"))
        except OSError as error:
            why = f"{user.mailbox} cannot be opened now: {error.strerror or error}"
            return await self._refuse(login, err(why, "SYS/TEMP"))
        await self._let_in(user, maildrop)

    async def _let_in(self, user: User, maildrop: Maildrop) -> None:
        self._maildrop, self._shelf = maildrop, Shelf(maildrop)
        self._mailbox = user.mailbox
        self._service.last_login[user.login] = self._clock.time()
        reply = self._session.accept(maildrop.messages)
        told = self._teller.tell(
            LoggedIn,
            login=user.login,
            address=user.address,
            mailbox=user.mailbox,
            messages=len(maildrop.messages),
            octets=sum(message.size for message in maildrop.messages),
        )
        self._teller.logged_in(told)
        await self._say(reply)

    async def _wrong_password(self, login: str) -> None:
        self._failed += 1
        enough = self._failed >= self._limits.failed_logins
        if self._clock.live:
            await self._clock.sleep(self._limits.failed_delay)
        await self._refuse(login, TOO_MANY_LOGINS if enough else WRONG_PASSWORD, last=enough)

    async def _refuse(self, login: str, reply: Reply, *, last: bool = False) -> None:
        self._session.refuse()
        self._teller.tell(LoginRefused, login=login, reply=str(reply))
        await self._say(reply, last=last)

    def _may_come_again(self, user: User) -> bool:
        """RFC 2449 §6.5: a server may ask for some time between two logins."""
        last = self._service.last_login.get(user.login)
        return last is None or self._clock.time() - last >= self._limits.login_delay

    # ── messages ─────────────────────────────────────────────────────────────────────────────────

    async def _send(self, send: Send) -> None:
        assert self._shelf is not None
        message = send.message
        size = f"{message.size} octets" if send.lines is None else "the top follows"
        reply, content = ok(size), Content(send.lines, self._limits.shown)
        async with aclosing(self._shelf.pieces(message.number)) as pieces:
            try:
                octets = content.feed(await anext(pieces, b""))
            except OSError as error:
                why = getattr(error, "why", f"message {message.number} cannot be read now")
                return await self._say(err(why, "SYS/TEMP"))
            octets = reply.wire() + octets
            while not content.done and (piece := await anext(pieces, b"")):
                if len(octets) >= CHUNK:
                    await self._put(octets)
                    octets = b""
                octets += content.feed(piece)
        octets += content.end()
        self._tell_sent(send, reply, content)
        await self._put(octets)

    def _tell_sent(self, send: Send, reply: Reply, content: Content) -> None:
        if not self._service.trace.on:
            return
        found = self._service.letter_of(self._mailbox, send.message.uid)
        letter = found[0] if found else None
        if send.lines is None:
            login, where = self._session.login, send.message.where
            self._teller.tell(Retrieved, login=login, where=where, **facts(send.message, found))
        self._teller.said("S", reply.wire(), letter=letter)
        self._teller.said("S", bytes(content.shown), letter=letter, elided=content.elided)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    async def _update(self, deleted: list[int]) -> None:
        """The UPDATE state (RFC 1939 §6)."""
        assert self._maildrop is not None
        reply = NOT_REMOVED
        try:
            if deleted:
                await self._service.patiently(self._maildrop.expunge, deleted)
            reply = ok(f"good-bye, {self._session.summary()} left")
            self._tell_expunged(deleted)
        except OSError:
            pass
        await self.leave()
        await self._say(reply, last=True)

    def _tell_expunged(self, deleted: list[int]) -> None:
        for number in deleted if self._service.trace.on else ():
            message = self._session.messages[number - 1]
            found = self._service.letter_of(self._mailbox, message.uid)
            self._teller.tell(Expunged, login=self._session.login, **facts(message, found))
