"""TCP as it should be: bytes arrive once, in order, between the right addresses (RFC 9293 §2.2)."""

from __future__ import annotations

import asyncio
import errno
from collections import Counter
from typing import Any

from ..simulate import World
from .stage import A6, B6, A, B, C, Ear, Echo, Expected, Made, Stage, in_a_lab, pair, serve


class Connections(Stage):
    """Making connections and speaking over them."""

    @in_a_lab()
    async def test_both_sides_know_each_other(self, world: World) -> None:
        near, far = await pair(world)
        for ear, here, there in ((near, A, B), (far, B, A)):
            assert ear.heard == ["made"]
            assert ear.transport.get_extra_info("sockname")[0] == here
            assert ear.transport.get_extra_info("peername")[0] == there
        link = near.transport.get_extra_info("lab")
        assert link is far.transport.get_extra_info("lab")
        assert link.name == f"{A}:49152>{B}:25"
        assert not link.door

    @in_a_lab()
    async def test_cause_and_letter_cross_the_connection(self, world: World) -> None:
        ears = await serve(world)
        await world.network.connect(A, B, 25, Ear, cause="a:1", letter="alice@a.test/1")
        link = ears[0].transport.get_extra_info("lab")
        assert (link.cause, link.letter, link.heard) == ("a:1", "alice@a.test/1", None)
        link.heard = "b:1"
        assert world.network.ends[0].link.heard == "b:1"

    @in_a_lab()
    async def test_bytes_keep_their_order_and_the_tap_sees_them(self, world: World) -> None:
        tapped: dict[bool, bytes] = {True: b"", False: b""}

        def tap(end: Any, data: bytes) -> None:
            tapped[end.server] += data

        world.network.tap = tap
        near, far = await pair(world, server=Echo)
        said = [b"%d\r\n" % n * (n % 7) for n in range(1000)]
        for line in said:
            near.transport.write(line)
            await asyncio.sleep(0)
        near.transport.writelines([b"the ", bytearray(b"end"), memoryview(b".")])
        await world.clock.settle()
        expected = b"".join(said) + b"the end."
        assert far.data == near.data == tapped[False] == tapped[True] == expected

    @in_a_lab()
    async def test_nobody_listens(self, world: World) -> None:
        before = world.clock.time()
        for _ in range(3):
            error = await failure(world, B, 25)
            assert isinstance(error, ConnectionRefusedError)
            assert B in str(error)
        assert world.clock.time() == before
        assert world.network.ends == ()

    @in_a_lab()
    async def test_what_is_not_listed_is_unreachable(self, world: World) -> None:
        """Real addresses and names too: nothing of the machine's network can be reached."""
        for target in (
            "10.1.0.99",
            "198.51.100.7",
            "2001:db8::99",
            "mail.example.com",
            "localhost",
        ):
            error = await failure(world, target, 25)
            assert error.errno == errno.ENETUNREACH
            assert target in str(error)
            try:
                await asyncio.open_connection(target, 25)
            except OSError as through_asyncio:
                assert through_asyncio.errno == errno.ENETUNREACH
            else:
                raise AssertionError(f"{target} was reached")

    @in_a_lab()
    async def test_a_port_can_be_listened_on_once(self, world: World) -> None:
        ears = Made()
        listener = await world.network.listen(B, 25, ears)
        try:
            await world.network.listen(B, 25, Ear)
        except OSError as error:
            assert error.errno == errno.EADDRINUSE
        else:
            raise AssertionError("two listeners on one port")
        await world.network.listen(C, 25, Ear)
        await world.network.listen(B, 587, Ear)
        _, near = await world.network.connect(A, B, 25, Ear)
        listener.close()
        assert isinstance(await failure(world, B, 25), ConnectionRefusedError)
        near.transport.write(b"still here")
        await world.clock.settle()
        assert ears[0].data == b"still here"
        again = await world.network.listen(B, 25, Ear)
        listener.close()
        assert again.is_serving()

    @in_a_lab()
    async def test_ipv6(self, world: World) -> None:
        world.network.add_host("2001:DB8:0::2", "2001:db8:0:0:0:0:0:0025")
        assert {B6, "2001:db8::25"} <= world.network.hosts
        ears = Made()
        await world.network.listen(B6, 25, ears)
        await world.network.connect("2001:DB8:0:0::1", "2001:db8::0:2", 25, Ear)
        assert ears[0].transport.get_extra_info("lab").name == f"[{A6}]:49152>[{B6}]:25"

    @in_a_lab()
    async def test_a_thousand_connections_from_the_right_addresses(self, world: World) -> None:
        sources = [f"10.2.0.{n}" for n in range(1, 51)]
        world.network.add_host(*sources)
        ears = await serve(world)

        async def visit(n: int) -> None:
            transport, _ = await world.network.connect(sources[n % 50], B, 25, Ear)
            transport.write(sources[n % 50].encode())

        await asyncio.gather(*(visit(n) for n in range(1000)))
        await world.clock.settle()
        peers = [ear.transport.get_extra_info("peername") for ear in ears]
        assert [ear.data.decode() for ear in ears] == [address for address, _ in peers]
        assert len(set(peers)) == 1000
        assert set(Counter(address for address, _ in peers).values()) == {20}

    @in_a_lab()
    async def test_a_server_that_fails_resets_only_its_connection(self, world: World) -> None:
        await world.network.listen(B, 25, Clumsy)
        await world.network.listen(B, 26, refuse_to_be)
        _, near = await world.network.connect(A, B, 25, Ear)
        _, other = await world.network.connect(A, B, 26, Ear)
        assert isinstance(await other.over, ConnectionResetError)
        near.transport.write(b"stumble")
        assert isinstance(await near.over, ConnectionResetError)
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_client_that_fails_hears_its_own_error(self, world: World) -> None:
        ears = await serve(world)
        try:
            await world.network.connect(A, B, 25, refuse_to_be)
        except Expected:
            pass
        else:
            raise AssertionError("connected without a protocol")
        assert isinstance(await ears[0].over, ConnectionResetError)


async def failure(world: World, target: str, port: int) -> OSError:
    """The error of a connection that cannot be made."""
    try:
        await world.network.connect(A, target, port, Ear)
    except OSError as error:
        return error
    raise AssertionError(f"{target} port {port} was reached")


class Clumsy(Ear):
    """Fails on the first bytes that it hears."""

    def data_received(self, data: bytes) -> None:
        raise Expected("a server with a fault")


def refuse_to_be() -> Ear:
    raise Expected("a factory with a fault")
