"""Plays a small world: a host that is down for a night, and somebody who keeps trying.

``python -m labmail.world``
"""

from __future__ import annotations

import asyncio

from . import World, simulate

HERE, THERE = "128.10.12.4", "128.10.30.2"


async def main(world: World) -> None:
    world.network.add_host(HERE, THERE)
    await asyncio.start_server(greet, THERE, 25)
    world.network.down(THERE)
    trying = asyncio.ensure_future(keep_trying(world))
    say(world, f"{THERE} is switched off for the night")
    await world.clock.advance("8h")
    world.network.up(THERE)
    say(world, f"{THERE} is switched on again")
    await world.clock.advance("2h")
    await trying


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server of the lab: it knows nothing of the lab, only asyncio's streams."""
    caller = writer.get_extra_info("peername")[0]
    writer.write(f"220 good morning, {caller}\r\n".encode())
    writer.close()


async def keep_trying(world: World) -> None:
    """Connects every two hours until it works."""
    while True:
        try:
            reader, writer = await world.network.open_stream(HERE, THERE, 25)
        except OSError as error:
            say(world, error.strerror or "")
            await world.clock.sleep("2h")
        else:
            say(world, (await reader.readline()).decode().strip())
            writer.close()
            return


def say(world: World, text: str) -> None:
    print(f"{world.clock.now():%a %H:%M:%S}  {text}")


if __name__ == "__main__":
    simulate(main, flow=False)
