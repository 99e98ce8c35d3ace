"""Whoever sends much, or without a pause, does not have the loop for himself."""

from __future__ import annotations

import asyncio
import time

import pytest

from labmail.world import Share, World, simulate

HERE, THERE = "10.1.0.1", "10.1.0.2"


class Scribe:
    """A service that writes down each line it works on, and from whom it came."""

    def __init__(self, world: World, most: int, work: float = 0.0) -> None:
        self.world, self.most, self.work = world, most, work
        self.worked: list[str] = []

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        share = Share(self.world.clock, self.most)
        while line := await reader.readline():
            await share.spend()
            self.worked.append(line.decode().strip())
            if self.work:
                time.sleep(self.work)  # as long as it takes to work on a line
            writer.write(line)
        writer.close()

    async def listen(self) -> None:
        self.world.network.add_host(HERE, THERE)

        def protocol() -> asyncio.Protocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(), self.converse)

        await self.world.network.listen(THERE, 7, protocol)

    async def visit(self, octets: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.world.network.open_stream(HERE, THERE, 7)
        writer.write(octets)
        return reader, writer


@pytest.mark.parametrize("live", [False, True], ids=["frozen", "live"])
@pytest.mark.parametrize("wire", ["memory", "sockets"])
def test_an_honest_line_is_answered_in_the_middle_of_a_flood(live: bool, wire: str) -> None:
    async def main(world: World) -> int:
        scribe = Scribe(world, most=20)
        await scribe.listen()
        visits = [await scribe.visit(b"flood\n" * 5000) for _ in range(5)]
        reader, writer = await scribe.visit(b"honest\n")
        visits.append((reader, writer))
        assert await reader.readline() == b"honest\n"
        worked = len(scribe.worked)
        for reader, writer in visits:
            writer.write_eof()
            await reader.read()
            writer.close()
        assert scribe.worked.count("flood") == 25_000, "and the flood is worked on to its end"
        return worked

    worked = simulate(main, live=live, wire=wire)
    assert worked < 2000, f"{worked} lines came before the honest one"


def test_in_a_live_lab_lines_that_cost_much_are_shared_out_by_time() -> None:
    async def main(world: World) -> int:
        scribe = Scribe(world, most=20, work=0.002)
        await scribe.listen()
        visits = [await scribe.visit(b"flood\n" * 200) for _ in range(5)]
        reader, writer = await scribe.visit(b"")
        before = len(scribe.worked)
        writer.write(b"honest\n")
        assert await reader.readline() == b"honest\n"
        worked = len(scribe.worked) - before
        for _, leaving in [*visits, (reader, writer)]:
            leaving.transport.abort()
        return worked

    assert simulate(main, live=True) < 50, "by lines alone it would be a hundred"


def test_who_waits_for_answers_never_gives_way() -> None:
    async def main(world: World) -> None:
        share = Share(world.clock, most=2)
        gave_way: list[int] = []
        give_way = world.clock.give_way

        async def counted() -> None:
            gave_way.append(world.clock.turn)
            await give_way()

        world.clock.give_way = counted  # type: ignore[method-assign]
        for _ in range(10):
            await share.spend()
            await share.spend()
            assert not gave_way
            await asyncio.sleep(0)
        for _ in range(3):
            await share.spend()
        assert len(gave_way) == 1, "three in one turn are one too many"

    simulate(main)


def test_giving_way_lets_what_has_arrived_be_heard() -> None:
    heard = []

    class Ear(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            heard.append(data)

    async def main(world: World) -> None:
        world.network.add_host(HERE, THERE)
        await world.network.listen(THERE, 7, Ear)
        _, writer = await world.network.open_stream(HERE, THERE, 7)
        writer.write(b"x")
        assert not heard
        await world.clock.give_way()
        assert heard == [b"x"]
        writer.close()

    simulate(main)


def test_a_live_lab_hands_over_also_while_something_never_rests() -> None:
    """A stranger who sends datagrams without a pause keeps the loop busy in the same way."""

    async def main(world: World) -> None:
        scribe = Scribe(world, most=20)
        await scribe.listen()
        busy = True

        def spin() -> None:
            if busy:
                world.loop.call_soon(spin)

        spin()
        try:
            async with asyncio.timeout(5):
                reader, writer = await scribe.visit(b"honest\n")
                assert await reader.readline() == b"honest\n"
            writer.close()
        finally:
            busy = False

    simulate(main, live=True)
