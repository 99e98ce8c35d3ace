"""Doors: what a real program finds when it comes in from outside.

The programs here speak through asyncio's own sockets on loopback; time does not flow while a door
is open, so the clock is moved by hand.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from ..simulate import World
from .datagrams import Oracle
from .stage import B, Echo, Stage, in_a_lab, serve
from .visits import until, visit


class Doors(Stage):
    """Real sockets to services of the lab."""

    @in_a_lab()
    async def test_a_visitor_speaks_for_the_visitors_address(self, world: World) -> None:
        service = await serve(world, Echo)
        address, port = await world.network.endpoint(B, 25)
        assert address == "127.0.0.1" and port > 1024
        reader, writer = await asyncio.open_connection(address, port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        link = service[0].transport.get_extra_info("lab")
        assert link.client[0] == world.network.visitor == "192.0.2.1"
        assert link.server == (B, 25)
        assert link.door
        writer.close()

    @in_a_lab()
    async def test_several_doors_to_one_service(self, world: World) -> None:
        service = await serve(world, Echo)
        plain = await world.network.endpoint(B, 25)
        speaking = [await world.network.endpoint(B, 25, client=f"172.20.10.{n}") for n in (3, 4)]
        assert len({plain, *speaking}) == 3
        assert await world.network.endpoint(B, 25) == plain
        for n, door in enumerate((*speaking, plain), start=1):
            _, writer = await asyncio.open_connection(*door)
            await until(lambda: len(service) == n)  # noqa: B023
            writer.close()
        clients = [ear.transport.get_extra_info("peername")[0] for ear in service]
        assert clients == ["172.20.10.3", "172.20.10.4", "192.0.2.1"]

    @in_a_lab()
    async def test_a_door_is_shut_while_the_host_is_down(self, world: World) -> None:
        await self.assert_shuts(world, lambda: world.network.down(B), lambda: world.network.up(B))

    @in_a_lab()
    async def test_a_door_is_shut_while_the_port_refuses(self, world: World) -> None:
        network = world.network
        await self.assert_shuts(world, lambda: network.refuse(B, 25), lambda: network.allow(B, 25))

    async def assert_shuts(self, world: World, fault: Any, cure: Any) -> None:
        """Shut at once, and open again on the same port at once; who is inside stays."""
        service = await serve(world, Echo)
        door = await world.network.endpoint(B, 25)
        reader, writer = await asyncio.open_connection(*door)
        for _ in range(3):
            fault()
            assert await is_shut(door)
            cure()
            (await asyncio.open_connection(*door))[1].close()
            fault()
            cure()
            fault()
            assert await is_shut(door)
            cure()
        writer.write(b"inside")
        assert await reader.readexactly(6) == b"inside"
        assert await world.network.endpoint(B, 25) == door
        assert len(service) == 4
        writer.close()

    @in_a_lab()
    async def test_a_door_is_shut_while_nobody_listens(self, world: World) -> None:
        door = await world.network.endpoint(B, 25)
        for _ in range(2):
            assert await is_shut(door)
            listener = await world.network.listen(B, 25, Echo)
            (await asyncio.open_connection(*door))[1].close()
            listener.close()
        assert await is_shut(door)

    @in_a_lab()
    async def test_datagrams(self, world: World) -> None:
        oracle = Oracle()
        await world.network.listen_udp(B, 53, lambda: oracle)
        door = await world.network.endpoint(B, 53, kind="udp", client="172.20.10.3")
        first, second = [await asker(world, door) for _ in range(2)]
        for ask in (first, second, first):
            ask.transport.sendto(b"who?")
            await until(lambda: ask.heard)  # noqa: B023
            assert ask.heard.pop() == (b"who!", door)
        assert [address for _, (address, _) in oracle.heard] == ["172.20.10.3"] * 3
        assert len({port for _, (_, port) in oracle.heard}) == 2
        first.transport.close()
        second.transport.close()

    @in_a_lab()
    async def test_datagrams_are_refused_where_nobody_listens(self, world: World) -> None:
        ask = await asker(world, await world.network.endpoint(B, 53, kind="udp"))
        for _ in range(2):
            ask.transport.sendto(b"anybody?")
            await until(lambda: bool(ask.heard))
            assert ask.heard.pop()[0] == b"ConnectionRefusedError"
            service = await world.network.listen_udp(B, 53, Oracle)
            ask.transport.sendto(b"now?")
            await until(lambda: bool(ask.heard))
            assert ask.heard.pop()[0] == b"now!"
            service.close()
        ask.transport.close()

    @in_a_lab()
    async def test_names_have_udp_and_tcp_on_one_number(self, world: World) -> None:
        await world.network.listen_udp(B, 53, Oracle)
        await serve(world, Echo, port=53)
        door = await world.network.endpoint(B, 53, kind="dns")
        ask = await asker(world, door)
        ask.transport.sendto(b"udp?")
        await until(lambda: bool(ask.heard))
        reader, writer = await asyncio.open_connection(*door)
        writer.write(b"tcp")
        assert await reader.readexactly(3) == b"tcp"
        writer.close()
        ask.transport.close()

    @in_a_lab()
    async def test_datagrams_to_a_host_that_is_down_are_lost(self, world: World) -> None:
        oracle = Oracle()
        await world.network.listen_udp(B, 53, lambda: oracle)
        ask = await asker(world, await world.network.endpoint(B, 53, kind="udp"))
        world.network.down(B)
        ask.transport.sendto(b"lost?")
        await asyncio.sleep(0)
        await world.clock.advance(5)
        world.network.up(B)
        ask.transport.sendto(b"found?")
        await until(lambda: bool(ask.heard))
        assert [data for data, _ in oracle.heard] == [b"found?"]
        ask.transport.close()

    @in_a_lab()
    async def test_an_unknown_kind_or_address(self, world: World) -> None:
        for address, kind in ((B, "telnet"), ("10.9.9.9", "tcp"), ("mail.example.com", "tcp")):
            try:
                await world.network.endpoint(address, 25, kind=kind)
            except ValueError as error:
                assert (kind if address == B else address) in str(error)
            else:
                raise AssertionError("a door to nowhere")

    @in_a_lab()
    async def test_all_doors_are_gone_when_the_network_closes(self, world: World) -> None:
        service = await serve(world, Echo)
        tcp = await world.network.endpoint(B, 25)
        udp = await world.network.endpoint(B, 53, kind="udp")
        visitor = await visit(world, 25)
        await until(lambda: bool(service))
        await world.network.close()
        assert isinstance(await visitor.over, ConnectionResetError)
        assert await is_shut(tcp)
        for address, kind in ((tcp, socket.SOCK_STREAM), (udp, socket.SOCK_DGRAM)):
            with socket.socket(socket.AF_INET, kind) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind(address)


async def is_shut(door: tuple[str, int]) -> bool:
    try:
        _, writer = await asyncio.open_connection(*door)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def asker(world: World, door: tuple[str, int]) -> Oracle:
    """A real UDP socket that asks through a door."""
    ask = Oracle(mute=True)
    await world.loop.create_datagram_endpoint(lambda: ask, remote_addr=door)
    return ask
