"""Roads: what goes wrong on the way between two hosts, and how the two ends hear of it."""

from __future__ import annotations

import asyncio
from typing import Any

from ..simulate import World
from .connections import failure
from .stage import A, B, C, Ear, Echo, Stage, in_a_lab, pair, serve


class Roads(Stage):
    """Partitions, black holes, delays, slow readers, and connections that die on the way."""

    @in_a_lab()
    async def test_a_partition_parts_two_hosts_and_nobody_else(self, world: World) -> None:
        await serve(world)
        world.network.partition(A, B)
        assert isinstance(await failure(world, B, 25), TimeoutError)
        await world.network.connect(C, B, 25, Ear)
        world.network.heal(B, A)
        await world.network.connect(A, B, 25, Ear)

    @in_a_lab()
    async def test_a_partition_in_the_middle_holds_bytes_both_ways_until_it_heals(
        self, world: World
    ) -> None:
        near, far = await pair(world)
        near.transport.write(b"before ")
        await world.clock.settle()
        world.network.partition(A, B)
        near.transport.write(b"behind")
        far.transport.write(b"answer")
        far.transport.close()
        await world.clock.sleep("100s")
        assert (near.heard, far.data) == (["made"], b"before ")
        world.network.heal(A, B)
        await world.clock.settle()
        assert near.heard == ["made", b"answer", "eof", "lost"]

    @in_a_lab()
    async def test_a_black_hole_swallows_what_is_sent_to_it_and_speaks_itself(
        self, world: World
    ) -> None:
        near, far = await pair(world)
        heard = await listening(world, A)
        await listening(world, B)
        world.network.black_hole(B)
        near.transport.write(b"hello?")
        far.transport.write(b"good morning")
        await world.clock.settle()
        assert (near.data, far.data) == (b"good morning", b"")
        await send(world, B, A)
        await world.clock.settle()
        assert heard == [b"x"]
        assert await lost(world, A, B)
        world.network.fill_hole(B)
        await world.clock.settle()
        assert far.data == b"hello?"

    @in_a_lab()
    async def test_one_port_can_be_a_black_hole(self, world: World) -> None:
        for port in (25, 53):
            await world.network.listen(B, port, Ear)
        world.network.black_hole(B, 53)
        await world.network.connect(A, B, 25, Ear)
        assert isinstance(await failure(world, B, 53), TimeoutError)

    @in_a_lab(latency=0.01)
    async def test_a_delay_adds_to_each_way_and_order_is_kept(self, world: World) -> None:
        await world.network.listen(B, 25, Echo)
        world.network.delay(A, B, "200ms")
        start = world.clock.time()
        reader, writer = await world.network.open_stream(A, B, 25)
        assert round(world.clock.time() - start, 6) == 0.42
        writer.write(b"slow ")
        world.network.delay(A, B, None)
        writer.write(b"quick")
        assert await reader.readexactly(10) == b"slow quick"
        assert round(world.clock.time() - start, 6) == 0.42 + 0.22
        writer.close()

    @in_a_lab()
    async def test_datagrams_are_delayed_and_lost(self, world: World) -> None:
        heard = await listening(world, B)
        world.network.delay(A, B, 3)
        await send(world, A, B)
        assert heard == []
        await world.clock.sleep(4)
        assert heard == [b"x"]
        world.network.partition(A, B)
        assert await lost(world, A, B)

    @in_a_lab()
    async def test_a_connection_is_cut_after_so_many_bytes(self, world: World) -> None:
        old = await pair(world, port=25)
        old[0].transport.write(b"x" * 300)
        await world.clock.settle()
        far = await serve(world)
        world.network.cut(B, 25, after=500)
        _, new = await world.network.connect(A, B, 25, Ear)
        for ear, says in ((old[0], 200), (new, 500)):
            ear.transport.write(b"x" * says)
        await world.clock.settle()
        assert len(tuple(world.network.ends)) == 4
        for near, there in (old, (new, far[0])):
            near.transport.write(b"one more")
            await world.clock.settle()
            assert there.heard == ["made", b"x" * 500, "ConnectionResetError"]
            assert near.heard == ["made", "ConnectionResetError"]
        assert not world.network.ends

    @in_a_lab()
    async def test_a_cut_in_the_middle_of_a_large_chunk(self, world: World) -> None:
        far = await serve(world)
        world.network.cut(B, 25, after=300_000)
        _, near = await world.network.connect(A, B, 25, Ear)
        near.transport.write(bytes(1_000_000))
        await world.clock.settle()
        assert len(far[0].data) == 300_000
        assert near.heard[-1] == far[0].heard[-1] == "ConnectionResetError"
        world.network.cut(B, 25, after=None)
        _, near = await world.network.connect(A, B, 25, Ear)
        near.transport.write(bytes(1_000_000))
        await world.clock.settle()
        assert len(far[1].data) == 1_000_000

    @in_a_lab()
    async def test_a_reset_breaks_off_what_is_open(self, world: World) -> None:
        first, second = await pair(world, port=25), await pair(world, port=26)
        assert world.network.reset(B, 25) == 1
        await world.clock.settle()
        assert [ear.heard for ear in first] == [["made", "ConnectionResetError"]] * 2
        assert world.network.reset(B) == 1
        await world.clock.settle()
        assert [ear.heard for ear in second] == [["made", "ConnectionResetError"]] * 2

    @in_a_lab()
    async def test_the_next_reply_is_lost_and_the_connection_dies(self, world: World) -> None:
        near, far = await pair(world, server=Echo)
        near.transport.write(b"first")
        await world.clock.settle()
        link = near.transport.get_extra_info("lab")
        assert world.network.lose_reply(link.name)
        assert not world.network.lose_reply("nobody")
        near.transport.write(b"second")
        await world.clock.settle()
        assert near.heard == ["made", b"first", "ConnectionResetError"]
        assert far.heard == ["made", b"firstsecond", "ConnectionResetError"]

    @in_a_lab()
    async def test_a_slow_host_reads_so_many_bytes_a_second(self, world: World) -> None:
        near, far = await pair(world)
        world.network.slow(B, pace=1000)
        start = world.clock.time()
        near.transport.write(b"x" * 10_000)
        far.transport.write(b"y" * 10_000)
        await world.clock.sleep(0)
        near.transport.close()
        await far.over
        assert round(world.clock.time() - start) == 10
        assert len(far.data) == 10_000

    @in_a_lab()
    async def test_slow_with_pauses_and_quick_again(self, world: World) -> None:
        near, far = await pair(world)
        world.network.slow(B, pace=10)
        for _ in range(3):
            near.transport.write(b"x" * 5)
            await world.clock.sleep(1)
        assert len(far.data) == 15
        near.transport.write(b"x" * 1_000_000)
        world.network.slow(B, None)
        await world.clock.sleep(2)
        assert len(far.data) == 1_000_015

    @in_a_lab()
    async def test_who_is_slow_is_reset_at_once(self, world: World) -> None:
        near, far = await pair(world)
        world.network.slow(B, pace=1)
        near.transport.write(b"xyz")
        near.transport.abort()
        await world.clock.sleep(0)
        await far.over
        assert far.heard == ["made", "ConnectionResetError"]

    @in_a_lab()
    async def test_a_fault_of_a_road_needs_two_hosts_of_the_lab(self, world: World) -> None:
        network = world.network
        for deed in (
            lambda: network.partition(A, A),
            lambda: network.partition(A, "10.9.9.9"),
            lambda: network.slow(B, 0),
            lambda: network.cut(B, 25, after=-1),
            lambda: network.delay(A, B, "soon"),
        ):
            try:
                deed()
            except ValueError:
                continue
            raise AssertionError("a fault that makes no sense was taken")


class Note(asyncio.DatagramProtocol):
    """Notes what it hears."""

    def __init__(self, heard: list[bytes]) -> None:
        self.heard = heard

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append(data)


async def listening(world: World, address: str) -> list[bytes]:
    """What is heard at UDP port 53 of a host from now on."""
    heard: list[bytes] = []
    await world.network.listen_udp(address, 53, lambda: Note(heard))
    return heard


async def send(world: World, source: str, target: str) -> None:
    """Sends one datagram that wants no answer."""
    end, _ = await world.network.udp(source, 0, lambda: Note([]))
    end.sendto(b"x", (target, 53))
    await world.clock.sleep(0)
    await asyncio.sleep(0)
    end.close()


async def lost(world: World, source: str, target: str) -> bool:
    """Whether a datagram vanishes without a word."""
    try:
        await world.network.exchange(source, target, 53, b"x", 5)
    except TimeoutError:
        return True
    return False
