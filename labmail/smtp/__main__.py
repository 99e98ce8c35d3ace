"""The room at work: ``python -m labmail.smtp`` holds a conversation and shows what was said.

``python -m labmail.smtp dialogue`` prints the table of verbs and states as a Mermaid diagram,
``python -m labmail.smtp replies`` every reply by its name.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable

from labmail.trace import Recorder, Said
from labmail.world import World, simulate

from . import replies
from .client import Client
from .dialogue import mermaid
from .limits import Limits
from .paths import Path
from .replies import Reply
from .server import serve
from .session import Service, Session, Transaction

HERE, THERE = "128.10.12.4", "128.10.30.2"


class Doorkeeper:
    """A gate that knows bob and nobody else, and throws every letter away."""

    hostname = "mail.ask.com"
    service: Service = "smtp"
    limits = Limits()
    tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None = None
    mechanisms: tuple[str, ...] = ()

    async def connected(self, session: Session) -> Reply | None:
        return None

    async def helo(self, session: Session, name: str) -> Reply | None:
        return None

    async def sender(self, session: Session, path: Path, params: Transaction) -> Reply | None:
        return None

    async def recipient(
        self, session: Session, transaction: Transaction, path: Path
    ) -> Reply | None:
        return None if path.local == "bob" else Reply(550, "unknown user", "5.1.1")

    async def message(self, session: Session, transaction: Transaction, content: bytes) -> Reply:
        return Reply(250, "OK, and thrown away", "2.0.0")

    async def verify(self, session: Session, text: str) -> Reply | None:
        return None

    async def authenticate(self, session: Session, login: str, password: str) -> bool:
        return False


async def converse(world: World) -> Recorder:
    """One letter for bob and for somebody who does not exist."""
    world.network.add_host(HERE, THERE)
    trace = Recorder(world.clock.time)
    await serve(world.network, THERE, 25, Doorkeeper(), clock=world.clock, trace=trace)
    client = await Client.connect(
        world.network,
        HERE,
        THERE,
        25,
        helo="mail.example.com",
        host="mail.example.com",
        trace=trace,
    )
    letter = b"From: alice@example.com\r\nSubject: lunch\r\n\r\nNoon?\r\n"
    await client.send("alice@example.com", ["bob@ask.com", "bbo@ask.com"], letter)
    await client.quit()
    await world.clock.settle()
    return trace


def main(about: str = "") -> None:
    """Shows what ``about`` asks for."""
    if about == "dialogue":
        print(mermaid())
    elif about == "replies":
        for name, value in vars(replies).items():
            if isinstance(value, Reply):
                print(f"{name:24} {value}")
    else:
        for event in simulate(converse).find(Said):
            print(event.answer.replace("\r\n", "\n   "))


if __name__ == "__main__":
    main(*sys.argv[1:2])
