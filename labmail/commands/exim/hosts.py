"""``labmail exim`` on a host of a lab: its tree, its clock, its name servers.

    %exim --host mail.example.com -be '${lookup{root}lsearch{/etc/aliases}}'

Whoever asks there is its administrator. Paths mean the host's own tree and nothing outside it, a
question to the DNS goes through the lab's network, and no program of this computer runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labmail.exim.lookups.names import NameAnswer, Record
from labmail.lab import LabHost
from labmail.world import HostFiles

from .caller import Caller

if TYPE_CHECKING:
    from labmail.lab import Lab


class HostTree:
    """`HostFiles` as the engine asks for files: a path is octets as latin-1."""

    def __init__(self, files: HostFiles) -> None:
        self._files = files

    def read_bytes(self, path: str) -> bytes:
        return self._files.read_bytes(_text(path))

    def stat(self, path: str) -> os.stat_result:
        return os.stat(self._files.real(_text(path)))

    def lstat(self, path: str) -> os.stat_result:
        """Of the file itself, if it is a link."""
        folder, _, name = _text(path).rstrip("/").rpartition("/")
        return os.lstat(self._files.real(folder or "/") / name)

    def listdir(self, path: str) -> list[str]:
        return [_octets(name) for name in self._files.listdir(_text(path))]

    def realpath(self, path: str) -> str:
        return _octets(self._files.lab_path(self._files.real(_text(path))))

    def access(self, path: str, mode: int) -> bool:
        return os.access(self._files.real(_text(path)), mode)


def _text(path: str) -> str:
    return os.fsdecode(path.encode("latin-1"))


def _octets(path: str) -> str:
    return os.fsencode(path).decode("latin-1")


class HostNames:
    """The host's resolver. It is asked in the lab's thread, and this one waits."""

    def __init__(self, host: LabHost) -> None:
        self._host = host

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        resolver = self._host._host.resolver
        answer = self._host._thread.call(resolver.query(name.rstrip("."), rdtype))
        status = "again" if answer.status == "failed" else answer.status
        return NameAnswer(status, [Record(r.name, r.type, r.ttl, r.rdata) for r in answer.records])


class HostClock:
    """The lab's clock: seconds since 1970."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def now(self) -> float:
        return self._lab.clock.time()


class HostMachine:
    """The host, as ``$primary_hostname`` and ``$pid`` ask for it."""

    pid, uid, gid, login, full_name = 1, 0, 0, "root", "root"

    def __init__(self, name: str) -> None:
        self.name = name

    def load_average(self) -> float:
        return 0.0

    def free(self, path: str) -> tuple[int, int]:
        return -1, -1


def caller_on(
    lab: Lab, host: LabHost, stdin: Any, stdout: Any, stderr: Any, environment: Mapping[str, str]
) -> Caller:
    """The administrator of a host."""
    caller = Caller(
        stdin,
        stdout,
        stderr,
        environment,
        files=HostTree(host.files),
        clock=HostClock(lab),
        names=lambda: HostNames(host),
        directory="/",
        host=host.name,
    )
    caller.machine = HostMachine(host.name)
    return caller
