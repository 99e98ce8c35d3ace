"""Flow control: whoever is slow makes the other wait, and memory does not fill (RFC 9293 §3.8)."""

from __future__ import annotations

import asyncio

from ..simulate import World
from .stage import A, B, Ear, Stage, in_a_lab, pair, serve

MEGABYTE = 1_000_000


class Flow(Stage):
    """Writers that pause, readers that look away."""

    @in_a_lab()
    async def test_ten_megabytes_with_flow_control(self, world: World) -> None:
        near, far = await pair(world)
        text = b"0123456789abcdef" * (10 * MEGABYTE // 16)
        near.transport.write(text)
        assert near.heard[-1] == "pause"
        assert near.transport.get_write_buffer_size() == len(text)
        await world.clock.settle()
        assert near.heard == ["made", "pause", "resume"]
        assert near.transport.get_write_buffer_size() == 0
        assert far.data == text

    @in_a_lab()
    async def test_a_reader_that_pauses_slows_the_writer(self, world: World) -> None:
        """Ten megabytes to a reader that looks away for ten minutes: drained when he is back."""
        heard = bytearray()
        start = world.clock.time()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            await asyncio.sleep(600)
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            while data := await reader.read(65536):
                heard.extend(data)
            writer.close()

        await asyncio.start_server(slow, B, 25)
        _, writer = await world.network.open_stream(A, B, 25)
        text = bytes(10 * MEGABYTE)
        writer.write(text)
        await writer.drain()
        assert world.clock.time() - start == 600
        writer.close()
        await world.clock.settle()
        assert heard == text

    @in_a_lab()
    async def test_write_buffer_limits(self, world: World) -> None:
        near, far = await pair(world)
        far.transport.pause_reading()
        near.transport.set_write_buffer_limits(high=10)
        assert near.transport.get_write_buffer_limits() == (2, 10)
        near.transport.write(b"x" * 10)
        assert near.heard == ["made"]
        near.transport.write(b"x")
        assert near.heard == ["made", "pause"]
        far.transport.resume_reading()
        await world.clock.settle()
        assert near.heard == ["made", "pause", "resume"]

    @in_a_lab()
    async def test_a_writer_may_go_on_before_all_is_read(self, world: World) -> None:
        near, far = await pair(world, server=Sip)
        near.transport.set_write_buffer_limits(high=900_000, low=800_000)
        near.transport.write(b"x" * 1_000_000)
        while near.heard[-1] != "resume":
            assert near.transport.get_write_buffer_size() > 800_000
            far.transport.resume_reading()
            await world.clock.settle()
        assert 0 < near.transport.get_write_buffer_size() <= 800_000

    @in_a_lab()
    async def test_buffered_protocols(self, world: World) -> None:
        """TLS is one: it hands over a buffer of its own instead of being handed bytes."""
        made = await serve(world, Buffered)
        transport, _ = await world.network.connect(A, B, 25, Ear)
        transport.write(b"a text that is longer than the buffer")
        await world.clock.settle()
        assert made[0].text == b"a text that is longer than the buffer"


class Sip(Ear):
    """Takes one piece and looks away."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.transport.pause_reading()


class Buffered(asyncio.BufferedProtocol):
    """Reads through a buffer of ten bytes."""

    def __init__(self) -> None:
        self.text, self._buffer = b"", bytearray(10)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.text += self._buffer[:nbytes]
