"""A host's files and a DNS that say what a test wants, for deciding without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dns.rdata

from labmail.dns import Answer
from labmail.dns.lookup import Record
from labmail.mta import Orders, read_configuration
from labmail.world import HostFiles

PASSWD = """root:x:0:0:root:/root:/bin/sh
ann:x:1001:1001:Ann,,,:/home/ann:/bin/sh
ben:x:1002:1002:Ben,,,:/home/ben:/bin/sh
cara:x:1003:1003:Cara,,,:/home/cara:/bin/sh
dora:x:1004:1004:Dora,,,:/home/dora:/bin/sh
postmaster:x:1005:1005::/home/postmaster:/bin/sh
"""

CONFIGURATION = """domainlist local_domains = lab.test
qualify_domain = lab.test
begin transports
box:
  driver = appendfile
  file = /var/mail/$local_part_data
program:
  driver = pipe
smtp:
  driver = smtp
begin routers
"""


class Noon:
    """A clock that stands still."""

    def time(self) -> float:
        return 1772442000.0


class Dns:
    """Answers from a table; counts what it is asked."""

    def __init__(self, names: dict[str, tuple[str, ...]] | None = None) -> None:
        self.names = names or {}
        self.asked: list[str] = []

    async def query(self, name: str, rdtype: str, **why: Any) -> Answer:
        self.asked.append(f"{name} {rdtype}")
        if name not in self.names:
            return Answer("nxdomain")
        if not self.names[name]:
            return Answer("failed")
        found = [a for a in self.names[name] if (":" in a) == (rdtype == "AAAA")]
        if not found:
            return Answer("nodata")
        rdatas = [dns.rdata.from_text("IN", rdtype, text) for text in found]
        records = (Record(name, 3600, rdtype, rdata.to_text(), rdata) for rdata in rdatas)
        return Answer("ok", tuple(records))


def host(tmp: Path, **texts: str) -> HostFiles:
    """A host whose /etc has these files."""
    files = HostFiles(tmp)
    files.write_text("/etc/passwd", PASSWD)
    for login in ("ann", "ben", "cara", "dora"):
        files.mkdir(f"/home/{login}")
    for name, text in texts.items():
        files.write_text(f"/etc/{name}", text)
    return files


def orders(tmp: Path, routers: str, *, main: str = "", **texts: str) -> Orders:
    """The orders of mx1.lab.test: ``routers``, and transports ``box``, ``program`` and ``smtp``;
    ``main`` are more main options."""
    files, clock = host(tmp, **texts), Noon()
    configuration = read_configuration(files, "mx1.lab.test", clock, main + CONFIGURATION + routers)  # type: ignore[arg-type]
    return Orders(
        configuration,
        files=files,
        clock=clock,  # type: ignore[arg-type]
        hostname="mx1.lab.test",
        addresses=["192.0.2.5"],
    )
