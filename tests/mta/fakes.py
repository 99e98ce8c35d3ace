"""A host's files and a DNS that say what a test wants, for deciding without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dns.rdata

from labmail.dns import Answer, MailHost, MailHosts
from labmail.dns.lookup import Record
from labmail.mta.etc import Etc
from labmail.mta.routers import Context
from labmail.world import HostFiles

PASSWD = """root:x:0:0:root:/root:/bin/sh
ann:x:1001:1001:Ann,,,:/home/ann:/bin/sh
ben:x:1002:1002:Ben,,,:/home/ben:/bin/sh
cara:x:1003:1003:Cara,,,:/home/cara:/bin/sh
dora:x:1004:1004:Dora,,,:/home/dora:/bin/sh
postmaster:x:1005:1005::/home/postmaster:/bin/sh
"""


class Dns:
    """Answers from two tables; counts what it is asked."""

    def __init__(
        self,
        mail: dict[str, MailHosts] | None = None,
        names: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.mail, self.names = mail or {}, names or {}
        self.asked: list[str] = []

    async def mail_hosts(self, domain: str, **why: Any) -> MailHosts:
        self.asked.append(domain)
        return self.mail.get(domain) or MailHosts(domain, "nxdomain")

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


def mx(*hosts: tuple[int, str, str], status: str = "mx", why: tuple[str, ...] = ()) -> MailHosts:
    """``mx((10, "a.test", "192.0.2.1"))``"""
    found = tuple(MailHost(name, preference, (address,)) for preference, name, address in hosts)
    return MailHosts("x.test", status, found, why)  # type: ignore[arg-type]


def host(tmp: Path, **texts: str) -> HostFiles:
    """A host whose /etc has these files."""
    files = HostFiles(tmp)
    files.write_text("/etc/passwd", PASSWD)
    for name, text in texts.items():
        files.write_text(f"/etc/{name}", text)
    return files


def context(files: HostFiles, dns: Dns | None = None, **changes: Any) -> Context:
    """What a router of lab.test may look at."""
    given: dict[str, Any] = {
        "hostname": "mx1.lab.test",
        "addresses": frozenset({"192.0.2.5"}),
        "qualify_domain": "lab.test",
        "etc": Etc(files),
        "resolver": dns or Dns(),
        "sender": "sender@far.test",
    }
    return Context(**(given | changes))
