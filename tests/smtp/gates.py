"""An open gate: it says yes to everything, and remembers. For tests only: it is an open relay."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from labmail.smtp import Limits, Path, Reply, Session, Transaction
from labmail.smtp.session import Service


@dataclass
class Letter:
    """What a gate was given."""

    transaction: Transaction
    content: bytes
    session: Session

    @property
    def sender(self) -> str:
        return self.transaction.sender.address

    @property
    def recipients(self) -> list[str]:
        return [path.address for path in self.transaction.recipients]


@dataclass
class OpenGate:
    """Takes everything. ``refuse`` maps an address (or "message") to the reply it gets instead."""

    hostname: str = "mail.ask.com"
    service: Service = "smtp"
    limits: Limits = field(default_factory=Limits)
    tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None = None
    mechanisms: tuple[str, ...] = ()
    auth_without_tls: bool = False
    users: dict[str, str] = field(default_factory=lambda: {"alice": "sécret word"})
    refuse: dict[str, Reply] = field(default_factory=dict)
    greeting: Reply | None = None
    letters: list[Letter] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before_message: Callable[[], Awaitable[None]] | None = None
    closed_sessions: list[Session] = field(default_factory=list)

    async def connected(self, session: Session) -> Reply | None:
        return self.greeting

    async def helo(self, session: Session, name: str) -> Reply | None:
        return self.refuse.get(name)

    async def sender(self, session: Session, path: Path, params: Transaction) -> Reply | None:
        self.asked.append(f"sender {path}")
        return self.refuse.get(path.address)

    async def recipient(
        self, session: Session, transaction: Transaction, path: Path
    ) -> Reply | None:
        self.asked.append(f"recipient {path}")
        return self.refuse.get(path.address)

    async def message(self, session: Session, transaction: Transaction, content: bytes) -> Reply:
        if self.before_message is not None:
            await self.before_message()
        if "message" in self.refuse:
            return self.refuse["message"]
        self.letters.append(Letter(transaction, content, session))
        return Reply(250, f"OK id={len(self.letters)}", "2.0.0")

    async def verify(self, session: Session, text: str) -> Reply | None:
        return self.refuse.get(text)

    async def authenticate(self, session: Session, login: str, password: str) -> bool:
        await asyncio.sleep(0)
        return self.users.get(login) == password

    async def closed(self, session: Session) -> None:
        self.closed_sessions.append(session)
