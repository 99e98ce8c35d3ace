"""Two companies on one simulated network, with real rooms: DNS, SMTP, stores, MTAs.

``await Village.make(world, tmp)`` builds example.com and ask.com as in the course; a test changes a
file, a host or the weather, and looks at logs, mailboxes and trace.
"""

from __future__ import annotations

import itertools
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from labmail.access.accounts import Passwords, User
from labmail.dns import NameServer, Resolver
from labmail.exim.debian.owntree import host as debian_host
from labmail.exim.debian.plain import Plain, host_files
from labmail.mta import Mta, Settings, read_configuration
from labmail.smtp import Client, Sent, Server, serve
from labmail.store import Maildir, Mbox
from labmail.trace import Recorder
from labmail.world import HostFiles, World

PEOPLE = {"mail.example.com": ("alice", "anna", "bob"), "mail.ask.com": ("bob", "carol")}
NETS = {"mail.example.com": "128.10.12.0/24", "mail.ask.com": "172.20.10.0/24"}
ADDRESSES = {
    "ns.test": "128.10.12.1",
    "mail.example.com": "128.10.12.4",
    "mail.ask.com": "128.10.30.2",
    "games.example.com": "128.10.12.3",
    "stranger.test": "198.51.100.9",
}
SYSTEM = """root:x:0:0:root:/root:/bin/sh
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
Debian-exim:x:100:102::/var/spool/exim4:/usr/sbin/nologin
"""
GROUPS = "root:x:0:\nmail:x:8:\nuucp:x:10:\nDebian-exim:x:102:\n"
ZONES = {
    "example.com": """
@ IN SOA ns.test. h.test. 1 3h 1h 1w 5m
@ IN NS ns.test.
@ IN MX 10 mail
mail IN A 128.10.12.4
games IN A 128.10.12.3
""",
    "ask.com": """
@ IN SOA ns.test. h.test. 1 3h 1h 1w 5m
@ IN NS ns.test.
@ IN MX 10 mail
mail IN A 128.10.30.2
""",
    "12.10.128.in-addr.arpa": """
@ IN SOA ns.test. h.test. 1 3h 1h 1w 5m
@ IN NS ns.test.
3 IN PTR games.example.com.
4 IN PTR mail.example.com.
""",
    "void.test": """
@ IN SOA ns.test. h.test. 1 3h 1h 1w 5m
@ IN NS ns.test.
null IN MX 0 .
dead IN MX 10 nowhere.void.test.
late IN MX 10 mx.late
mx.late IN A 203.0.113.7
two IN MX 10 mx.late
two IN MX 20 mail.ask.com.
inner IN MX 10 lan
lan IN A 192.168.3.4
self IN MX 10 mail.example.com.
second IN MX 5 mail.ask.com.
second IN MX 10 mail.example.com.
""",
}
BESIDE = ("limits", "expn_hosts")
"""What is no matter of the configuration."""
KEPT = ("/etc/aliases", "/etc/email-addresses")


