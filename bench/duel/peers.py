"""exim4 and labmail, each with two hosts: one takes letters for user@lab.test, and passes those for
user@far.test on to the other.

exim4 gets a configuration of a few lines and ``deliver_drop_privilege``: nothing that costs it time
for the sake of a root that labmail does not have either. labmail is ``labmail serve`` as anybody
starts it: Debian's configuration, its trace on, both hosts in one process.

Only for the bench: exim4 lets ten letters of a connection begin their delivery at once and leaves
the rest to a queue runner. That is switched off in both.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .mailbox import Mailbox, Maildir, Mbox

USER = "Debian-exim"
PATIENCE = 30.0
"""Seconds that a server may take to come up, or to go."""


class Peer(Protocol):
    """A server that can be started."""

    name: str
    port: int
    pids: tuple[int, ...]
    mailboxes: dict[str, Mailbox]
    """Where the letters for an address arrive."""

    def start(self, under: Sequence[str] = ()) -> float:
        """Starts it, as an argument of the command ``under``. Seconds until it answers EHLO."""

    def stop(self) -> None:
        """Ends it; its folder stays."""


def until_ehlo(port: int, began: float) -> float:
    """Waits until somebody answers EHLO; seconds since ``began``."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as talk:
                file = talk.makefile("rwb")
                file.readline()
                file.write(b"EHLO load.test\r\n")
                file.flush()
                if file.readline().startswith(b"250"):
                    return time.perf_counter() - began
        except OSError:
            if time.perf_counter() > began + PATIENCE:
                raise
        time.sleep(0.002)


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks a server to go, and waits."""
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)


EXIM = """\
primary_hostname = {name}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
domainlist local_domains = {domain}
acl_smtp_rcpt = rcpt
smtp_accept_max = 200
smtp_accept_queue_per_connection = 0
deliver_drop_privilege = true
keep_environment =
{main}
begin acl
rcpt:
  accept domains = +local_domains : far.test
  deny message = relay not permitted
begin routers
onward:
  driver = manualroute
  domains = ! +local_domains
  route_list = * 127.0.0.1
  self = send
  transport = smtp
local:
  driver = accept
  transport = maildir
begin transports
smtp:
  driver = smtp
  port = {onward}
  hosts_try_fastopen =
maildir:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  create_directory
  user = {user}
begin retry
* * F,2h,15m
"""


class Exim:
    """Real Exim, twice."""

    def __init__(self, folder: Path, port: int, *, main: str = "") -> None:
        self.name, self.folder, self.port, self.main = "exim4", folder, port, main
        self.processes: list[subprocess.Popen[bytes]] = []
        self.mailboxes: dict[str, Mailbox] = {}
        for host, at, onward in (("lab.test", port, port + 1), ("far.test", port + 1, port)):
            self._furnish(host, at, onward)
            self.mailboxes[f"user@{host}"] = Maildir(folder / host / "mail")

    def _furnish(self, host: str, port: int, onward: int) -> None:
        own = pwd.getpwnam(USER)
        home = self.folder / host
        for part in ("spool", "log", "mail"):
            (home / part).mkdir(parents=True)
            os.chown(home / part, own.pw_uid, own.pw_gid)
        text = EXIM.format(
            name=f"mail.{host}", domain=host, folder=home, port=port, onward=onward,
            user=USER, main=self.main,
        )  # fmt: skip
        self.configuration(host).write_text(text)

    def configuration(self, host: str = "lab.test") -> Path:
        return self.folder / host / "exim.conf"

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(process.pid for process in self.processes)

    def start(self, under: Sequence[str] = ()) -> float:
        began = time.perf_counter()
        for host in ("lab.test", "far.test"):
            daemon = [*under, "exim4", "-C", str(self.configuration(host)), "-bdf"]
            self.processes.append(subprocess.Popen(daemon, stdin=subprocess.DEVNULL))
            under = ()
            if host == "lab.test":
                took = until_ehlo(self.port, began)
        until_ehlo(self.port + 1, began)
        return took

    def stop(self) -> None:
        while self.processes:
            end(self.processes.pop())


TOWN = """\
[hosts."mail.lab.test"]
address = "198.51.100.7"
services = ["smtp", "dns"]
domains = ["lab.test"]
relay_domains = ["far.test"]
routes = {{ "far.test" = "mail.far.test" }}
store = "{store}"
[hosts."mail.lab.test".debian]
localmacros = \"\"\"{main}\"\"\"
[hosts."mail.far.test"]
address = "198.51.100.8"
services = ["smtp"]
domains = ["far.test"]
store = "{store}"
[hosts."mail.far.test".debian]
localmacros = \"\"\"{main}\"\"\"
[users."user@lab.test"]
[users."user@far.test"]
"""
UNLIMITED = "smtp_accept_queue_per_connection = 0\n"


class Labmail:
    """``labmail serve`` with a town of two hosts; ``store`` is maildir or mbox."""

    def __init__(self, folder: Path, store: str, *, main: str = "") -> None:
        self.name, self.store, self.port = f"labmail {store}", store, 0
        self.town = folder / f"{store}.toml"
        self.town.write_text(TOWN.format(store=store, main=UNLIMITED + main))
        self.process: subprocess.Popen[bytes] | None = None
        self.mailboxes: dict[str, Mailbox] = {}
        self.root = folder

    @property
    def command(self) -> list[str]:
        beside = Path(sys.executable).with_name("labmail")
        return [str(beside)] if beside.exists() else [sys.executable, "-m", "labmail.commands"]

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.process.pid,) if self.process else ()

    def start(self, under: Sequence[str] = ()) -> float:
        began = time.perf_counter()
        serve = [*under, *self.command, "serve", str(self.town), "--json"]
        self.process = subprocess.Popen(serve, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        facts = json.loads(self.process.stdout.readline())
        self.root = Path(facts["root"])
        for service in facts["services"]:
            if (service["host"], service["service"]) == ("mail.lab.test", "smtp"):
                self.port = service["endpoint"][1]
        for domain in ("lab.test", "far.test"):
            home = self.root / f"mail.{domain}"
            self.mailboxes[f"user@{domain}"] = (
                Maildir(home / "home/user/Maildir")
                if self.store == "maildir"
                else Mbox(home / "var/mail/user")
            )
        return until_ehlo(self.port, began)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process)
            self.process = None


def has_exim() -> bool:
    """Whether real Exim can be started here."""
    os.environ["PATH"] += ":/usr/sbin"
    return os.geteuid() == 0 and shutil.which("exim4") is not None
