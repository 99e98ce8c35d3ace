"""What does the lab's network cost? Letters per second of real time, here and on plain sockets.

aiosmtpd and aiosmtplib, both unchanged, in one process: once on a plain asyncio loop over loopback
sockets, once on the lab's loop over the lab's network. The two take turns, so that both see the
same load of the machine; each line is the median of all turns. The ratio is lab : sockets, its
median, least and most.

    one connection    letters of 1 kB, one after the other, on one connection
    one each          connect, one letter, QUIT
    twenty at once    twenty connections, twenty letters each
    large             letters of 5 MB (letters per second)

More work for each chunk in `Line` or `End`, or for each turn of the loop in `Pulse.wait`, makes the
ratio worse. Real sockets pay for the kernel, the lab does not: it may well be the faster one.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP

from labmail.world import World, simulate

HERE, THERE, PORT = "10.1.0.1", "10.1.0.2", 25
SMALL = b"Subject: bench\r\n\r\n" + b"All that is said here is true.\r\n" * 32
LARGE = b"Subject: bench\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 64_000

Dial = Callable[[], aiosmtplib.SMTP]


class Sink:
    """Takes every letter and keeps none."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


def server() -> SMTP:
    loop = asyncio.get_running_loop()
    return SMTP(Sink(), hostname="mx.test", loop=loop, data_size_limit=None)


async def send(dial: Dial, letters: int, content: bytes = SMALL) -> int:
    """Sends some letters over one connection; gives how many."""
    client = dial()
    await client.connect()
    for _ in range(letters):
        await client.sendmail("alice@a.test", ["bob@b.test"], content)
    await client.quit()
    return letters


async def one_connection(dial: Dial) -> int:
    return await send(dial, 300)


async def one_each(dial: Dial) -> int:
    return sum([await send(dial, 1) for _ in range(150)])


async def twenty_at_once(dial: Dial) -> int:
    return sum(await asyncio.gather(*(send(dial, 20) for _ in range(20))))


async def large(dial: Dial) -> int:
    return await send(dial, 2, LARGE)


async def rate(work: Callable[[Dial], Awaitable[int]], dial: Dial) -> float:
    """Letters per second of real time."""
    began = time.perf_counter()
    return await work(dial) / (time.perf_counter() - began)


def over_sockets(work: Callable[[Dial], Awaitable[int]]) -> float:
    async def main() -> float:
        listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
        host, port = listener.sockets[0].getsockname()
        result = await rate(work, lambda: client(host, port, None))
        listener.close()
        return result

    return asyncio.run(main())


def over_the_lab(work: Callable[[Dial], Awaitable[int]]) -> float:
    async def main(world: World) -> float:
        world.network.add_host(HERE, THERE)
        await world.network.listen(THERE, PORT, server)
        return await rate(work, lambda: client(THERE, PORT, (HERE, 0)))

    return simulate(main)


def client(host: str, port: int, source: tuple[str, int] | None) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=host,
        port=port,
        source_address=source,
        local_hostname="a.test",
        start_tls=False,
        timeout=300,
    )


def main() -> None:
    """Print the median of each line, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="turns of each (5)")
    times = parser.parse_args().times
    print(f"{'letters/s':<16} {'sockets':>8} {'lab':>8}   ratio, {times} turns")
    for work in (one_connection, one_each, twenty_at_once, large):
        turns = [(over_sockets(work), over_the_lab(work)) for _ in range(times)]
        sockets, lab = (statistics.median(column) for column in zip(*turns, strict=True))
        ratios = [lab / sockets for sockets, lab in turns]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{work.__name__.replace('_', ' '):<16} {sockets:8.0f} {lab:8.0f}   {ratio}")


if __name__ == "__main__":
    main()
