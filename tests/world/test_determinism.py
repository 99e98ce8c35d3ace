"""The same journey gives the same trace, event for event, 100 times out of 100."""

import asyncio
import random
import time

from labmail.world import simulate

HOSTS = [f"10.1.0.{n}" for n in range(1, 5)]
RUNS, SESSIONS = 100, 20


class Hall:
    """Servers that store what they are told in a thread of random length, and answer then."""

    def __init__(self, world, trace, wall):
        self.world, self.trace, self.wall = world, trace, wall

    def note(self, *what):
        self.trace.append((round(self.world.clock.time(), 6), *what))

    async def serve(self, reader, writer):
        link = writer.get_extra_info("lab")
        while line := await reader.readline():
            self.note(link.name, "heard", line)
            stored = await self.world.loop.run_in_executor(None, self.store, line)
            self.note(link.name, "stored", stored)
            writer.write(b"250 " + line)
        self.note(link.name, "end")
        writer.close()

    def store(self, line):
        time.sleep(self.wall.random() * 0.0003)
        return line.upper()

    async def speak(self, n):
        source, target = HOSTS[n % 4], HOSTS[(n + 1) % 4]
        answer = await self.world.network.exchange(source, target, 53, b"%d" % n, 5)
        self.note(n, "resolved", answer)
        reader, writer = await self.world.network.open_stream(source, target, 25)
        for line in range(3):
            await asyncio.sleep((n * line) % 3)
            writer.write(b"line %d of %d\r\n" % (line, n))
            self.note(n, "answered", await reader.readline())
        writer.write_eof()
        self.note(n, "rest", await reader.read())
        writer.close()


class Names(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(b"host " + data, addr)


def one_run(wall, **options):
    """A whole run; ``wall`` is the randomness of the machine, which must not show."""
    trace = []

    async def main(world):
        world.network.add_host(*HOSTS)
        world.network.tap = lambda end, data: trace.append((repr(end), data))
        hall = Hall(world, trace, wall)
        for host in HOSTS:
            await asyncio.start_server(hall.serve, host, 25)
            await world.network.listen_udp(host, 53, Names)
        await asyncio.gather(*(hall.speak(n) for n in range(SESSIONS)))
        await world.clock.settle()
        return trace

    return simulate(main, **options)


def test_a_hundred_runs_give_one_trace():
    wall = random.Random()
    first = one_run(wall)
    assert len(first) > SESSIONS * 10
    for run in range(RUNS - 1):
        assert one_run(wall) == first, f"run {run + 2} differs"


def test_with_latency_too():
    wall = random.Random()
    first = one_run(wall, latency=0.01)
    assert all(one_run(wall, latency=0.01) == first for _ in range(9))


def test_the_number_of_workers_does_not_show():
    """Not even when there are none, as in a browser: the trace is that of one world."""
    wall = random.Random()
    assert one_run(wall, workers=1) == one_run(wall, workers=8)


def test_results_of_threads_come_in_the_order_of_asking():
    async def main(world):
        order = []

        async def ask(n):
            await world.loop.run_in_executor(None, time.sleep, 0.02 if n % 3 == 0 else 0)
            order.append(n)

        await asyncio.gather(*(ask(n) for n in range(30)))
        return order

    assert simulate(main, workers=4) == list(range(30))


def test_real_sockets_give_the_trace_of_memory():
    wall = random.Random()
    first = one_run(wall)
    assert all(one_run(wall, wire="sockets") == first for _ in range(5))
    late = one_run(wall, latency=0.01)
    assert all(one_run(wall, latency=0.01, wire="sockets") == late for _ in range(3))
