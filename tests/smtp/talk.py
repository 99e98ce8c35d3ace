"""A client that says exactly what it is told to, byte for byte, and gives what it hears."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from labmail.smtp import Server, serve
from labmail.trace import Recorder
from labmail.world import World, simulate

from .gates import OpenGate

T = TypeVar("T")

SERVER, CLIENT = "128.10.30.2", "128.10.12.4"


class Talk:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *pieces: bytes | str) -> None:
        for piece in pieces:
            self.writer.write(piece.encode("latin-1") if isinstance(piece, str) else piece)
            await self.writer.drain()

    async def hear(self) -> str:
        """One reply, all its lines, without CRLF at the end; "" when the server has hung up."""
        lines = []
        while line := (await self.reader.readline()).decode("latin-1"):
            lines.append(line.removesuffix("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, line: str | bytes) -> str:
        """Says a line (CRLF is added) and gives the reply to it."""
        await self.send(line, b"\r\n")
        return await self.hear()

    async def rest(self) -> str:
        """Everything until the server hangs up."""
        return (await self.reader.read()).decode("latin-1")

    async def hello(self, greeting: bool = True) -> Talk:
        if greeting:
            await self.hear()
        await self.say("EHLO mail.example.com")
        return self

    async def starttls(self, context: ssl.SSLContext, name: str = "mail.ask.com") -> str:
        reply = await self.say("STARTTLS")
        await self.writer.start_tls(context, server_hostname=name)
        return reply

    def link(self) -> Any:
        return self.writer.get_extra_info("lab")


class Stage:
    """A server behind an open gate, and those who call it."""

    def __init__(self, world: World, gate: OpenGate, trace: Recorder, server: Server) -> None:
        self.world, self.gate, self.trace, self.server = world, gate, trace, server
        self.talks: list[Talk] = []

    async def call(self, **crossing: Any) -> Talk:
        opened = await self.world.network.open_stream(CLIENT, SERVER, 25, **crossing)
        self.talks.append(Talk(*opened))
        return self.talks[-1]

    async def greeted(self) -> Talk:
        return await (await self.call()).hello()


def on_stage(
    main: Callable[[Stage], Awaitable[T]], gate: OpenGate | None = None, **options: Any
) -> T:
    """Runs ``main`` with a server on port 25."""

    async def play(world: World) -> T:
        world.network.add_host(SERVER, CLIENT)
        mine, trace = gate or OpenGate(), Recorder(world.clock.time)
        server = await serve(world.network, SERVER, 25, mine, clock=world.clock, trace=trace)
        stage = Stage(world, mine, trace, server)
        try:
            return await main(stage)
        finally:
            for talk in stage.talks:
                talk.writer.close()

    return simulate(play, **options)
