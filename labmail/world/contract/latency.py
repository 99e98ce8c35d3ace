"""Packets that take time: nothing overtakes, and a frozen clock moves by their flight only."""

from __future__ import annotations

from ..simulate import World
from .connections import failure
from .stage import A, B, Ear, Echo, Made, Stage, in_a_lab, keeping_open, pair


class Latency(Stage):
    """A network on which each packet flies 0.2 s."""

    @in_a_lab(flow=False, latency=0.2)
    async def test_a_connection_takes_a_round_trip(self, world: World) -> None:
        await world.network.listen(B, 25, Echo)
        start = world.clock.time()
        _, near = await world.network.connect(A, B, 25, Ear)
        assert_near(world.clock.time() - start, 0.4)
        near.transport.write(b"echo")
        await world.clock.settle()
        assert near.data == b"echo"
        assert_near(world.clock.time() - start, 0.8)

    @in_a_lab(flow=False, latency=0.2)
    async def test_a_refusal_takes_a_round_trip(self, world: World) -> None:
        start = world.clock.time()
        assert isinstance(await failure(world, B, 25), ConnectionRefusedError)
        assert_near(world.clock.time() - start, 0.4)

    @in_a_lab(flow=False, latency=0.2)
    async def test_a_frozen_clock_moves_by_the_flight_only(self, world: World) -> None:
        near, far = await pair(world)
        fired: list[float] = []
        start = world.clock.time()
        world.loop.call_later(0.1, lambda: fired.append(world.clock.time() - start))
        world.loop.call_later(0.3, lambda: fired.append(-1))
        near.transport.write(b"one flight")
        await world.clock.settle()
        assert far.data == b"one flight"
        assert_near(world.clock.time() - start, 0.2)
        assert len(fired) == 1
        assert_near(fired[0], 0.1)

    @in_a_lab(flow=False, latency=0.2)
    async def test_a_farewell_does_not_overtake_the_bytes(self, world: World) -> None:
        near, far = await pair(world)
        far.transport.write(b"221 closing\r\n" * 10_000)
        far.transport.close()
        await world.clock.settle()
        assert near.heard == ["made", b"221 closing\r\n" * 10_000, "eof", "lost"]

    @in_a_lab(flow=False, latency=0.2)
    async def test_each_write_flies_on_its_own(self, world: World) -> None:
        near, far = await pair(world)
        near.transport.write(b"first ")
        await world.clock.advance(0.1)
        near.transport.write(b"second")
        await world.clock.advance(0.1)
        assert far.data == b"first "
        await world.clock.advance(0.1)
        assert far.data == b"first second"

    @in_a_lab(latency=0.2)
    async def test_down_while_the_greeting_is_in_the_air(self, world: World) -> None:
        """Whichever of the first two packets is lost, the client hears of no connection."""
        for moment in (0.1, 0.3):
            ears = Made()
            listener = await world.network.listen(B, 25, ears)
            world.loop.call_later(moment, world.network.down, B)
            start = world.clock.time()
            assert isinstance(await failure(world, B, 25), TimeoutError)
            assert_near(world.clock.time() - start, 127)
            world.network.up(B)
            await world.clock.settle()
            assert [ear.heard[-1] for ear in ears] in ([], ["ConnectionResetError"])
            assert world.network.ends == ()
            listener.close()

    @in_a_lab(flow=False, latency=0.2)
    async def test_a_half_close_flies_as_well(self, world: World) -> None:
        near, far = await pair(world, server=keeping_open)
        near.transport.write_eof()
        await world.clock.advance(0.15)
        assert far.heard == ["made"]
        await world.clock.advance(0.1)
        assert far.heard == ["made", "eof"]


def assert_near(value: float, expected: float) -> None:
    assert abs(value - expected) < 1e-6, f"{value} is not {expected}"
