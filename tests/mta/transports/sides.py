"""One configuration, one letter, two mail systems: what lands in files, at programs, in the log.

`ours` runs it on a host of a lab, `theirs` with the real exim4 of this machine. Both give what they
left behind as `Left`: files by their path, and the lines of the main log, with dates and ids taken
out. In a configuration ``DIR`` is the folder that belongs to the test.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from labmail.dns import Resolver
from labmail.mta import Mta, read_configuration
from labmail.smtp import Client, serve
from labmail.store import Maildir, Mbox
from labmail.trace import Recorder
from labmail.world import HostFiles, Programs, World, simulate

NAME, IP, FAR = "mx1.lab.test", "192.0.2.5", "192.0.2.9"
LETTER = (
    b"From: Sender <sender@far.test>\nTo: someone@lab.test\nSubject: hello\n"
    b"Message-Id: <fixed@far.test>\nDate: Fri, 01 Mar 2024 10:00:00 +0000\n\n"
    b"line one\nFrom here it goes\n.dot\nlast\n"
)
ACCEPT = "r:\n  driver = accept\n  transport = t\n"
BOUNCES = """r:
  driver = accept
  senders = !:
  transport = t
b:
  driver = accept
  transport = box
"""
BOX = "box:\n  driver = appendfile\n  file = DIR/out/box\n"
PASSWD = """root:x:0:0:root:/root:/bin/sh
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
Debian-exim:x:100:102::/var/spool/exim4:/usr/sbin/nologin
ann:x:1001:1001:Ann,,,:/home/ann:/bin/sh
"""
GROUP = "root:x:0:\nmail:x:8:\nDebian-exim:x:102:\nann:x:1001:\n"


@dataclass
class Case:
    """A question to a mail system."""

    transport: str
    routers: str = ACCEPT
    recipients: tuple[str, ...] = ("ann@lab.test",)
    sender: str = "sender@far.test"
    letter: bytes = LETTER
    files: Mapping[str, bytes | str] = field(default_factory=dict)
    main: str = ""
    authenticators: str = ""
    meanwhile: Callable[[Path], AbstractContextManager[None]] = nullcontext
    """What another program does to the folder as long as the letter is on its way."""

    def configuration(self, folder: str, spool: str = "") -> str:
        """The text of it; ``spool`` is what only the real one needs."""
        return (
            f"DIR = {folder}\nprimary_hostname = {NAME}\nqualify_domain = lab.test\n"
            f"keep_environment =\ndomainlist local_domains = *\nhostlist relay_from_hosts = *\n"
            f"domainlist relay_to_domains =\n{spool}{self.main}\n"
            f"begin routers\n{self.routers}\nbegin transports\n{self.transport}\n"
            f"begin retry\n* * F,1h,15m\n{self.authenticators}"
        )


@dataclass
class Left:
    """What was left behind: files, and lines of the log."""

    files: dict[str, str]
    log: list[str]
    modes: dict[str, str] = field(default_factory=dict)
    """The rights of the files in ``out``."""


def fields_out(text: str) -> str:
    """Without what differs from run to run: ids, dates, process numbers, our own Received."""
    text = re.sub(r"Received: [^\n]*\n(?:[ \t][^\n]*\n)*", "Received: …\n", text)
    text = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<id>", text)
    text = re.sub(r"<E[^@>]*@mx1", "<E@mx1", text)
    text = re.sub(r"From (\S+) \w{3} \w{3} [ \d]\d \S+ \d{4}", r"From \1 <date>", text)
    text = re.sub(r"\w{3}, \d\d \w{3} (?!2024)\d{4} \S+ \+0000", "<date>", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>", text)


def log_out(lines: str, root: str) -> list[str]:
    """The lines that tell about deliveries and answers, without their time and id."""
    found = []
    for line in fields_out(lines.replace(root, "DIR")).splitlines():
        words = line.removeprefix("<time> ").removeprefix("<id> ")
        if words.startswith(("=> ", "-> ", "== ", "** ", "<= <>")) or "transport output" in words:
            if "tmp/" in words or "/temp." in words:
                words = re.sub(r"(tmp/|/temp\.)[^ )]*", r"\1…", words)
            found.append(re.sub(r" S=\d+", "", words))
    return sorted(found)  # who logs first is chance


def files_out(root: Path, given: Mapping[str, bytes | str]) -> dict[str, str]:
    """Every file below ``root`` that was not there before, or has changed."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if (
            path.is_file()
            and not name.startswith("bin/")
            and path.read_bytes() != _bytes(given.get(name, b"\0"))
        ):
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            found[_stable(name)] = told(fields_out(text).replace(str(root), "DIR"))
    return found


def modes_out(root: Path) -> dict[str, str]:
    """The rights of the files in ``out``, in octal."""
    files = sorted(path for path in (root / "out").iterdir() if path.is_file())
    return {_stable(path.name): f"{stat.S_IMODE(path.stat().st_mode):04o}" for path in files}


