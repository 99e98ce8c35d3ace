"""Real wires: what is asked of the machine, and that it is given back."""

import asyncio
import errno
import os
import socket
import threading

import pytest

from labmail.world import simulate
from labmail.world.carrier import Sockets, _accept, _listener

A, B = "10.1.0.1", "10.1.0.2"


class Ear(asyncio.Protocol):
    def __init__(self):
        self.heard = bytearray()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.heard += data


async def pair(world):
    world.network.add_host(A, B)
    ears = []
    await world.network.listen(B, 25, lambda: ears.append(Ear()) or ears[-1])
    near, _ = await world.network.connect(A, B, 25, Ear)
    await world.clock.settle()
    return near, ears[0]


def on_sockets(main, **options):
    return simulate(main, wire="sockets", **options)


def test_a_megabyte_leaves_by_one_socket_and_comes_in_by_another(monkeypatch):
    received = []
    real = socket.socket.recv

    def recv(self, size, *flags):
        received.append(real(self, size, *flags))
        return received[-1]

    monkeypatch.setattr(socket.socket, "recv", recv)
    text = bytes(range(256)) * 40_000

    async def main(world):
        near, far = await pair(world)
        received.clear()
        near.write(text)
        await world.clock.settle()
        assert bytes(far.heard) == text
        assert b"".join(received) == text
        assert world.loop.pulse.in_flight == {}

    on_sockets(main)


def test_a_live_lab_carries_over_sockets_too():
    async def main(world):
        near, far = await pair(world)
        near.write(b"x" * 3_000_000)
        for _ in range(2000):
            if len(far.heard) == 3_000_000:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"only {len(far.heard)} bytes came")

    on_sockets(main, live=True)


def test_what_was_reset_is_forgotten_and_the_count_returns_to_zero():
    async def main(world):
        near, far = await pair(world)
        world.network.down(B)
        near.write(b"x" * 1_000_000)
        near.abort()
        await world.clock.settle()
        world.network.up(B)
        await world.clock.settle()
        assert not far.heard
        assert world.loop.pulse.in_flight == {}
        assert world.network.links == ()

    on_sockets(main)


def test_a_real_farewell_goes_with_the_first_one(monkeypatch):
    said = []
    real = socket.socket.shutdown
    monkeypatch.setattr(
        socket.socket, "shutdown", lambda self, how: said.append(how) or real(self, how)
    )

    async def main(world):
        near, far = await pair(world)
        near.write(b"x" * 5_000_000)
        near.close()
        await world.clock.settle()
        assert len(far.heard) == 5_000_000
        assert far.transport.is_closing()

    on_sockets(main)
    assert said == [socket.SHUT_WR]


@pytest.mark.only_on("linux")
def test_descriptors_are_given_back_with_each_connection():
    async def main(world):
        before = None
        for _ in range(5):
            near, far = await pair(world)
            for end in (near, far.transport):
                end.close()
            await world.clock.settle()
            world.network.listeners[B, 25].close()
            now = len(os.listdir("/proc/self/fd"))
            assert now == (before or now)
            before = now

    on_sockets(main)


def test_without_descriptors_a_connection_fails_as_in_life(monkeypatch):
    async def main(world):
        world.network.add_host(A, B)
        await world.network.listen(B, 25, Ear)
        error = OSError(errno.EMFILE, "Too many open files")
        monkeypatch.setattr(Sockets, "_pair", lambda self: (_ for _ in ()).throw(error))
        with pytest.raises(OSError, match="Too many open files"):
            await world.network.connect(A, B, 25, Ear)
        assert world.network.links == ()

    on_sockets(main)


def test_a_stranger_on_this_machine_is_turned_away():
    with _listener() as listener, socket.socket() as stranger, socket.socket() as caller:
        stranger.connect(listener.getsockname())
        caller.connect(listener.getsockname())
        with _accept(listener, caller.getsockname()) as sock:
            assert sock.getpeername() == caller.getsockname()
        assert stranger.recv(1) == b""


def test_no_thread_is_started_for_it():
    before = threading.active_count()

    async def main(world):
        await pair(world)
        assert threading.active_count() == before

    on_sockets(main)
