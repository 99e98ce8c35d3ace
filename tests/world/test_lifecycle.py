"""A lab that is closed leaves nothing behind: no thread, no descriptor, no warning, 200 times.

It runs in a process of its own, with Python's development mode on, so that each socket, thread and
coroutine that was forgotten is complained about.
"""

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, gc, os, socket, sys, threading, time, warnings
from labmail.world import LabLoop, LoopThread, make_world

HERE, THERE = "10.1.0.1", "10.1.0.2"

class Names(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)

async def echo(reader, writer):
    writer.write(b"220 ready\\r\\n")
    while line := await reader.readline():
        writer.write(line)
    writer.close()

async def silent(reader, writer):
    await asyncio.Event().wait()

async def start(loop):
    world = make_world(loop)
    kept = loop.kept = []
    loop.slow_callback_duration = 60
    world.network.add_host(HERE, THERE)
    await asyncio.start_server(echo, THERE, 25)
    await asyncio.start_server(silent, THERE, 26)
    await world.network.listen_udp(THERE, 53, Names)
    assert await world.network.exchange(HERE, THERE, 53, b"who?", 5) == b"who?"
    reader, writer = await world.network.open_stream(HERE, THERE, 25)
    assert await reader.readline() == b"220 ready\\r\\n"
    writer.close()
    for _ in range(3):  # three connections that hang
        kept.append(await world.network.open_stream(HERE, THERE, 26))
    kept.append(asyncio.ensure_future(asyncio.sleep(3600)))
    kept.append(asyncio.ensure_future(world.network.open_stream(HERE, "10.1.0.2", 26)))
    await world.loop.run_in_executor(None, os.getpid)
    return (await world.network.endpoint(THERE, 25),
            await world.network.endpoint(THERE, 53, kind="udp"))

def cycle(n):
    thread = LoopThread(LabLoop(live=n % 2 == 1), "labmail test")
    tcp, udp = thread.call(start(thread.loop))
    with socket.create_connection(tcp, 5) as visitor:
        assert visitor.recv(100) == b"220 ready\\r\\n"
        if n % 3:
            visitor.sendall(b"hello\\r\\n")
            assert visitor.recv(100) == b"hello\\r\\n"
        else:
            thread.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as visitor:
        visitor.sendto(b"anybody?", udp)
    if n % 5:
        thread.stop()          # otherwise it is forgotten, and must end by itself

def census():
    gc.collect()
    end = time.monotonic() + 5
    while threading.active_count() > 1 and time.monotonic() < end:
        time.sleep(0.002)
    return len(os.listdir("/dev/fd")), threading.active_count()

complaints = []
warnings.simplefilter("always")
warnings.showwarning = lambda *what, **more: complaints.append(str(what[0]))
sys.unraisablehook = lambda what: complaints.append(repr(what.exc_value))
threading.excepthook = lambda what: complaints.append(repr(what.exc_value))

for n in range(6):
    cycle(n)
before = census()
for n in range(CYCLES):
    cycle(n)
print(before, census(), complaints[:5])
assert census() == before, "something was left behind"
assert not complaints, complaints
"""


@pytest.mark.parametrize("cycles", [200])
def test_open_and_close_leaves_nothing_behind(cycles):
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", SCRIPT.replace("CYCLES", str(cycles))],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr, done.stderr
