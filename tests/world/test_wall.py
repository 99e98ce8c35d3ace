"""Nothing of the machine's network can be reached from inside, whatever a library tries."""

import asyncio
import errno
import socket
import ssl

import dns.asyncquery
import dns.message
import pytest

from labmail.world import simulate

A, B = "10.1.0.1", "10.1.0.2"
OUTSIDE = ["198.51.100.7", "2001:db8:ffff::7", "mail.example.com", "localhost", "10.9.9.9"]


def lab(main, **options):
    async def in_lab(world):
        world.network.add_host(A, B)
        return await main(world)

    return simulate(in_lab, **options)


@pytest.mark.parametrize("target", OUTSIDE)
def test_streams(target):
    async def main(world):
        for options in ({}, {"ssl": ssl.create_default_context()}, {"local_addr": (A, 0)}):
            with pytest.raises(OSError, match=r"unreachable") as caught:
                await asyncio.open_connection(target, 25, **options)
            assert caught.value.errno == errno.ENETUNREACH

    lab(main)


@pytest.mark.parametrize("target", OUTSIDE)
def test_datagrams(target):
    async def main(world):
        errors = []

        class Asker(asyncio.DatagramProtocol):
            def error_received(self, exc):
                errors.append(exc.errno)

        for options in ({}, {"local_addr": (A, 0)}, {"local_addr": ("0.0.0.0", 0)}):
            transport, _ = await world.loop.create_datagram_endpoint(Asker, **options)
            transport.sendto(b"anybody?", (target, 53))
            connected, _ = await world.loop.create_datagram_endpoint(
                Asker, remote_addr=(target, 53), **options
            )
            connected.sendto(b"anybody?")
            await world.clock.settle()
        assert errors == [errno.ENETUNREACH] * 6

    lab(main)


@pytest.mark.parametrize("target", ["198.51.100.7", "2001:db8:ffff::7"])
def test_a_socket_that_a_library_made_itself(target):
    async def main(world):
        family = socket.AF_INET6 if ":" in target else socket.AF_INET
        with socket.socket(family) as sock:
            sock.setblocking(False)
            with pytest.raises(OSError, match="unreachable"):
                await world.loop.sock_connect(sock, (target, 25))

    lab(main)


@pytest.mark.parametrize("host", [None, ""])
def test_a_server_without_an_address_does_not_open_the_machine(host):
    async def main(world):
        with pytest.raises(OSError, match="needs an address") as caught:
            await asyncio.start_server(lambda r, w: None, host, 0)
        assert caught.value.errno == errno.EADDRNOTAVAIL

    lab(main)


@pytest.mark.parametrize("host", ["0.0.0.0", "198.51.100.7", "localhost"])
def test_a_server_at_an_address_that_is_not_the_labs(host):
    async def main(world):
        with pytest.raises(ValueError, match="is not an address of this lab"):
            await asyncio.start_server(lambda r, w: None, host, 25)

    lab(main)


def test_names_are_never_asked_of_the_machine():
    async def main(world):
        with pytest.raises(socket.gaierror):
            await world.loop.getaddrinfo("mail.example.com", 25)
        with pytest.raises(socket.gaierror):
            await world.loop.getaddrinfo("localhost", 25)
        found = await world.loop.getaddrinfo("127.0.0.1", 25, type=socket.SOCK_STREAM)
        assert found[0][4] == ("127.0.0.1", 25)
        assert await world.loop.getnameinfo(("127.0.0.1", 25)) == ("127.0.0.1", "25")

    lab(main)


def test_loopback_is_real():
    async def main(world):
        server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        server.close()

    lab(main, flow=False)


def test_dnspython_asks_a_server_of_the_lab_over_udp_and_tcp():
    """As it is: its queries make sockets through the event loop, with and without an address."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            self.transport.sendto(answer(data), addr)

    async def serve(reader, writer):
        size = int.from_bytes(await reader.readexactly(2))
        text = answer(await reader.readexactly(size))
        writer.write(len(text).to_bytes(2) + text)
        writer.close()

    def answer(data):
        return dns.message.make_response(dns.message.from_wire(data)).to_wire()

    async def main(world):
        await world.network.listen_udp(B, 53, Server)
        await asyncio.start_server(serve, B, 53)
        query = dns.message.make_query("example.com", "MX")
        for options in ({}, {"source": A}):
            for ask in (dns.asyncquery.udp, dns.asyncquery.tcp):
                assert (await ask(query, B, timeout=5, **options)).id == query.id
        world.network.down(B)
        start = world.clock.time()
        with pytest.raises(dns.exception.Timeout):
            await dns.asyncquery.udp(query, B, timeout=5)
        # Not exactly: it reckons with the machine's clock how much of its five seconds is left.
        assert world.clock.time() - start == pytest.approx(5, abs=0.1)

    lab(main)
