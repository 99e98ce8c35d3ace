"""A small post office for tests: submission on 587 puts letters straight into bob's Maildir, and
POP3 on 110 gives them out. Everything between is real: network, TLS, login, store."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from labmail import access, smtp
from labmail.access import Passwords, User
from labmail.mua import UserAgent
from labmail.smtp import Limits, Reply, Session, Transaction
from labmail.store import Delivery, Maildir
from labmail.trace import Recorder
from labmail.trust import LabCA
from labmail.world import HostFiles, World, simulate

MAIL, ALICE_PC, BOB_PC = "128.10.30.2", "128.10.12.2", "128.10.30.9"
CA = LabCA()
T = TypeVar("T")


@dataclass
class Office:
    """The gate of the submission service: what it takes, it delivers."""

    world: World
    trace: Recorder
    store: Maildir
    hostname: str = "mail.ask.com"
    service: smtp.session.Service = "submission"
    limits: Limits = field(default_factory=Limits)
    tls: Any = None
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN")
    refuse: dict[str, Reply] = field(default_factory=dict)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    stored: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def connected(self, session: Session) -> Reply | None:
        return None

    async def helo(self, session: Session, name: str) -> Reply | None:
        return None

    async def sender(self, session: Session, path: smtp.Path, params: Any) -> Reply | None:
        return None if session.user else Reply(530, "Authentication required", "5.7.0")

    async def recipient(
        self, session: Session, transaction: Transaction, path: smtp.Path
    ) -> Reply | None:
        return self.refuse.get(path.address)

    async def message(self, session: Session, transaction: Transaction, content: bytes) -> Reply:
        sender, recipients = transaction.sender.address, [p.address for p in transaction.recipients]
        self.taken.append((sender, recipients, content))
        self.sessions.append(session)
        for recipient in recipients:
            kept = f"Return-path: <{sender}>\r\nEnvelope-to: {recipient}\r\n".encode() + content
            (outcome,) = self.store.deliver(
                [Delivery(kept, sender, recipient, "/home/bob/Maildir")]
            )
            if session.letter:
                self.stored[outcome.uid] = session.letter, recipient  # type: ignore[union-attr]
        return Reply(250, "OK id=1", "2.0.0")

    async def verify(self, session: Session, text: str) -> Reply | None:
        return None

    async def authenticate(self, session: Session, login: str, password: str) -> bool:
        return (login, password) == ("alice", "sécret")

    def letter_of(self, mailbox: str, uid: str) -> tuple[str, str, None] | None:
        return (*self.stored[uid], None) if uid in self.stored else None


@dataclass
class Post:
    world: World
    trace: Recorder
    office: Office
    alice: UserAgent
    bob: UserAgent


def post(main: Callable[[Post], Awaitable[T]], **options: Any) -> T:
    """Runs ``main`` in a small town with a post office; ``options`` for `simulate`."""

    async def run(world: World) -> T:
        with tempfile.TemporaryDirectory() as folder:
            return await main(await _open(world, Path(folder)))

    return simulate(run, **options)


async def _open(world: World, root: Path) -> Post:
    world.network.add_host(MAIL)
    world.network.add_host(ALICE_PC)
    world.network.add_host(BOB_PC)
    trace = Recorder(world.clock.time)
    store = Maildir(HostFiles(root, world.disk), world.clock, world.chance, "mail.ask.com")
    office = Office(world, trace, store, tls=CA.server_context("mail.ask.com"))
    about: dict[str, Any] = {"clock": world.clock, "trace": trace}
    await smtp.serve(world.network, MAIL, 587, office, **about)
    bob = User("bob", "bob@ask.com", "/home/bob/Maildir", store)
    await access.serve(
        world.network,
        MAIL,
        accounts=Passwords({"bob": ("word", bob)}),
        hostname="mail.ask.com",
        letter_of=office.letter_of,
        **about,
    )
    servers: dict[str, Any] = {
        "submission": (MAIL, 587, "mail.ask.com"),
        "pop3": (MAIL, 110, "mail.ask.com"),
        "network": world.network,
        "chance": world.chance,
        "tls": CA.client_context(),
        **about,
    }
    return Post(
        world,
        trace,
        office,
        UserAgent(
            "alice@example.com",
            "Alice",
            login="alice",
            password="sécret",
            hostname="alice.example.com",
            ip=ALICE_PC,
            **servers,
        ),
        UserAgent(
            "bob@ask.com",
            "Bob",
            login="bob",
            password="word",
            hostname="bob.ask.com",
            ip=BOB_PC,
            **servers,
        ),
    )
