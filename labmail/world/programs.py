"""Programs of a host: found in its own tree, started without a shell, and held on a short lead.

A pipe in an alias file, a transport's filter, an LMTP server: mail runs programs. Those of a host
lie in its tree and are marked executable, or its town has named them one by one::

    /usr/local/bin/count   ──▶  ROOT/usr/local/bin/count    a script of the host's own
    /usr/bin/procmail      ──▶  the machine's, only if the town lists it under ``programs``

A path is the host's: ``..`` and symbolic links stop at its root, so that ``/bin/sh`` is found only
where somebody has put one. What runs is a real program of this machine, with the reader's own
rights; it is told no more than its environment says, and it is ended when it runs too long, prints
too much, or leaves children behind.

It is told where it stands: its working folder is the host's, and ``LAB_ROOT`` says where the host's
root is.

Try: ``Programs(files).run(["/usr/local/bin/count", "-l"], b"…")``.
"""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .files import HostFiles

PATIENCE = 20.0
"""Real seconds that any program may take, whatever its caller would allow: a lab does not wait."""
MOST_OUTPUT = 1 << 20
LARGEST_FILE = 64 << 20
"""Octets of a file that a program may write."""
PIECE = 1 << 16
NOT_STARTED = 127


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended: what it printed, and its exit status (negative: a signal)."""

    output: bytes
    status: int
    problem: str = ""
    """Why it could not be started; "" if it was."""
    timed_out: bool = False
    errors: bytes = b""
    """What came on its standard error, where that was kept apart."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs that one host may run. ``listed``: those of the machine that the town allows, by
    the name that the host has for them. Blocks: call it from a worker."""

    files: HostFiles
    listed: Mapping[str, Path] = field(default_factory=dict)
    allowed: bool = True
    """Whether any may run at all."""

    def find(self, name: str) -> Path:
        """The real file of a program. Raises FileNotFoundError, PermissionError."""
        if not self.allowed:
            raise PermissionError(errno.EACCES, "no programs run on this host", name)
        if (named := self.listed.get(name)) is not None:
            return named
        real = self.files.real(name)
        if not real.is_file():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if not os.access(real, os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        return real

    def exists(self, name: str) -> bool:
        """Whether a file of that name is there, executable or not."""
        try:
            return name in self.listed or self.files.real(name).exists()
        except OSError:
            return False

    def run(
        self,
        argv: Sequence[str],
        given: bytes = b"",
        *,
        environment: Mapping[str, str] | None = None,
        folder: str = "/",
        patience: float = PATIENCE,
        most: int = MOST_OUTPUT,
        apart: bool = False,
    ) -> Ran:
        """Runs a program to its end, with ``given`` as its input. Never raises OSError.

        ``patience`` in real seconds; ``most``: octets that it may print. ``apart`` keeps what it
        says on standard error out of its output.
        """
        try:
            program = self.start(argv, environment=environment, folder=folder, apart=apart)
        except (OSError, ValueError) as error:
            return Ran(b"", NOT_STARTED, getattr(error, "strerror", "") or str(error))
        with program:
            return _Watched(program, given, min(patience, PATIENCE), most).end()

    def start(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: str = "/",
        apart: bool = True,
    ) -> subprocess.Popen[bytes]:
        """A program that runs, for a dialogue with it. Raises OSError, ValueError."""
        given = {"LAB_ROOT": str(self.files.root), **(environment or {})}
        where = self.files.real(folder)
        program = subprocess.Popen(
            [_octets(word) for word in argv],
            executable=self.find(argv[0]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if apart else subprocess.STDOUT,
            env={_octets(name): _octets(value) for name, value in given.items()},
            cwd=where if where.is_dir() else self.files.root,
            start_new_session=True,
        )
        _limit(program.pid)
        return program


def _octets(word: str) -> bytes:
    return word.encode("utf-8", "surrogateescape")


def _limit(pid: int) -> None:
    """No endless files and no endless computing, where the system can be told."""
    import resource

    with suppress(AttributeError, OSError, ValueError):
        seconds = int(PATIENCE)
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def end(program: subprocess.Popen[bytes]) -> None:
    """Ends a program and all that it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)


class _Watched:
    """A program while it runs: fed, listened to, and ended when it is time."""

    def __init__(
        self, program: subprocess.Popen[bytes], given: bytes, patience: float, most: int
    ) -> None:
        self.program, self.left, self.most = program, memoryview(given), most
        self.until = time.monotonic() + patience
        self.heard: dict[str, bytearray] = {"out": bytearray(), "err": bytearray()}
        self.timed_out = self.too_much = False

    def end(self) -> Ran:
        """Waits for it, and says how it went."""
        with selectors.DefaultSelector() as waiting:
            self._register(waiting)
            self._watch(waiting)
        try:
            status = self.program.wait(max(0.0, self.until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.timed_out = True
            end(self.program)
            status = self.program.wait()
        end(self.program)  # whoever it has left behind
        if self.too_much:  # even if it was quick enough to end by itself
            status = -signal.SIGKILL
        out, err = bytes(self.heard["out"]), bytes(self.heard["err"])
        return Ran(out, status, timed_out=self.timed_out, errors=err)

    def _register(self, waiting: selectors.BaseSelector) -> None:
        program = self.program
        assert program.stdin and program.stdout
        os.set_blocking(program.stdin.fileno(), False)
        waiting.register(program.stdin, selectors.EVENT_WRITE, "in")
        waiting.register(program.stdout, selectors.EVENT_READ, "out")
        if program.stderr is not None:
            waiting.register(program.stderr, selectors.EVENT_READ, "err")

    def _watch(self, waiting: selectors.BaseSelector) -> None:
        while waiting.get_map():
            ready = waiting.select(max(0.0, self.until - time.monotonic()))
            if not ready:
                if time.monotonic() < self.until:
                    continue
                self.timed_out = True
                end(self.program)
                return
            for key, _ in ready:
                done = self._feed() if key.data == "in" else self._hear(key.fd, key.data)
                if done:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
            if sum(map(len, self.heard.values())) > self.most:
                self.too_much = True
                end(self.program)
                return

    def _feed(self) -> bool:
        """Gives it some of its input; True when there is no more, or it does not want more."""
        assert self.program.stdin
        try:
            if self.left:
                count = os.write(self.program.stdin.fileno(), self.left[:PIECE])
                self.left = self.left[count:]
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not self.left

    def _hear(self, fd: int, which: str) -> bool:
        piece = os.read(fd, PIECE)
        self.heard[which] += piece
        return not piece
