"""Who calls: the streams, the environment, the machine. A notebook and a test hand in their own.

`machine()` is the administrator at her own computer: real files with her own rights, the real
clock, real programs for ``${run}``. On a lab host the files are the host's tree and nothing runs.

What is heavy (programs, chance, names) is imported when a string first asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from labmail.exim.files import Files


class Octets(Protocol):
    """A stream of octets, as ``sys.stdin.buffer`` and ``io.BytesIO`` are."""

    def readline(self, limit: int = -1, /) -> bytes: ...

    def write(self, octets: bytes, /) -> Any: ...

    def flush(self) -> None: ...


class RealClock:
    """The machine's time."""

    def now(self) -> float:
        import time

        return time.time()


class Dice:
    """The machine's own chance, for ``${randint:6}``."""

    def randrange(self, most: int) -> int:
        import random

        return random.SystemRandom().randrange(most)


class Machine:
    """This computer, as ``$primary_hostname``, ``$pid`` and ``$spool_space`` ask for it."""

    def __init__(self) -> None:
        self.pid, self.uid, self.gid = os.getpid(), os.getuid(), os.getgid()

    @cached_property
    def name(self) -> str:
        """Its name with a domain, where it knows one."""
        name = os.uname().nodename
        if "." not in name:
            import socket

            name = socket.getfqdn(name)
        return name

    @cached_property
    def full_name(self) -> str:
        """The person's name, as her entry in ``/etc/passwd`` has it."""
        import pwd

        try:
            return pwd.getpwuid(self.uid).pw_gecos.partition(",")[0]
        except KeyError:
            return ""

    @cached_property
    def login(self) -> str:
        """Whose process this is."""
        import pwd

        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    @cached_property
    def home(self) -> str:
        """Where her files are."""
        import pwd

        try:
            return pwd.getpwuid(self.uid).pw_dir
        except KeyError:
            return ""

    def load_average(self) -> float:
        return os.getloadavg()[0]

    def free(self, path: str) -> tuple[int, int]:
        """Room where a path lies: kilobytes, files; -1 where there is no such path."""
        try:
            room = os.statvfs(path.encode("latin-1"))
        except OSError:
            return -1, -1
        return room.f_bavail * room.f_frsize // 1024, room.f_favail


class Caller:
    """Whoever calls ``labmail exim``.

    ``names`` and ``databases`` make those who answer for the DNS and connect to servers, when a
    string first asks. ``host`` is the name of a lab host whose tree ``files`` is; None at one's own
    machine.
    """

    def __init__(
        self,
        stdin: Any,
        stdout: Any,
        stderr: Any,
        environment: Mapping[str, str],
        *,
        files: Files | None = None,
        clock: Any = None,
        names: Callable[[], Any] | None = None,
        databases: Callable[[], Any] | None = None,
        chance: Any = None,
        run: Callable[[list[str]], Awaitable[Any]] | None = None,
        directory: str = "",
        host: str | None = None,
    ) -> None:
        if files is None:
            from labmail.exim.files import RealFiles

            files = RealFiles()
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.environment = environment
        self.files: Files = files
        self.clock = clock or RealClock()
        self._names, self._databases = names, databases
        self.chance = chance or Dice()
        self.run = run
        self.host = host
        self.machine: Any = Machine()
        self.at_work: Callable[[Any], Any] | None = None
        """Does work with the mail system of a lab host (`atwork`); None: there is none at work,
        and one is made for the command (`standalone`)."""
        self.directory = directory or (os.getcwd() if host is None else "/")

    @cached_property
    def names(self) -> Any:
        """Who answers for the DNS; None: nobody."""
        return self._names and self._names()

    @cached_property
    def databases(self) -> Any:
        """Who connects to database servers; None: nobody."""
        return self._databases and self._databases()

    def say(self, text: str) -> None:
        """A line (or more) on standard output."""
        self.stdout.write(octets(text))

    def complain(self, text: str) -> None:
        """A line (or more) on standard error, after all that was said."""
        self.stdout.flush()
        self.stderr.write(octets(text))
        self.stderr.flush()

    def stamp(self) -> str:
        """The time as Exim's logs write it."""
        import time

        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.clock.now()))


def octets(text: str) -> bytes:
    """Exim's octets as they are, and our own signs among them as UTF-8.

    >>> octets("caf\\xc3\\xa9 …").decode()
    'café …'
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        signs = (c.encode("latin-1" if c <= "\xff" else "utf-8") for c in text)
        return b"".join(signs)


class Later:
    """Somebody who is made, and whose module is loaded, when he is first asked for something."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Any:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


def machine(stdin: Any = None, stdout: Any = None, stderr: Any = None) -> Caller:
    """The caller at her own computer; with streams of her own, or those of this process."""
    if stdin is None:
        import sys

        stdin, stdout, stderr = sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer
    environment = {k.decode("latin-1"): v.decode("latin-1") for k, v in os.environb.items()}
    return Caller(
        stdin,
        stdout,
        stderr,
        environment,
        names=lambda: Later(lambda: _resolver(environment)),
        databases=lambda: Later(_databases),
        run=run_program,
    )


def _resolver(environment: Mapping[str, str]) -> Any:
    from .names import real_names

    return real_names(environment)


def _databases() -> Any:
    from .databases import MachineDatabases

    return MachineDatabases()


async def run_program(argv: list[str]) -> Any:
    """Starts a program of this machine for ``${run}``; see `programs`."""
    from .programs import run

    return run(argv)
