"""BIND keeps a copy of our zone, and we keep a copy of BIND's: signed, whole, and newer when newer.

The real program runs on loopback. It comes into the lab through a door; the way out is built here:
what is sent to one lab address goes on to BIND's port.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dns.asyncquery
import dns.message
import pytest

from labmail.dns.copyevents import ZoneFetched, ZoneSent
from labmail.world import World, simulate

from .conftest import ASK, Internet

Make = Callable[[World], Internet]
SPEC = importlib.util.spec_from_file_location("record", Path(__file__).parent / "bind/record.py")
record: Any = importlib.util.module_from_spec(SPEC)  # type: ignore[arg-type]
SPEC.loader.exec_module(record)  # type: ignore[union-attr]

NS, BIND = "128.10.30.1", "128.10.30.9"
KEY = 'key "transfers" { algorithm hmac-sha256; secret "c2VjcmV0IG9mIHR3byBzZXJ2ZXJz"; };\n'
ZONE = ASK + "\n".join(
    [
        "; records that are easily spoilt on the way",
        r'text TXT "a;b" "quote \" and back\\slash" "\000\255"',
        "*.wild A 128.10.30.7",
        "sub NS ns.sub",
        "ns.sub A 128.10.30.8",
        "alias CNAME www",
        "_smtp._tcp SRV 0 5 25 mail",
        "v6 AAAA 2001:db8::1",
        "old TYPE65280 \\# 3 010203",
        "short 60 A 128.10.30.6",
        *(f'many{n} TXT "{"x" * 200}"' for n in range(300)),
        "",
    ]
)


@asynccontextmanager
async def bind(folder: Path, zone: str, options: str = "") -> AsyncIterator[int]:
    """A real name server with this ``zone`` statement; gives its port."""
    folder.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.joinpath("named.conf").write_text(
        "controls { };\n"
        + KEY
        + f'options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }};'
        f" listen-on-v6 {{ none; }}; pid-file none; session-keyfile none; dnssec-validation no;"
        f' recursion no; notify no; managed-keys-directory "{folder}"; {options} }};\n' + zone
    )
    command = [record.program("named"), "-g", "-n", "1", "-c", str(folder / "named.conf")]
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield port
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def until(true: Callable[[], Any], what: str) -> None:
    """Waits; a machine may be busy."""
    for _ in range(1200):
        if true():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(what)


def answers(port: int, name: str, rdtype: str) -> list[str]:
    """What the real server says of a name."""
    query = dns.message.make_query(name, rdtype)
    reply = dns.query.udp(query, "127.0.0.1", port=port, timeout=5)
    return sorted(rdata.to_text() for rrset in reply.answer for rdata in rrset)


@pytest.mark.peer("named")
def test_bind_copies_from_us(internet: Make, tmp_path: Path) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        allow = KEY + "options { allow-transfer { key transfers; }; };\n"
        await net.server(NS, "ns.ask.com", allow, ask__com=ZONE)
        door = await world.network.endpoint(NS, 53, kind="dns")
        statement = (
            f'zone "ask.com" {{ type secondary; file "copy"; masterfile-format text;'
            f" primaries port {door[1]} {{ 127.0.0.1 key transfers; }}; }};\n"
        )
        async with bind(tmp_path / "named", statement) as port:
            log = tmp_path / "named" / "log"
            await until(lambda: "Transfer completed" in log.read_text(), log.read_text())
            (sent,) = net.trace.find(ZoneSent)
            assert sent.key == "transfers" and sent.messages > 3  # type: ignore[attr-defined]
            found = await asyncio.to_thread(answers, port, "text.ask.com", "TXT")
            assert found == [r'"a;b" "quote \" and back\\slash" "\000\255"']
            await until((tmp_path / "named" / "copy").exists, "the copy")
        # What BIND has written, we write in the same way.
        theirs = (tmp_path / "named" / "copy").read_text().splitlines()
        net.world.network.add_host("128.10.12.1")
        copy = KEY + (
            'zone "ask.com" { type secondary; file "copy"; '
            "primaries { 128.10.30.1 key transfers; }; };\n"
        )
        ours = await net.serve("128.10.12.1", "ns2.ask.com", net.files("ns2.ask.com", copy))
        await until(lambda: ours.files.exists("/etc/bind/copy"), "our copy")
        assert ours.files.read_text("/etc/bind/copy").splitlines() == theirs

    simulate(main, live=True)


async def way_out(world: World, port: int) -> None:
    """Lets the lab address `BIND` stand for a server on loopback."""
    world.network.add_host(BIND)

    class Datagrams(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, sender: Any) -> None:
            self.task = asyncio.ensure_future(self.put(data, sender))

        async def put(self, data: bytes, sender: Any) -> None:
            self.transport.sendto(await asyncio.to_thread(exchange, data), sender)

    def exchange(data: bytes) -> bytes:
        with socket.socket(type=socket.SOCK_DGRAM) as line:
            line.settimeout(5)
            line.sendto(data, ("127.0.0.1", port))
            return line.recv(65535)

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection("127.0.0.1", port)
        out.write(await reader.read(65535))
        while data := await there.read(65535):
            writer.write(data)
            await writer.drain()
        writer.close()
        out.close()

    def streams() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(), stream)

    await world.network.listen_udp(BIND, 53, Datagrams)
    await world.network.listen(BIND, 53, streams)


@pytest.mark.peer("named")
def test_we_copy_from_bind(internet: Make, tmp_path: Path) -> None:
    async def main(world: World) -> None:
        net = internet(world)
        folder = tmp_path / "named"
        folder.mkdir()
        (folder / "db").write_text(ZONE)
        statement = (
            'zone "ask.com" { type primary; file "db"; allow-transfer { key transfers; }; };\n'
        )
        copy = (
            'zone "ask.com" { type secondary; file "copy"; '
            f"primaries {{ {BIND} key transfers; }}; }};\n"
        )
        async with bind(folder, statement) as port:
            log = folder / "log"
            await until(lambda: "all zones loaded" in log.read_text(), "named did not start")
            await way_out(world, port)
            world.network.add_host("128.10.12.1")
            server = await net.serve("128.10.12.1", "ns2", net.files("ns2", KEY + copy))
            await until(lambda: net.trace.find(ZoneFetched), "the zone did not come")
            (fetched,) = net.trace.find(ZoneFetched)
            assert fetched.serial == 2026030201  # type: ignore[attr-defined]
            (zone,) = server.zones.served.values()
            assert len(zone) == 315 and not fetched.problem  # type: ignore
            await server.stop()
            # A stranger gets from BIND what he gets from us.
            without = net.files("ns3", copy.replace(" key transfers", ""))
            other = await net.serve("128.10.12.2", "ns3", without)
            await until(lambda: net.trace.find(host="ns3", kept=None), "no answer")
            (told, *_) = net.trace.find(host="ns3", kept=None)
            assert "failed while receiving responses: REFUSED" in told.reason  # type: ignore
            await other.stop()

    simulate(main, live=True)
