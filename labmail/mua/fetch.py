"""Fetching: from the mailbox on the server to the reader's own program, by POP3. RFC 1939.

::

    USER, PASS ─▶ LIST, UIDL ─▶ RETR ─▶ DELE … ─▶ QUIT      only QUIT removes anything
                               (a copy) (a mark)

A program that hangs up before QUIT has its copies, and the server still has all its letters: the
next time they come again. That is the safe way round: twice is better than never.

Try: ``for letter in await agent.fetch(): print(letter)``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from labmail.access import Pop3Client, Pop3Error
from labmail.message import (
    AddressError,
    Envelope,
    Header,
    Hops,
    Part,
    Shown,
    compare,
    look,
    mailboxes,
    parse_addresses,
    show_letter,
)
from labmail.message.visible import octets, shorten, visible
from labmail.trace import Event

from .events import Fetched
from .holding import Holding
from .reader import read
from .submit import Account, Desk, Server


class FetchError(Exception):
    """The mailbox could not be read: says which server, and what it said."""


@dataclass(frozen=True)
class FetchedMessage(Holding):
    """A letter as it came out of the mailbox. ``number`` and ``uid`` are the server's names for it
    (``uid`` lasts, RFC 1939 §7); ``letter`` is the lab's, where it is known."""

    number: int
    uid: str
    content: bytes = field(repr=False)
    letter: str | None = None

    @property
    def text(self) -> str:
        """What a text reader shows."""
        return self.message.text

    @property
    def attachments(self) -> tuple[Part, ...]:
        return self.message.attachments

    @property
    def envelope(self) -> Envelope:
        """What the delivering host has written down of the envelope (RFC 5321 §4.4).

        `Return-path:` is its sender, `Envelope-to:` the recipients of this copy; the rest is gone.
        """
        sender = _written_down(self.header.get("Return-path").strip("<>"))
        return Envelope(sender[0] if sender else "", _written_down(self.header.get("Envelope-to")))

    def hops(self) -> Hops:
        """The road it says it has come."""
        return self.message.hops()

    def show(self) -> Shown:
        """As a mail reader shows it."""
        return read(self.message)

    def anatomy(self) -> Shown:
        """Envelope, header and body side by side."""
        compared = compare(self.envelope, self.header)
        return show_letter(self.envelope, self.message, compared, title=self.subject)

    def __repr__(self) -> str:
        return f"<FetchedMessage {self.number}: {self.subject!r}, {len(self.content)} octets>"


def _written_down(value: str) -> tuple[str, ...]:
    try:
        return tuple(str(box.address) for box in mailboxes(parse_addresses(value)))
    except AddressError:
        return (value,) if value.isprintable() else ()


@dataclass(frozen=True)
class Listed:
    """One line of a mailbox: what the server says of a message, and the top of its header."""

    number: int
    uid: str
    size: int
    header: Header = field(repr=False)


class Listing(tuple[Listed, ...]):
    """What waits in a mailbox; nothing was fetched or marked by looking."""

    __slots__ = ()

    def show(self) -> Shown:
        head = ("", "from", "subject", "size", "uid")
        rows = [tuple(map(visible, _line(item))) for item in self]
        lines = ["  ".join(filter(None, row)) for row in rows] or ["The mailbox is empty."]
        table = look.table(head, [map(look.esc, row) for row in rows])
        inner = table if rows else look.quiet(lines[0])
        return Shown("\n".join(lines), look.card(look.row(inner), label="mailbox"))

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __str__(self) -> str:
        return str(self.show())

    __repr__ = __str__


def _line(item: Listed) -> tuple[str, ...]:
    sender, subject = item.header.text("From", "?"), item.header.text("Subject")
    return str(item.number), shorten(sender, 40), shorten(subject, 50), octets(item.size), item.uid


@asynccontextmanager
async def mailbox(
    server: Server, account: Account, desk: Desk, cause: str | None
) -> AsyncIterator[Pop3Client]:
    """A session with the access agent. QUIT at its end, unless something went wrong in it.

    Raises `FetchError`.
    """
    where = f"POP3 on {server.name} ({server.ip}, port {server.port})"
    try:
        client = await Pop3Client.connect(
            desk.network, desk.ip, server.ip, server.port, cause=cause, timeout=desk.timeout
        )
        async with client:
            await client.login(account.login, account.password)
            yield client
            await client.quit()
    except Pop3Error as error:
        raise FetchError(f"{where} refused {error}") from error
    except OSError as error:  # TimeoutError and ConnectionError too
        words = str(error) or "no answer"
        raise FetchError(f"{where} cannot be reached: {words}") from error


async def fetch(
    server: Server,
    account: Account,
    desk: Desk,
    *,
    keep: bool,
    received: Callable[[FetchedMessage], None] = lambda message: None,
    cause: str | None = None,
) -> list[FetchedMessage]:
    """Everything in the mailbox, in its order; removed there unless ``keep``.

    ``received`` is called with each message before the server is told that it may go, so that none
    is lost if the rest fails. Raises `FetchError`.
    """
    fetched: list[tuple[FetchedMessage, Event | None]] = []
    async with mailbox(server, account, desk, cause) as client:
        for number, uid in (await client.uidl()).items():
            content = await client.retr(number)
            seen = desk.trace.get(client.link.heard) if client.link else None
            letter = seen.letter if seen else None
            message = FetchedMessage(number, uid, content, letter)
            received(message)
            fetched.append((message, seen))
            if not keep:
                await client.dele(number)
    for message, seen in fetched:
        _tell(message, seen, server, desk, keep)
    return [message for message, _ in fetched]


def _tell(
    message: FetchedMessage, seen: Event | None, server: Server, desk: Desk, keep: bool
) -> None:
    desk.trace.tell(
        Fetched,
        host=desk.hostname,
        letter=message.letter,
        recipient=seen.recipient if seen else None,
        cause=seen.name if seen else None,
        connection=seen.connection if seen else None,
        server=server.name,
        uid=message.uid,
        subject=message.subject,
        size=len(message.content),
        kept=keep,
    )


async def listing(server: Server, account: Account, desk: Desk) -> Listing:
    """What waits in the mailbox, by LIST, UIDL and TOP. Raises `FetchError`."""
    async with mailbox(server, account, desk, None) as client:
        uids = await client.uidl()
        return Listing(
            [
                Listed(number, uids.get(number, ""), size, Header.parse(await client.top(number)))
                for number, size in (await client.list()).items()
            ]
        )
