"""Visits: all that a connection says passes through a door, both ways and as it was said."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from typing import Any

from ..simulate import World
from .stage import B, Ear, Echo, Stage, in_a_lab, keeping_open, serve

MUCH = 12_000_000


class Visits(Stage):
    """Bytes, half close, reset and patience, through a real socket."""

    @in_a_lab()
    async def test_a_half_close_passes_through_both_ways(self, world: World) -> None:
        """As ``printf … | nc`` does it: all is said, and the answer is still to come."""
        service = await serve(world, keeping_open)
        reader, writer = await asyncio.open_connection(*await world.network.endpoint(B, 25))
        writer.write(b"x" * 100_000)
        writer.write_eof()
        await until(lambda: service and "eof" in service[0].heard)
        assert len(service[0].data) == 100_000
        service[0].transport.write(b"y" * 100_000)
        service[0].transport.write_eof()
        assert await reader.read() == b"y" * 100_000
        await until(lambda: world.network.ends == (service[0].transport,))
        service[0].transport.close()
        writer.close()

    @in_a_lab()
    async def test_a_service_that_ends_first(self, world: World) -> None:
        """It has said all; what the visitor still says is answered with a reset."""
        service = await serve(world, keeping_open)
        visitor = await visit(world, 25)
        await until(lambda: bool(service))
        service[0].transport.write(b"221 closing\r\n")
        service[0].transport.close()
        await until(lambda: "eof" in visitor.heard)
        assert visitor.heard == ["made", b"221 closing\r\n", "eof"]
        await until(lambda: visitor.over.done() or visitor.transport.write(b"are you there?"))
        assert isinstance(await visitor.over, ConnectionError)
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_reset_passes_through_both_ways(self, world: World) -> None:
        service = await serve(world, Ear)
        visitor = await visit(world, 25)
        await until(lambda: bool(service))
        service[0].transport.abort()
        assert isinstance(await visitor.over, ConnectionResetError)
        visitor = await visit(world, 25)
        await until(lambda: len(service) == 2)
        sock = visitor.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visitor.transport.abort()
        assert isinstance(await service[1].over, ConnectionResetError)

    @in_a_lab()
    async def test_ten_megabytes_each_way(self, world: World) -> None:
        """More than any buffer holds: who is slow makes the other wait, through the door."""
        service = await serve(world, Echo)
        reader, writer = await asyncio.open_connection(*await world.network.endpoint(B, 25))
        text = bytes(range(256)) * 40_000

        async def say() -> None:
            writer.write(text)
            await writer.drain()
            writer.write_eof()

        saying = asyncio.ensure_future(say())
        assert await reader.readexactly(len(text)) == text
        await saying
        writer.close()
        await until(lambda: "eof" in service[0].heard)

    @in_a_lab()
    async def test_who_is_inside_waits_while_the_host_is_down(self, world: World) -> None:
        service = await serve(world, Echo)
        reader, writer = await asyncio.open_connection(*await world.network.endpoint(B, 25))
        writer.write(b"inside")
        assert await reader.readexactly(6) == b"inside"
        world.network.down(B)
        writer.write(b"hello?")
        answer = asyncio.ensure_future(reader.readexactly(6))
        await world.clock.advance("5m")
        assert not answer.done()
        world.network.up(B)
        assert await answer == b"hello?"
        assert len(service) == 1
        writer.close()

    @in_a_lab()
    async def test_a_visitor_who_does_not_read_slows_the_service(self, world: World) -> None:
        """The door keeps little: who writes to somebody slow must wait, or memory fills up."""
        service = await serve(world, Ear)
        visitor = await visit(world, 25)
        await until(lambda: bool(service))
        await assert_slows(world, service[0], visitor)

    @in_a_lab()
    async def test_a_service_that_does_not_read_slows_the_visitor(self, world: World) -> None:
        service = await serve(world, Ear)
        visitor = await visit(world, 25)
        await until(lambda: bool(service))
        await assert_slows(world, visitor, service[0])

    @in_a_lab()
    async def test_two_hundred_visitors_at_once(self, world: World) -> None:
        service = await serve(world, Echo)
        door = await world.network.endpoint(B, 25)

        async def enter(n: int) -> bytes:
            reader, writer = await asyncio.open_connection(*door)
            writer.write(b"%03d" % n)
            answer = await reader.readexactly(3)
            writer.close()
            return answer

        answers = await asyncio.gather(*(enter(n) for n in range(200)))
        assert answers == [b"%03d" % n for n in range(200)]
        peers = {ear.transport.get_extra_info("peername") for ear in service}
        assert len(peers) == 200
        await until(lambda: world.network.ends == ())


async def assert_slows(world: World, writer: Ear, reader: Ear) -> None:
    """More than the kernel keeps for loopback is held back at the writer, and comes in the end."""
    reader.transport.pause_reading()
    writer.transport.write(bytes(MUCH))
    for _ in range(50):
        await world.loop.run_in_executor(None, time.sleep, 0.002)
    assert writer.heard == ["made", "pause"]
    assert writer.transport.get_write_buffer_size() > MUCH // 4
    reader.transport.resume_reading()
    await until(lambda: len(reader.data) == MUCH)
    await until(lambda: writer.heard == ["made", "pause", "resume"])
    writer.transport.close()


async def until(true: Any) -> None:
    """Waits until something has come true that the machine's own sockets must bring about."""
    for _ in range(2000):
        if true():
            return
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.002)
    raise AssertionError("it did not come true")


async def visit(world: World, port: int) -> Ear:
    """A real program comes in and listens."""
    visitor = keeping_open()
    door = await world.network.endpoint(B, port)
    await world.loop.create_connection(lambda: visitor, *door)
    return visitor
