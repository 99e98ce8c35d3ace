"""A small lab for tests: one host with a POP3 server, both kinds of store, two people with mail."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from labmail.access import Passwords, Pop3Client, User, serve
from labmail.access.pop3 import Limits
from labmail.message.outcome import Delivered
from labmail.store import Delivery, Maildir, Mbox, Store
from labmail.trace import Recorder
from labmail.world import HostFiles, World, simulate

SERVER, CLIENT = "128.10.30.2", "128.10.30.9"
LETTERS = (
    b"Return-path: <alice@example.com>\r\nSubject: lunch\r\n\r\n.dot\r\n..\r\n.\r\nFriday?\r\n",
    b"Return-path: <>\r\nSubject: tea\r\n\r\none\r\ntwo\r\nthree\r\n",
    b"Subject: header only\r\n\r\n",
)
T = TypeVar("T")


@dataclass
class Pop3Lab:
    world: World
    files: HostFiles
    store: Store
    trace: Recorder
    users: dict[str, tuple[str, User]] = field(default_factory=dict)

    def mailbox(self, login: str) -> str:
        return f"/home/{login}/Maildir" if self.store.kind == "maildir" else f"/var/mail/{login}"

    def deliver(self, *letters: bytes, login: str = "bob") -> list[str]:
        """Delivers; gives the unique ids."""
        address, mailbox = f"{login}@ask.com", self.mailbox(login)
        batch = [Delivery(letter, "alice@example.com", address, mailbox) for letter in letters]
        outcomes = self.store.deliver(batch)
        assert all(isinstance(outcome, Delivered) for outcome in outcomes), outcomes
        return [outcome.uid or "" for outcome in outcomes if isinstance(outcome, Delivered)]

    def contents(self, login: str = "bob") -> list[bytes]:
        with self.store.open(self.mailbox(login)) as maildrop:
            return [maildrop.read(message.number) for message in maildrop.messages]

    async def client(self, login: str = "bob", password: str = "secret") -> Pop3Client:
        client = await Pop3Client.connect(self.world.network, CLIENT, SERVER)
        await client.login(login, password)
        return client

    async def raw(self) -> Raw:
        reader, writer = await self.world.network.open_stream(CLIENT, SERVER, 110)
        raw = Raw(reader, writer)
        await raw.line()
        return raw

    async def raw_bob(self) -> Raw:
        raw = await self.raw()
        assert await raw.ask("USER bob", "PASS secret") == "+OK"
        return raw


@dataclass
class Raw:
    """A client that says what it likes."""

    reader: Any
    writer: Any

    async def line(self) -> str:
        return (await self.reader.readline()).decode("latin-1").removesuffix("\r\n")

    async def say(self, line: str) -> str:
        """Says one line and gives the whole first line of the answer."""
        self.writer.write(line.encode("latin-1") + b"\r\n")
        return await self.line()

    async def ask(self, *lines: str) -> str:
        """Says lines one by one; gives the last status: ``+OK``, ``-ERR``, ``-ERR [IN-USE]``."""
        answer = ""
        for line in lines:
            answer = await self.say(line)
        words = answer.split(" ")
        return " ".join(words[: 2 if answer.startswith("-ERR [") else 1])

    async def more(self) -> list[str]:
        """The further lines of an answer, up to the dot, as they are on the wire."""
        lines = []
        while (line := await self.line()) != ".":
            lines.append(line)
        return lines

    def close(self) -> None:
        self.writer.close()


def pop3_lab(
    main: Callable[[Pop3Lab], Awaitable[T]],
    kind: str = "mbox",
    *,
    letters: tuple[bytes, ...] = LETTERS,
    limits: Limits | None = None,
    letter_of: Callable[[str, str], Any] = lambda mailbox, uid: None,
    trace: bool = True,
    root: Path | None = None,
    **options: Any,
) -> T:
    """Runs ``main`` in a lab in which bob has ``letters`` waiting."""

    async def run(world: World) -> T:
        with tempfile.TemporaryDirectory() as temporary:
            files = HostFiles(root or Path(temporary), world.disk)
            if kind == "mbox":
                store: Store = Mbox(files, world.clock)
            else:
                store = Maildir(files, world.clock, world.chance, "mail.ask.com")
            lab = Pop3Lab(world, files, store, Recorder(world.clock.time, on=trace))
            for login, password in (("bob", "secret"), ("carol", "pass word ")):
                user = User(login, f"{login}@ask.com", lab.mailbox(login), store)
                lab.users[login] = password, user
            world.network.add_host(SERVER, CLIENT)
            await serve(
                world.network,
                SERVER,
                accounts=Passwords(lab.users),
                clock=world.clock,
                trace=lab.trace,
                hostname="mail.ask.com",
                limits=limits,
                letter_of=letter_of,
                name_of={CLIENT: "bob.ask.com"}.get,
            )
            if letters:
                lab.deliver(*letters)
            try:
                return await main(lab)
            finally:
                assert lab.trace.faults == []

    return simulate(run, **options)
