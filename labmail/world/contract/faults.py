"""Hosts that are switched off and ports that refuse: what TCP makes of them."""

from __future__ import annotations

from ..simulate import World
from .connections import failure
from .stage import A, B, C, Ear, Stage, in_a_lab, keeping_open, pair, serve


class Faults(Stage):
    """What a mail system must live with."""

    @in_a_lab()
    async def test_a_host_that_is_down_does_not_answer(self, world: World) -> None:
        """The client waits as long as Linux does, 127 seconds, or as long as it is told."""
        await world.network.listen(B, 25, Ear)
        world.network.down(B)
        for patience in (127, 300):
            world.network.syn_timeout = patience
            before = world.clock.time()
            error = await failure(world, B, 25)
            assert isinstance(error, TimeoutError)
            assert B in str(error)
            assert world.clock.time() - before == patience
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_host_that_is_down_reaches_nobody(self, world: World) -> None:
        await world.network.listen(B, 25, Ear)
        world.network.down(A)
        assert isinstance(await failure(world, B, 25), TimeoutError)
        await world.network.connect(C, B, 25, Ear)

    @in_a_lab()
    async def test_a_host_that_comes_back_in_time_is_reached(self, world: World) -> None:
        ears = await serve(world)
        world.network.down(B)
        start = world.clock.time()
        world.loop.call_later(100, world.network.up, B)
        await world.network.connect(A, B, 25, Ear)
        assert world.clock.time() - start == 100
        assert len(ears) == 1

    @in_a_lab()
    async def test_a_client_that_gave_up_is_not_heard_of_later(self, world: World) -> None:
        ears = await serve(world)
        world.network.down(B)
        await failure(world, B, 25)
        world.network.up(B)
        await world.clock.settle()
        assert ears == []

    @in_a_lab()
    async def test_what_was_sent_to_a_host_that_is_down_arrives_when_it_is_up(
        self, world: World
    ) -> None:
        near, far = await pair(world)
        world.network.down(B)
        near.transport.write(b"for later")
        far.transport.write(b"for you")
        await world.clock.sleep("1d")
        assert near.heard == far.heard == ["made"]
        world.network.up(B)
        await world.clock.settle()
        assert (near.data, far.data) == (b"for you", b"for later")

    @in_a_lab()
    async def test_farewell_and_reset_wait_too(self, world: World) -> None:
        first, second = await pair(world, port=25), await pair(world, port=26)
        world.network.down(A)
        first[0].transport.write(b"last words")
        first[0].transport.close()
        second[0].transport.abort()
        await world.clock.sleep("1h")
        assert first[1].heard == second[1].heard == ["made"]
        world.network.up(A)
        await world.clock.settle()
        assert first[1].heard == ["made", b"last words", "eof", "lost"]
        assert second[1].heard == ["made", "ConnectionResetError"]

    @in_a_lab()
    async def test_bytes_for_an_end_that_closed_while_down_are_answered_with_reset(
        self, world: World
    ) -> None:
        near, far = await pair(world, server=keeping_open)
        world.network.down(A)
        near.transport.close()
        far.transport.write(b"x" * 1_000_000)
        await world.clock.settle()
        world.network.up(A)
        await world.clock.settle()
        assert far.heard[:3] == ["made", "pause", "eof"]
        assert far.heard[-1] == "ConnectionResetError"
        assert world.network.ends == ()

    @in_a_lab()
    async def test_down_while_a_megabyte_is_under_way(self, world: World) -> None:
        near, far = await pair(world, server=lambda: Tripwire(world))
        near.transport.write(b"x" * 1_000_000)
        await world.clock.sleep("1m")
        part = len(far.data)
        assert part < 1_000_000
        assert near.heard == ["made", "pause"]
        world.network.up(B)
        await world.clock.settle()
        assert len(far.data) == 1_000_000
        assert near.heard == ["made", "pause", "resume"]

    @in_a_lab()
    async def test_a_port_can_refuse(self, world: World) -> None:
        near, far = await pair(world, port=25)
        await world.network.listen(B, 25, Ear)
        world.network.refuse(B, 25)
        assert isinstance(await failure(world, B, 25), ConnectionRefusedError)
        near.transport.write(b"open connections stay")
        await world.clock.settle()
        assert far.data == b"open connections stay"
        world.network.allow(B, 25)
        await world.network.connect(A, B, 25, Ear)

    @in_a_lab()
    async def test_a_fault_needs_a_host(self, world: World) -> None:
        for fault in (world.network.down, world.network.up):
            try:
                fault("10.9.9.9")
            except ValueError as error:
                assert "10.9.9.9" in str(error) and A in str(error)
            else:
                raise AssertionError("a fault of a host that does not exist")


class Tripwire(Ear):
    """Switches its host off as soon as it hears something."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def data_received(self, data: bytes) -> None:
        if not self.data:
            self.world.network.down(B)
        super().data_received(data)