def told(text: str) -> str:
    """A bounce in few words, since each mail system has its own; and paths as the lab has them."""
    if "multipart/report" in text:
        return "a bounce"
    if re.match(r"\d+S,\d+C\n", text):  # maildirsize: one mail system's Received is longer
        return re.sub(r"[1-9]\d+ 1\n", "… 1\n", text)
    if noted := re.search(r"\0{3,}[\x00-\x1f]*([^\0]*)\0\Z", text):  # a file of `once`
        return f"noted: {noted[1]}"
    return text.replace("=/srv", "=DIR").replace(":/srv", ":DIR")


def _stable(name: str) -> str:
    """A name without what differs from run to run."""
    name = re.sub(r"\d{9,}\.[A-Za-z0-9]+\.mx1\.lab\.test", "<unique>", name)
    name = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}-\w+", "<unique>", name)
    return re.sub(r"/q[0-9A-Za-z]{6}-\d+$", "/q<unique>", name)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────

Act = Callable[[Mta, World], Awaitable[None]]


def ours(case: Case, *, programs: bool = True, then: Act | None = None) -> Left:
    """The case on a host of a lab. ``then`` may do more before everything is looked at."""
    root = Path(tempfile.mkdtemp(prefix="ours-"))
    try:
        files = HostFiles(root)
        _furnish(files, case)
        with case.meanwhile(root / "srv"):
            simulate(lambda world: _play(world, files, case, programs, then), flow=False)
        log, left = files.read_text("/var/log/exim4/mainlog"), root / "srv"
        return Left(files_out(left, case.files), log_out(log, "/srv"), modes_out(left))
    finally:
        shutil.rmtree(root)


def _furnish(files: HostFiles, case: Case) -> None:
    files.write_text("/etc/passwd", PASSWD)
    files.write_text("/etc/group", GROUP)
    for folder in ("/srv/out", "/srv/home", "/srv/bin"):
        files.mkdir(folder)
        files.real(folder).chmod(0o777)
    for name, text in case.files.items():
        path = f"/srv/{name}"
        files.mkdir(path.rpartition("/")[0])
        real = files.real(path)
        real.write_bytes(_bytes(text).replace(b"DIR", b"/srv"))
        real.chmod(0o755 if name.startswith("bin/") else 0o644)
    for name in case.files:
        if name.startswith("bin/"):  # a script is a real program: it knows the real folder
            real = files.real(f"/srv/{name}")
            real.write_bytes(real.read_bytes().replace(b"/srv", bytes(files.real("/srv"))))


async def _play(
    world: World, files: HostFiles, case: Case, programs: bool, then: Act | None
) -> None:
    world.network.add_host(IP, FAR)
    trace = Recorder(world.clock.time)
    text = case.configuration("/srv")
    resolver = Resolver(
        world.network, IP, (), clock=world.clock, chance=world.chance, trace=trace, hostname=NAME
    )
    mta = Mta(
        name=NAME,
        ip=IP,
        configuration=read_configuration(files, NAME, world.clock, text),
        files=files,
        clock=world.clock,
        network=world.network,
        chance=world.chance,
        trace=trace,
        resolver=resolver,
        stores={
            "mbox": Mbox(files, world.clock),
            "maildir": Maildir(files, world.clock, world.chance, NAME),
        },
        programs=Programs(files, allowed=programs),
    )
    await mta.start()
    gate = mta.gate("smtp")
    server = await serve(world.network, IP, 25, gate, clock=world.clock, trace=trace)
    client = await Client.connect(
        world.network, FAR, IP, 25, helo="far.test", host="far.test", trace=trace
    )
    sent = await client.send(case.sender, case.recipients, case.letter.replace(b"\n", b"\r\n"))
    assert len(sent.delivered) == len(case.recipients), sent
    await client.quit()
    await world.clock.run(within="10s")
    if then is not None:
        await then(mta, world)
    server.close()
    await mta.stop()
    assert trace.faults == []


# ── theirs ───────────────────────────────────────────────────────────────────────────────────────


def theirs(case: Case) -> Left:
    """The case with the real exim4, which must be run by root."""
    root = Path(tempfile.mkdtemp(prefix="theirs-"))
    try:
        for folder in ("", "spool", "log", "out", "home", "bin"):
            (root / folder).mkdir(exist_ok=True)
            (root / folder).chmod(0o777)
        for name, text in case.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.parent.chmod(0o777)
            path.write_bytes(_bytes(text).replace(b"DIR", bytes(root)))
            path.chmod(0o755 if name.startswith("bin/") else 0o644)
            if name.startswith("out/"):
                shutil.chown(path, "Debian-exim")
                shutil.chown(path.parent, "Debian-exim")
        spool = "spool_directory = DIR/spool\nlog_file_path = DIR/log/%slog\nlog_selector = -all\n"
        conf = root / "exim.conf"
        conf.write_text(case.configuration(str(root), spool))
        argv = ["exim4", "-C", str(conf), "-odi", "-oi", "-f", case.sender, *case.recipients]
        with case.meanwhile(root):
            subprocess.run(argv, input=case.letter, capture_output=True, timeout=60, check=False)
        log = (root / "log/mainlog").read_text()
        for folder in ("spool", "log"):
            shutil.rmtree(root / folder)
        conf.unlink()
        return Left(files_out(root, case.files), log_out(log, str(root)), modes_out(root))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def exim4() -> bool:
    """Whether the real one can be asked."""
    return os.geteuid() == 0 and shutil.which("exim4") is not None
