"""A small internet for the tests: hosts with zones, name servers, a resolver.

ns.example.com 128.10.12.1      example.com, and forwards ask.com to
ns.ask.com     128.10.30.1      ask.com
mail.example.com 128.10.12.4    asks ns.example.com
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from labmail.dns import MailHosts, NameServer, Resolver, find_mail_hosts
from labmail.trace import Recorder
from labmail.world import HostFiles, World

TOP = "$TTL 3600\n@ IN SOA ns hostmaster ( 2026030201 1h 10m 1w 5m )\n@ IN NS ns\n"
EXAMPLE = TOP + "ns A 128.10.12.1\n@ MX 10 mail\nmail A 128.10.12.4\nwww CNAME www.ask.com.\n"
ASK = TOP + "ns A 128.10.30.1\n@ MX 10 mail\nmail A 128.10.30.2\nwww A 128.10.30.9\n"
PRIMARY = 'zone "{0}" {{ type primary; file "db.{0}"; }};\n'
FORWARD = 'zone "ask.com" { type forward; forward only; forwarders { 128.10.30.1; }; };\n'


@dataclass
class Internet:
    """What a test needs to set up name servers in a world."""

    world: World
    root: Path
    trace: Recorder = field(init=False)

    def __post_init__(self) -> None:
        self.trace = Recorder(self.world.clock.time)
        self.world.network.add_host("128.10.12.1", "128.10.12.4", "128.10.30.1", "128.10.30.2")

    def files(self, host: str, conf: str = "", **zones: str) -> HostFiles:
        """A host's folder: named.conf.local, and each zone as ``db.NAME`` (``__`` for a dot)."""
        files = HostFiles(self.root / host)
        conf += "".join(PRIMARY.format(name.replace("__", ".")) for name in zones)
        files.write_text("/etc/bind/named.conf.local", conf)
        for name, text in zones.items():
            files.write_text(f"/etc/bind/db.{name.replace('__', '.')}", text)
        return files

    async def server(self, ip: str, host: str, conf: str = "", **zones: str) -> NameServer:
        """A name server that runs."""
        return await self.serve(ip, host, self.files(host, conf, **zones))

    async def serve(self, ip: str, host: str, files: HostFiles, **settings: Any) -> NameServer:
        self.world.network.add_host(ip)
        settings = {"chance": self.world.chance, **settings}
        clock, trace = self.world.clock, self.trace
        server = NameServer(
            self.world.network, ip, files, clock=clock, trace=trace, hostname=host, **settings
        )
        await server.start()
        return server

    def resolver(self, *servers: str, **settings: Any) -> Resolver:
        """The resolver of mail.example.com."""
        world = self.world
        return Resolver(
            world.network,
            "128.10.12.4",
            servers or ("128.10.12.1",),
            clock=world.clock,
            chance=world.chance,
            trace=self.trace,
            hostname="mail.example.com",
            **settings,
        )

    async def companies(self) -> tuple[NameServer, NameServer]:
        """The name servers of example.com and ask.com."""
        return (
            await self.server("128.10.12.1", "ns.example.com", FORWARD, example__com=EXAMPLE),
            await self.server("128.10.30.1", "ns.ask.com", ask__com=ASK),
        )

    async def dig(self, ip: str, *args: str, client: str | None = None) -> str:
        """What the real `dig` prints about a name server, asked through a door."""
        host, port = await self.world.network.endpoint(ip, 53, kind="dns", client=client)
        command = ["dig", f"@{host}", "-p", str(port), "+tries=1", "+time=5", *args]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        return output.decode()


async def mail_hosts(
    resolver: Resolver,
    domain: str,
    *,
    letter: str | None = None,
    recipient: str | None = None,
    cause: str | None = None,
) -> MailHosts:
    """Which hosts take mail for ``domain``: asked in one conversation, and told at its end."""
    conversation = resolver.converse(letter, recipient, cause)
    chance = resolver.chance.random("mx", domain)
    found = await find_mail_hosts(domain, conversation.find, chance, ipv6=resolver.ipv6)
    return replace(found, event=conversation.tell_found(found))


@pytest.fixture
def internet(tmp_path: Path) -> Callable[[World], Internet]:
    return lambda world: Internet(world, tmp_path)
