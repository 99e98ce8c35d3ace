"""How a connection ends: farewell, half close, reset; each side is told once (RFC 9293 §3.6)."""

from __future__ import annotations

import asyncio

from ..simulate import World
from .stage import A, B, Ear, Stage, in_a_lab, keeping_open, pair, serve


class Farewells(Stage):
    """Every way in which a connection can be over."""

    @in_a_lab()
    async def test_a_close_is_heard_after_the_last_byte(self, world: World) -> None:
        near, far = await pair(world)
        text = b"x" * 1_000_000
        near.transport.write(text)
        near.transport.close()
        near.transport.write(b"too late")
        assert near.transport.is_closing()
        await world.clock.settle()
        assert far.heard == ["made", text, "eof", "lost"]
        assert near.heard == ["made", "pause", "lost"]
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_half_close_leaves_the_way_back_open(self, world: World) -> None:
        near, far = await pair(world, client=keeping_open, server=keeping_open)
        near.transport.write(b"x" * 100_000)
        near.transport.write_eof()
        await world.clock.settle()
        assert far.heard == ["made", b"x" * 100_000, "eof"]
        far.transport.write(b"the answer")
        await world.clock.settle()
        assert near.data == b"the answer"
        far.transport.close()
        await world.clock.settle()
        assert near.heard[-2:] == [b"the answer", "eof"]
        near.transport.close()
        await world.clock.settle()
        assert (near.heard[-1], far.heard[-1]) == ("lost", "lost")
        assert world.network.ends == ()

    @in_a_lab()
    async def test_nothing_can_be_written_after_a_half_close(self, world: World) -> None:
        near, _ = await pair(world)
        near.transport.write_eof()
        try:
            near.transport.write(b"more")
        except RuntimeError:
            return
        raise AssertionError("wrote after write_eof")

    @in_a_lab()
    async def test_a_farewell_waits_for_a_reader_that_has_paused(self, world: World) -> None:
        for words in (b"last words", b""):
            near, far = await pair(world)
            far.transport.pause_reading()
            near.transport.write(words)
            near.transport.close()
            await world.clock.settle()
            assert far.heard == ["made"]
            far.transport.resume_reading()
            await world.clock.settle()
            assert far.heard == ["made", *filter(None, [words]), "eof", "lost"]

    @in_a_lab()
    async def test_an_abort_is_heard_as_a_reset(self, world: World) -> None:
        near, far = await pair(world)
        near.transport.abort()
        near.transport.abort()
        await world.clock.settle()
        assert near.heard == ["made", "lost"]
        assert far.heard == ["made", "ConnectionResetError"]
        assert world.network.ends == ()

    @in_a_lab()
    async def test_an_abort_never_looks_like_a_farewell(self, world: World) -> None:
        """What was written may be lost, but then the peer must not believe that it has all."""
        near, far = await pair(world)
        far.transport.pause_reading()
        near.transport.write(b"x" * 1_000_000)
        near.transport.write_eof()
        near.transport.abort()
        far.transport.resume_reading()
        await world.clock.settle()
        assert "eof" not in far.heard
        assert far.heard[-1] == "ConnectionResetError"

    @in_a_lab()
    async def test_who_writes_to_a_closed_end_is_reset(self, world: World) -> None:
        near, far = await pair(world, client=keeping_open)
        far.transport.close()
        await world.clock.settle()
        assert near.heard == ["made", "eof"]
        near.transport.write(b"are you there?")
        await world.clock.settle()
        assert near.heard == ["made", "eof", "ConnectionResetError"]
        assert far.heard == ["made", "lost"]

    @in_a_lab()
    async def test_who_waits_to_write_to_a_closed_end_is_freed(self, world: World) -> None:
        near, far = await pair(world, client=keeping_open)
        far.transport.pause_reading()
        near.transport.write(b"x" * 1_000_000)
        await world.clock.settle()
        assert near.heard == ["made", "pause"]
        far.transport.close()
        await world.clock.settle()
        assert near.heard[-1] == "ConnectionResetError"

    @in_a_lab()
    async def test_both_close_at_once(self, world: World) -> None:
        near, far = await pair(world)
        near.transport.close()
        far.transport.close()
        await world.clock.settle()
        assert near.heard == far.heard == ["made", "lost"]
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_server_that_hangs_up_at_once(self, world: World) -> None:
        """The client is connected first, as a kernel does it, and then hears what happened."""
        await world.network.listen(B, 25, Abrupt)
        await world.network.listen(B, 26, Polite)
        _, reset = await world.network.connect(A, B, 25, Ear)
        _, closed = await world.network.connect(A, B, 26, Ear)
        await world.clock.settle()
        assert reset.heard == ["made", "ConnectionResetError"]
        assert closed.heard == ["made", b"421 busy\r\n", "eof", "lost"]

    @in_a_lab()
    async def test_a_client_that_changes_its_mind(self, world: World) -> None:
        """A connect that is cancelled leaves nothing open, whenever it happens."""
        ears = await serve(world)
        for turns in range(8):
            task = asyncio.ensure_future(world.network.connect(A, B, 25, Ear))
            for _ in range(turns):
                await asyncio.sleep(0)
            arrived = task.done()
            task.cancel()
            await world.clock.settle()
            if arrived:
                task.result()[0].close()
                await world.clock.settle()
            assert world.network.ends == ()
        assert all(ear.heard[-1] in ("lost", "ConnectionResetError") for ear in ears)


class Abrupt(Ear):
    """Resets a connection as soon as it is made."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.abort()


class Polite(Ear):
    """Says why, and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.write(b"421 busy\r\n")
        self.transport.close()