@dataclass
class Village:
    world: World
    tmp: Path
    trace: Recorder
    mtas: dict[str, Mta] = field(default_factory=dict)
    servers: dict[str, list[Server]] = field(default_factory=dict)
    files: dict[str, HostFiles] = field(default_factory=dict)
    changes: dict[str, dict[str, object]] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    names: NameServer | None = None
    furnish: bool = True

    @classmethod
    async def make(
        cls,
        world: World,
        tmp: Path,
        *,
        trace: bool = True,
        furnish: bool = True,
        tls: ssl.SSLContext | None = None,
        zones: dict[str, str] | None = None,
        **changes: object,
    ) -> Village:
        """Without ``furnish`` the hosts are as they were left. ``changes`` are what `Plain` or
        `Settings` has words for, for both hosts; and ``retry``, a retry rule, and ``files``, texts
        by their paths."""
        village = cls(world, tmp, Recorder(world.clock.time, on=trace), furnish=furnish)
        world.network.add_host(*ADDRESSES.values(), "203.0.113.7")
        await village._name_server(zones or ZONES)
        for name in PEOPLE:
            village.changes[name] = dict(changes)
            village._folders(name)
            await village.start(name, tls)
        return village

    async def _name_server(self, zones: dict[str, str]) -> None:
        files = HostFiles(self.tmp / "ns.test", self.world.disk)
        conf = "".join(
            f'zone "{zone}" {{ type primary; file "/etc/bind/db.{zone}"; }};\n' for zone in zones
        )
        if self.furnish:
            files.write_text("/etc/bind/named.conf.local", conf)
        for zone, text in zones.items() if self.furnish else ():
            files.write_text(f"/etc/bind/db.{zone}", f"$TTL 1h\n{text}")
        self.names = NameServer(
            self.world.network,
            ADDRESSES["ns.test"],
            files,
            clock=self.world.clock,
            trace=self.trace,
            hostname="ns.test",
        )
        await self.names.start()

    @staticmethod
    def _ids(name: str) -> list[tuple[int, str]]:
        return list(enumerate(PEOPLE[name], 1000))

    def _folders(self, name: str) -> None:
        files = self.files[name] = HostFiles(self.tmp / name, self.world.disk)
        if not self.furnish:
            return
        lines = [
            f"{login}:x:{uid}:{uid}:{login},,,:/home/{login}:/bin/sh"
            for uid, login in self._ids(name)
        ]
        files.write_text("/etc/passwd", SYSTEM + "\n".join(lines) + "\n")
        groups = "".join(f"{login}:x:{gid}:\n" for gid, login in self._ids(name))
        files.write_text("/etc/group", GROUPS + groups)
        for login in PEOPLE[name]:
            files.mkdir(f"/home/{login}")
        files.write_text("/etc/aliases", "postmaster: bob\nteam: bob, carol\n")

    async def start(self, name: str, tls: ssl.SSLContext | None = None) -> Mta:
        """Starts the MTA of a host, with its two services."""
        world, files = self.world, self.files[name]
        domain = name.removeprefix("mail.")
        options: dict[str, object] = {"relay_from_hosts": [NETS[name]]} | self.changes[name]
        settings = Settings(**{key: options.pop(key) for key in BESIDE if key in options})  # type: ignore[arg-type]
        rule = str(options.pop("retry", ""))
        more: dict[str, str] = options.pop("files", {})  # type: ignore[assignment]
        plain = Plain(local_domains=[domain], **options)  # type: ignore[arg-type]
        extra = host_files(plain)
        if rule:
            extra["/etc/exim4/conf.d/retry/30_retry"] = f"begin retry\n* * {rule}\n".encode()
        extra |= {path: text.encode() for path, text in more.items()}
        made = debian_host(None, domain, name, extra) if self.furnish else {}
        for path, octets in made.items():
            if path not in KEPT or not files.exists(path):
                files.write_text(path, octets.decode())
        stores = {
            "maildir": Maildir(files, world.clock, world.chance, name),
            "mbox": Mbox(files, world.clock),
        }
        people = {
            login: (
                "secret",
                User(login, f"{login}@{domain}", f"/home/{login}/Maildir", stores["maildir"]),
            )
            for login in PEOPLE[name]
        }
        mta = Mta(
            name=name,
            ip=ADDRESSES[name],
            configuration=read_configuration(files, name, world.clock),
            settings=settings,
            files=files,
            clock=world.clock,
            network=world.network,
            chance=world.chance,
            trace=self.trace,
            resolver=self.resolver(name),
            stores=stores,
            accounts=Passwords(people),
            tls=tls,
            sequence=self.numbers,
        )
        await mta.start()
        self.mtas[name] = mta
        self.servers[name] = [
            await serve(
                world.network,
                ADDRESSES[name],
                port,
                mta.gate(service),  # type: ignore[arg-type]
                clock=world.clock,
                trace=self.trace,
            )
            for service, port in (("smtp", 25), ("submission", 587))
        ]
        return mta

    def resolver(self, name: str) -> Resolver:
        return Resolver(
            self.world.network,
            ADDRESSES[name],
            [ADDRESSES["ns.test"]],
            clock=self.world.clock,
            chance=self.world.chance,
            trace=self.trace,
            hostname=name,
        )

    async def stop(self, name: str) -> None:
        """Stops the MTA of a host as an administrator would."""
        for server in self.servers.pop(name):
            server.close()
        await self.mtas[name].stop()

    async def close(self) -> None:
        """Stops everything."""
        for name in list(self.servers):
            await self.stop(name)
        if self.names:
            await self.names.stop()

    async def send(
        self,
        sender: str,
        recipients: str | list[str],
        content: bytes = b"Subject: Lunch\r\nMessage-ID: <1@pc.test>\r\n\r\nNoon?\r\n",
        *,
        via: str = "mail.example.com",
        source: str = "games.example.com",
        letter: str | None = "alice@example.com/1",
        port: int = 25,
    ) -> Sent:
        """A client of the lab hands over a letter to port 25 of ``via``."""
        client = await Client.connect(
            self.world.network,
            ADDRESSES[source],
            ADDRESSES[via],
            port,
            helo=source,
            host=source,
            trace=self.trace,
            letter=letter,
        )
        wanted = [recipients] if isinstance(recipients, str) else recipients
        sent = await client.send(sender, wanted, content, letter=letter)
        await client.quit()
        return sent

    def log(self, name: str, file: str = "mainlog") -> list[str]:
        """The lines of a log, without their time."""
        path = f"/var/log/exim4/{file}"
        if not self.files[name].exists(path):
            return []
        return [line[20:] for line in self.files[name].read_text(path).splitlines()]

    def maildir(self, name: str, login: str) -> list[bytes]:
        """The letters in a person's Maildir."""
        folder = self.files[name].root / "home" / login / "Maildir" / "new"
        return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.exists() else []

    def spool(self, name: str) -> list[str]:
        """What lies in the input folder."""
        return self.files[name].listdir("/var/spool/exim4/input")

    def states(self, letter: str) -> dict[str, tuple[str, str, str]]:
        """For each recipient of a letter the last place that an event told."""
        places: dict[str, tuple[str, str, str]] = {}
        for event in self.trace.about(letter):
            for who, place in event.places().items():
                places[who] = (place.host, place.component, place.state)
        return places
