"""The stage on which the promises are played: a few hosts, and protocols that note all they hear.

Each test is an async method that is handed a world; `in_a_lab` makes an ordinary test of it, which
any test runner can call, on the carrier that the class names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar

from .. import simulate
from ..simulate import World

A, B, C = "10.1.0.1", "10.1.0.2", "10.1.0.3"
A6, B6 = "2001:db8::1", "2001:db8::2"
HOSTS = (A, B, C, A6, B6)

Play = Callable[[Any, World], Awaitable[None]]


class Stage:
    """What each set of promises inherits: ``run`` is the carrier's `simulate`."""

    run: ClassVar[Callable[..., Any]] = staticmethod(simulate)


def in_a_lab(**options: Any) -> Callable[[Play], Callable[[Any], None]]:
    """Makes a test of an async method: plays it in a lab of its own. ``options`` go to ``run``."""

    def make(play: Play) -> Callable[[Any], None]:
        def test(self: Any) -> None:
            self.run(partial(_play, play, self), **options)

        test.__name__, test.__qualname__ = play.__name__, play.__qualname__
        test.__doc__, test.__module__ = play.__doc__, play.__module__
        return test

    return make


async def _play(play: Play, self: Any, world: World) -> None:
    errors: list[dict[str, Any]] = []
    world.loop.set_exception_handler(lambda loop, context: errors.append(context))
    world.network.add_host(*HOSTS)
    await play(self, world)
    assert not [e for e in errors if not isinstance(e.get("exception"), Expected)], errors


class Expected(Exception):
    """An error that a test makes on purpose."""


class Ear(asyncio.Protocol):
    """Writes down what it hears: ``heard`` is a list of words and byte strings, joined up."""

    def __init__(self, *, keep_open: bool = False) -> None:
        self.heard: list[Any] = []
        self.keep_open = keep_open
        self.transport: Any = None
        self.over: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    @property
    def data(self) -> bytes:
        """All bytes that came."""
        return b"".join(item for item in self.heard if isinstance(item, bytes))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.heard.append("made")

    def data_received(self, data: bytes) -> None:
        if self.heard and isinstance(self.heard[-1], bytes):
            data = self.heard.pop() + data
        self.heard.append(data)

    def eof_received(self) -> bool:
        self.heard.append("eof")
        return self.keep_open

    def connection_lost(self, exc: Exception | None) -> None:
        self.heard.append("lost" if exc is None else type(exc).__name__)
        self.over.set_result(exc)

    def pause_writing(self) -> None:
        self.heard.append("pause")

    def resume_writing(self) -> None:
        self.heard.append("resume")


class Echo(Ear):
    """Says back what it hears."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.transport.write(data)


class Made(list[Any]):
    """A factory of protocols that remembers what it made: ``await network.listen(B, 25, made)``."""

    def __init__(self, make: Callable[[], Any] = Ear) -> None:
        super().__init__()
        self.make = make

    def __call__(self) -> Any:
        self.append(self.make())
        return self[-1]


async def serve(world: World, make: Callable[[], Any] = Ear, port: int = 25) -> Made:
    """Lets protocols listen at B; gives the growing list of them."""
    made = Made(make)
    await world.network.listen(B, port, made)
    return made


async def pair(
    world: World,
    client: Callable[[], Ear] = Ear,
    server: Callable[[], Ear] = Ear,
    port: int = 25,
) -> tuple[Ear, Ear]:
    """A connection from A to B: the client's and the server's protocol."""
    made = Made(server)
    listener = await world.network.listen(B, port, made)
    _, near = await world.network.connect(A, B, port, client)
    listener.close()
    await world.clock.settle()
    return near, made[0]


def keeping_open() -> Ear:
    """An `Ear` that goes on when the other side has said all."""
    return Ear(keep_open=True)
