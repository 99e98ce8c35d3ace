"""UDP: one question, one answer, and all that can happen to either (RFC 768, RFC 1122 §4.1)."""

from __future__ import annotations

import asyncio
import errno
from typing import Any

from ..simulate import World
from .stage import A6, B6, A, B, C, Stage, in_a_lab


class Datagrams(Stage):
    """Datagrams between hosts of the lab."""

    @in_a_lab()
    async def test_a_question_and_its_answer(self, world: World) -> None:
        oracle = await listen(world)
        answers = [await world.network.exchange(A, B, 53, b"%d?" % n, 5) for n in range(3)]
        assert answers == [b"0!", b"1!", b"2!"]
        assert {address for _, (address, _) in oracle.heard} == {A}
        assert len({port for _, (_, port) in oracle.heard}) == 3

    @in_a_lab()
    async def test_many_questions_at_once_keep_their_order(self, world: World) -> None:
        oracle = await listen(world)
        asked = [b"%d?" % n for n in range(1000)]
        answers = await asyncio.gather(
            *(world.network.exchange(A, B, 53, question, 5) for question in asked)
        )
        assert answers == [question.replace(b"?", b"!") for question in asked]
        assert [data for data, _ in oracle.heard] == asked

    @in_a_lab()
    async def test_silence(self, world: World) -> None:
        """A host that is down, or does not answer: the asker waits as long as he said."""
        oracle = await listen(world)
        oracle.mute = True
        start = world.clock.time()
        await assert_times_out(world, 5)
        assert oracle.heard
        oracle.mute = False
        world.network.down(B)
        await assert_times_out(world, 7)
        world.network.up(B)
        assert len(oracle.heard) == 1
        assert world.clock.time() - start == 12
        world.network.down(A)
        await assert_times_out(world, 3)

    @in_a_lab()
    async def test_refused(self, world: World) -> None:
        start = world.clock.time()
        await assert_refused(world)
        transport = await world.network.listen_udp(B, 53, Oracle)
        assert await world.network.exchange(A, B, 53, b"a?", 5) == b"a!"
        world.network.refuse(B, 53)
        await assert_refused(world)
        world.network.allow(B, 53)
        assert await world.network.exchange(A, B, 53, b"b?", 5) == b"b!"
        transport.close()
        await assert_refused(world)
        assert world.clock.time() == start

    @in_a_lab()
    async def test_unreachable(self, world: World) -> None:
        for target in ("10.1.0.99", "198.51.100.7", "ns.example.com"):
            try:
                await world.network.exchange(A, target, 53, b"a?", 5)
            except OSError as error:
                assert error.errno == errno.ENETUNREACH and target in str(error)
            else:
                raise AssertionError(f"{target} answered")

    @in_a_lab(latency=1.0)
    async def test_an_answer_that_is_late_helps_nobody(self, world: World) -> None:
        oracle = await listen(world)
        await assert_times_out(world, 1.5)
        start = world.clock.time()
        assert await world.network.exchange(A, B, 53, b"b?", 2.5) == b"b!"
        assert world.clock.time() - start == 2
        assert len(oracle.heard) == 2

    @in_a_lab(latency=1.0)
    async def test_down_while_the_question_flies(self, world: World) -> None:
        oracle = await listen(world)
        world.loop.call_later(0.5, world.network.down, B)
        await assert_times_out(world, 5)
        assert oracle.heard == []

    @in_a_lab()
    async def test_a_port_is_taken_once(self, world: World) -> None:
        await listen(world)
        await world.network.listen_udp(C, 53, Oracle)
        try:
            await world.network.listen_udp(B, 53, Oracle)
        except OSError as error:
            assert error.errno == errno.EADDRINUSE
        else:
            raise AssertionError("two sockets on one port")

    @in_a_lab()
    async def test_a_stranger_cannot_answer(self, world: World) -> None:
        """Whoever asked B hears only B, from the port that he asked."""
        stranger = await world.network.listen_udp(C, 53, Oracle)

        def intrude() -> None:
            stranger.sendto(b"a lie", (A, 49152))

        await world.network.listen_udp(B, 53, lambda: Oracle(mute=True))
        world.loop.call_later(1, intrude)
        await assert_times_out(world, 5)

    @in_a_lab()
    async def test_as_asyncio_knows_it(self, world: World) -> None:
        oracle = await listen(world)
        asker, stranger = Oracle(), Oracle()
        transport, _ = await world.loop.create_datagram_endpoint(
            lambda: asker, local_addr=(A, 0), remote_addr=(B, 53)
        )
        transport.sendto(b"connected?")
        await world.clock.settle()
        assert asker.heard == [(b"connected!", (B, 53))]
        transport.close()
        visitor, _ = await world.loop.create_datagram_endpoint(lambda: stranger, family=2)
        visitor.sendto(b"from nowhere?", (B, 53))
        await world.clock.settle()
        assert oracle.heard[-1][1][0] == world.network.visitor
        assert stranger.heard == [(b"from nowhere!", (B, 53))]

    @in_a_lab()
    async def test_how_much_fits(self, world: World) -> None:
        oracle = await listen(world)
        await world.network.exchange(A, B, 53, b"x" * 65_507, 5)
        assert len(oracle.heard[0][0]) == 65_507
        try:
            await world.network.exchange(A, B, 53, b"x" * 65_508, 5)
        except OSError as error:
            assert error.errno == errno.EMSGSIZE
        else:
            raise AssertionError("a datagram that is too long was sent")

    @in_a_lab()
    async def test_ipv6(self, world: World) -> None:
        await world.network.listen_udp(B6, 53, Oracle)
        assert await world.network.exchange(A6, "2001:DB8:0::2", 53, b"6?", 5) == b"6!"


class Oracle(asyncio.DatagramProtocol):
    """Answers each question with an exclamation, unless it is mute or hears one itself."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self.heard: list[tuple[bytes, Any]] = []
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append((data, addr))
        if not self.mute and not data.endswith(b"!"):
            self.transport.sendto(data.replace(b"?", b"!"), addr)

    def error_received(self, exc: Exception) -> None:
        self.heard.append((type(exc).__name__.encode(), None))


async def listen(world: World) -> Oracle:
    oracle = Oracle()
    await world.network.listen_udp(B, 53, lambda: oracle)
    return oracle


async def assert_times_out(world: World, patience: float) -> None:
    start = world.clock.time()
    try:
        await world.network.exchange(A, B, 53, b"a?", patience)
    except TimeoutError as error:
        assert B in str(error)
        assert abs(world.clock.time() - start - patience) < 1e-6
    else:
        raise AssertionError("an answer came from nowhere")


async def assert_refused(world: World) -> None:
    try:
        await world.network.exchange(A, B, 53, b"a?", 5)
    except ConnectionRefusedError as error:
        assert B in str(error)
    else:
        raise AssertionError("a port that nobody has answered")
