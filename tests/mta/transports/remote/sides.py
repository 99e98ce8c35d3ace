"""Letters for other hosts, by two mail systems: what these hosts hear, and what the log says.

`ours` plays a case on a host of a lab, `theirs` with the real exim4 of this machine, in a network
of its own in which the addresses of the documentation networks are this machine (`island`). Peers
are the same code on either side.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from labmail.dns import Resolver
from labmail.mta import Mta, read_configuration
from labmail.smtp import Client, serve
from labmail.store import Mbox
from labmail.trace import Recorder
from labmail.trust import LabCA
from labmail.world import HostFiles, Programs, World, simulate

from ..sides import GROUP, PASSWD
from . import secrecy
from .peers import Peer, Script

NAME, IP, FAR = "mx1.lab.test", "192.0.2.5", "192.0.2.9"
HERE, THERE, YONDER = "192.0.2.21", "192.0.2.22", "192.0.2.23"
NAMES = {"one.test": HERE, "two.test": THERE, "three.test": YONDER}
ROUTER = """r:
  driver = manualroute
  senders = !:
  route_list = * "{hosts}" byname
  transport = t
"""
ENDS = "box:\n  driver = appendfile\n  file = DIR/box\n"
BACK = "back:\n  driver = accept\n  transport = box\n"


@dataclass
class Far:
    """A question to two mail systems. ``steps`` are what is done, in order:

    ``send A,B``  a letter for A and B is taken and delivered at once
    ``run``, ``force``   a queue run, a forced one
    ``sleep IP``, ``wake IP``   who calls the host at IP hears nothing, until it wakes (ours only)
    ``mend IP``   the host at IP has nothing special to say from here on
    """

    options: tuple[str, ...] = ()
    hosts: str = "one.test"
    peers: dict[str, Script] = field(default_factory=lambda: {HERE: Script()})
    steps: tuple[str, ...] = ("send ann@far.test",)
    sender: str = "sender@lab.test"
    main: str = ""
    routers: str = ROUTER
    authenticators: str = ""
    more: str = ""
    """Further transports."""
    retry: str = "* * F,1h,15m"
    selector: str = ""
    body: str = "line one\n"

    def configuration(self, folder: str, spool: str = "") -> str:
        lines = "".join(f"  {option}\n" for option in self.options)
        text = (
            f"DIR = {folder}\nprimary_hostname = {NAME}\nqualify_domain = lab.test\n"
            "keep_environment =\ndomainlist local_domains =\nhostlist relay_from_hosts = *\n"
            "domainlist relay_to_domains = *\nremote_max_parallel = 1\nqueue_run_in_order\n"
            f"log_selector = {self.selector}\n"
            f"{spool}{self.main}\n"
            f"begin routers\n{self.routers.replace('{hosts}', self.hosts)}\n{BACK}"
            f"begin transports\nt:\n  driver = smtp\n{lines}{self.more}{ENDS}"
            f"begin retry\n{self.retry}\n"
        )
        return text + (
            f"begin authenticators\n{self.authenticators}" if self.authenticators else ""
        )


@dataclass
class Heard:
    """What the hosts were told, connection by connection, and the lines of the main log."""

    hosts: dict[str, list[list[str]]]
    log: list[str]


def lines_of(log: str, folder: str) -> list[str]:
    """The log without times, ids, and what depends on the machine."""
    found: list[str] = []
    ids: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return ids.setdefault(match[0], f"<{len(ids) + 1}>")

    for line in log.replace(folder, "DIR").splitlines():
        words = re.sub(
            r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? ([+-]\d{4} )?(\[\d+\] )?", "", line
        )
        words = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", number, words)
        words = re.sub(r"\bX=\S+", "X=…", words)
        words = re.sub(r" (S|QT|DT|RT)=\S+", "", words)
        words = re.sub(r"SIZE=\d+", "SIZE=…", words)
        words = re.sub(r"cert #[^\"]+", "cert", words)
        words = re.sub(r"\[(192[^]]*)\]:(4|5)\d{4}\b", r"[\1]:<port>", words)
        words = re.sub(r"\((\d+) bytes written\)", "(… bytes written)", words)
        words = re.sub(r"pid=\d+", "pid=…", words)
        if words.startswith(("Start queue", "End queue")):
            continue
        if " <= " in words or "daemon started" in words or words.startswith(("exim ", "cwd=")):
            continue
        found.append(words)
    return sorted(found, key=lambda line: line.partition(" ")[0])  # who logs first is chance


def letters(steps: Sequence[str], sender: str, body: str) -> dict[str, bytes]:
    """The letter of each step that sends one."""
    return {
        step: (
            f"From: {sender}\nTo: you@far.test\nSubject: {step.partition(' ')[2]}\n"
            f"Message-Id: <{number}@lab.test>\nDate: Fri, 01 Mar 2024 10:00:00 +0000\n\n{body}"
        ).encode()
        for number, step in enumerate(steps)
        if step.startswith("send ")
    }


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────


def ours(case: Far) -> Heard:
    """The case on a host of a lab."""
    root = Path(tempfile.mkdtemp(prefix="ours-"))
    heard = Heard({}, [])
    try:
        files = HostFiles(root)
        files.write_text("/etc/passwd", PASSWD)
        files.write_text("/etc/group", GROUP)
        hosts = "".join(f"{ip} {name}\n" for name, ip in NAMES.items())
        files.write_text("/etc/hosts", hosts)
        secrecy.furnish(lambda name, octets: files.write_text(f"/srv/{name}", octets.decode()))
        simulate(lambda world: _play(world, files, case, heard), flow=False)
        heard.log = lines_of(files.read_text("/var/log/exim4/mainlog"), "/srv")
        return heard
    finally:
        shutil.rmtree(root)


async def _play(world: World, files: HostFiles, case: Far, heard: Heard) -> None:
    network = world.network
    network.add_host(IP, FAR)
    peers: dict[str, Peer] = {}
    for ip in (HERE, THERE, YONDER):
        network.add_host(ip)
    for ip, script in case.peers.items():
        peer = peers[ip] = Peer(script, name_of(ip))
        await network.listen(ip, script.port, _streams(peer))
    trace = Recorder(world.clock.time)
    resolver = Resolver(
        network, IP, (), clock=world.clock, chance=world.chance, trace=trace, hostname=NAME
    )
    mta = Mta(
        name=NAME,
        ip=IP,
        configuration=read_configuration(files, NAME, world.clock, case.configuration("/srv")),
        files=files,
        clock=world.clock,
        network=network,
        chance=world.chance,
        trace=trace,
        resolver=resolver,
        stores={"mbox": Mbox(files, world.clock)},
        programs=Programs(files, allowed=True),
        client_tls=LabCA().client_context(),
    )
    await mta.start()
    server = await serve(network, IP, 25, mta.gate("smtp"), clock=world.clock, trace=trace)
    texts = letters(case.steps, case.sender, case.body)
    for step in case.steps:
        word, _, what = step.partition(" ")
        if word == "send":
            client = await Client.connect(
                network, FAR, IP, 25, helo="far.test", host="far.test", trace=trace
            )
            sent = await client.send(
                case.sender, what.split(","), texts[step].replace(b"\n", b"\r\n")
            )
            assert len(sent.delivered) == len(what.split(",")), sent
            await client.quit()
        elif word == "mend":
            peers[what].script = Script(port=peers[what].script.port)
        elif word == "sleep":
            peers[what].awake.clear()
        elif word == "wake":
            peers[what].awake.set()
        else:
            await mta.run_queue(force=word == "force")
        await world.clock.run(within="5s")
    server.close()
    await mta.stop()
    assert trace.faults == []
    heard.hosts = {ip: told_by(peer, IP) for ip, peer in peers.items()}


def _streams(peer: Peer):  # type: ignore[no-untyped-def]
    def factory() -> asyncio.StreamReaderProtocol:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        return asyncio.StreamReaderProtocol(reader, peer.answer, loop=loop)

    return factory


def told_by(peer: Peer, ordinary: str) -> list[list[str]]:
    """What a peer heard; where from only if that is not the ordinary address."""
    return [calm([line for line in told if line != f"from {ordinary}"]) for told in peer.heard]


def calm(told: list[str]) -> list[str]:
    """Without what is chance: how the end is heard of a conversation that ends with STARTTLS."""
    if "STARTTLS" not in told or "EHLO" in "".join(told[told.index("STARTTLS") :]):
        return told
    at = told.index("STARTTLS")
    return told[: at + 1] if all(each.startswith("(") for each in told[at + 1 :]) else told


def name_of(ip: str) -> str:
    return next(name for name, each in NAMES.items() if each == ip)


# ── theirs ───────────────────────────────────────────────────────────────────────────────────────


def theirs(cases: Mapping[str, Far]) -> dict[str, Heard]:
    """The cases with the real exim4, which must be run by root."""
    given = json.dumps({name: asdict(case) for name, case in cases.items()})
    island = [sys.executable, "-m", "tests.mta.transports.remote.island"]
    ran = subprocess.run(
        ["unshare", "-n", "-m", *island],
        input=given,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=Path(__file__).parents[4],
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    return {name: Heard(**found) for name, found in json.loads(ran.stdout).items()}


def real_exim() -> bool:
    """Whether the real one can be asked, in a network of its own."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("exim4", "unshare", "ip"))):
        return False
    return subprocess.run(["unshare", "-n", "-m", "true"], check=False).returncode == 0
