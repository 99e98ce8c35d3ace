"""Libraries as they are: asyncio's streams and TLS, aiosmtpd and aiosmtplib, none of them changed.

They reach the lab through their event loop and know nothing of it.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import lru_cache
from typing import Any

import aiosmtplib
import trustme
from aiosmtpd.smtp import SMTP

from ..simulate import World
from .stage import A, B, Expected, Stage, in_a_lab

LETTER = b"Subject: test\r\n\r\n" + b"All that is said here is true.\r\n" * 100


class Libraries(Stage):
    """Mail libraries on the lab's network."""

    @in_a_lab()
    async def test_streams(self, world: World) -> None:
        server = await asyncio.start_server(shout, B, 7)
        async with server:
            reader, writer = await asyncio.open_connection(B, 7, local_addr=(A, 0))
            writer.write(b"hello\nworld\n")
            writer.write_eof()
            assert await reader.read() == b"HELLO\nWORLD\n"
            assert writer.get_extra_info("lab").client[0] == A
            writer.close()
            await writer.wait_closed()
        assert not server.is_serving()
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_stream_that_waits_for_its_reader(self, world: World) -> None:
        reader, writer = await self.shouting(world)
        reading = asyncio.ensure_future(reader.read())
        for _ in range(20):
            writer.write(b"x" * 100_000)
            await writer.drain()
        writer.write_eof()
        assert await reading == b"X" * 2_000_000
        writer.close()

    async def shouting(self, world: World) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        await asyncio.start_server(shout, B, 7)
        return await world.network.open_stream(A, B, 7)

    @in_a_lab()
    async def test_time_outs_play_at_once(self, world: World) -> None:
        reader, writer = await self.shouting(world)
        start = world.clock.time()
        try:
            await asyncio.wait_for(reader.readline(), 300)
        except TimeoutError:
            assert world.clock.time() - start == 300
        else:
            raise AssertionError("a line came from nowhere")
        writer.close()

    @in_a_lab()
    async def test_two_who_both_write_and_never_read(self, world: World) -> None:
        """As in life, they wait for each other; a time-out is what ends it."""
        _, writer = await self.shouting(world)
        writer.write(b"x" * 2_000_000)
        start = world.clock.time()
        try:
            await asyncio.wait_for(writer.drain(), 300)
        except TimeoutError:
            assert world.clock.time() - start == 300
        else:
            raise AssertionError("two megabytes fit into a buffer of 64 kB")
        writer.transport.abort()

    @in_a_lab()
    async def test_implicit_tls(self, world: World) -> None:
        server_side, client_side = contexts()
        await asyncio.start_server(shout, B, 465, ssl=server_side)
        reader, writer = await asyncio.open_connection(
            B, 465, ssl=client_side, server_hostname="mx.b.test", local_addr=(A, 0)
        )
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
        assert writer.get_extra_info("lab").name == f"{A}:49152>{B}:465"
        writer.write(b"secret\n" * 500_000)
        answer = await reader.readexactly(3_500_000)
        assert answer == b"SECRET\n" * 500_000
        writer.close()
        await writer.wait_closed()
        await world.clock.settle()
        assert world.network.ends == ()

    @in_a_lab()
    async def test_a_certificate_for_somebody_else_is_refused(self, world: World) -> None:
        server_side, client_side = contexts()
        await asyncio.start_server(shout, B, 465, ssl=server_side)
        world.loop.set_exception_handler(lambda loop, context: None)
        try:
            await asyncio.open_connection(B, 465, ssl=client_side, server_hostname="mx.c.test")
        except ssl.SSLCertVerificationError:
            await world.clock.settle()
            assert world.network.ends == ()
        else:
            raise AssertionError("spoke to the wrong server")

    @in_a_lab()
    async def test_a_server_that_never_shakes_hands(self, world: World) -> None:
        """asyncio gives up after 60 s of the lab's time."""
        _, client_side = contexts()
        world.loop.set_exception_handler(lambda loop, context: None)
        await asyncio.start_server(say_nothing, B, 465)
        start = world.clock.time()
        try:
            await asyncio.open_connection(B, 465, ssl=client_side, server_hostname="mx.b.test")
        except ConnectionAbortedError:
            assert world.clock.time() - start == 60
        else:
            raise AssertionError("shook hands with nobody")

    @in_a_lab()
    async def test_smtp(self, world: World) -> None:
        inbox = await self.mail_server(world)
        client = smtp_client()
        await client.connect()
        for _ in range(3):
            await client.sendmail("alice@a.test", ["bob@b.test"], LETTER)
        await client.quit()
        assert inbox.letters == [LETTER] * 3
        assert inbox.peers == {A}
        await world.clock.settle()
        assert world.network.ends == ()

    @in_a_lab()
    async def test_smtp_with_starttls(self, world: World) -> None:
        inbox = await self.mail_server(world)
        client = smtp_client()
        await client.connect()
        await client.starttls(tls_context=contexts()[1], server_hostname="mx.b.test")
        await client.ehlo()
        assert client.get_transport_info("lab").client[0] == A
        big = LETTER + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 20_000
        await client.sendmail("alice@a.test", ["bob@b.test"], big)
        await client.quit()
        assert inbox.letters == [big]
        assert inbox.secure == [True]

    @in_a_lab()
    async def test_smtp_to_a_host_that_goes_down_in_the_middle(self, world: World) -> None:
        """The client's time-out ends it, and the server's does so at its own side."""
        inbox = await self.mail_server(world)
        client = smtp_client()
        await client.connect()
        world.network.down(B)
        start = world.clock.time()
        try:
            await client.sendmail("alice@a.test", ["bob@b.test"], LETTER)
        except aiosmtplib.SMTPException:
            assert world.clock.time() - start == 300
        else:
            raise AssertionError("a host that is down took a letter")
        assert inbox.letters == []
        client.close()
        await world.clock.sleep("1h")
        assert len(world.network.ends) == 0

    async def mail_server(self, world: World) -> Inbox:
        inbox, context = Inbox(), contexts()[0]
        await world.network.listen(
            B,
            25,
            lambda: SMTP(inbox, hostname="mx.b.test", tls_context=context, loop=world.loop),
        )
        return inbox


class Inbox:
    """A handler of aiosmtpd that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.peers: set[str] = set()
        self.secure: list[bool] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(envelope.original_content)
        self.peers.add(session.peer[0])
        self.secure.append(session.ssl is not None)
        return "250 OK"

    async def handle_exception(self, error: Exception) -> str:
        raise Expected from error


def smtp_client() -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=B,
        port=25,
        source_address=(A, 0),
        local_hostname="a.test",
        start_tls=False,
        timeout=300,
    )


@lru_cache(1)
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for the server ``mx.b.test`` and for a client that trusts it."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("mx.b.test").configure_cert(server)
    authority.configure_trust(client)
    return server, client


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says back in capitals what it reads, and ends when the client ends."""
    while data := await reader.read(65536):
        writer.write(data.upper())
        await writer.drain()
    writer.close()


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()
