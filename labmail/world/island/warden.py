"""The warden: the first process of an island, which starts all others and buries them.

It runs inside, and does what the lab asks through a socket, one JSON object a line::

    {"id": 1, "do": "run", "argv": ["exim4", "-bp"]}       {"id": 1, "status": 0, "out": "…", …}
    {"id": 2, "do": "start", "argv": ["exim4", "-bdf"]}    {"id": 2, "pid": 7}
                                                           {"ended": 7, "status": 0, …}

As process 1 of its namespace it inherits every orphan; and when it ends, the kernel ends all that
is left on the island. It ends when the socket does: however the lab goes, nothing stays behind.

Law: pid_namespaces(7). Started by `island.Island` in a Python of its own that imports nothing else.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from .ground import settle
from .kernel import (
    BIND,
    DETACH,
    MESSAGES,
    MOUNTS,
    NAME,
    NET,
    PROCESSES,
    mount,
    unmount,
    unshare,
)
from .roads import Roads

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
}

TRIES = "/proc/sys/net/ipv4/tcp_syn_retries"
"""How often TCP knocks again where nobody answers, of both IP versions, for this network alone.
Six times, as usual, would take two minutes of real time; once takes three seconds."""

Words = dict[str, Any]


class Warden:
    """Does what is asked through ``wire``."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.asked: dict[int, tuple[int | None, int, int]] = {}
        """By process: the number of the request that waits for its end, and what it prints."""
        self.lasting: set[int] = set()
        """Processes that are there to stay."""
        self._heard = b""

    def serve(self) -> None:
        """Works until nobody is at the other end."""
        died, told = os.pipe()
        for end in (died, told):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        both: list[Any] = [self.wire, died]
        while True:
            ready, _, _ = select.select(both, [], [])
            if died in ready:
                with suppress(BlockingIOError):
                    os.read(died, 4096)
                self.bury()
            if self.wire in ready and not self.listen():
                return

    def say(self, **words: Any) -> None:
        self.wire.sendall(json.dumps(words).encode() + b"\n")

    def listen(self) -> bool:
        """Does what has been asked. False: nobody will ask any more."""
        piece = self.wire.recv(65536)
        *lines, self._heard = (self._heard + piece).split(b"\n")
        for line in lines:
            self.answer(json.loads(line))
        return bool(piece)

    def answer(self, words: Words) -> None:
        number, do = words.pop("id"), getattr(self, f"do_{words.pop('do')}")
        try:
            answer = do(number, **words)
        except OSError as error:
            answer = {"problem": error.strerror or str(error)}
        if answer is not None:
            self.say(id=number, **answer)

    # -- what can be asked

    def do_run(self, number: int, argv: list[str], given: str = "") -> None:
        """Runs a program to its end; what it prints is the answer."""
        self._start(number, argv, given)

    def do_start(self, number: int, argv: list[str]) -> Words:
        """Starts a program that stays; its end will be told."""
        pid = self._start(None, argv, "")
        self.lasting.add(pid)
        return {"pid": pid}

    def do_signal(self, number: int, pid: int, sign: int) -> Words:
        """Sends a signal to a process that was started."""
        if pid in self.asked:
            os.kill(pid, sign)
        return {}

    def do_road(self, number: int, address: str, source: str | None) -> Words:
        """Makes an address reachable."""
        with Roads() as roads:
            roads.lead_to(address, source)
        return {}

    def do_write(self, number: int, path: str, text: str, mode: int, owner: list[int]) -> Words:
        """Writes a file; its folder belongs to the same owner."""
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            os.makedirs(folder)
            os.chown(folder, *owner)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            os.fchown(file.fileno(), *owner)
            os.fchmod(file.fileno(), mode)
            file.write(text.encode("latin-1"))
        return {}

    def do_cover(self, number: int, path: str, by: str) -> Words:
        """Shows another file in the place of one."""
        mount(by, path, flags=BIND)
        return {}

    def do_uncover(self, number: int, path: str) -> Words:
        """Shows the file itself again."""
        while os.path.exists(path) and os.path.ismount(path):
            unmount(path, DETACH)
        return {}

    def do_busy(self, number: int) -> Words:
        """How many processes are at work, beside those that are there to stay."""
        pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
        at_work = [pid for pid in pids if pid != 1 and pid not in self.lasting and _alive(pid)]
        return {"busy": len(at_work)}

    # -- processes

    def _start(self, number: int | None, argv: list[str], given: str) -> int:
        files = [os.memfd_create(name) for name in ("in", "out", "err")]
        os.write(files[0], given.encode("latin-1"))
        os.lseek(files[0], 0, os.SEEK_SET)
        pid = os.fork()
        if pid == 0:
            _become(argv, files)
        os.close(files[0])
        self.asked[pid] = number, files[1], files[2]
        return pid

    def bury(self) -> None:
        """Takes note of everybody who has died."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._ended(pid, os.waitstatus_to_exitcode(status))

    def _ended(self, pid: int, status: int) -> None:
        if pid not in self.asked:
            return
        number, *files = self.asked.pop(pid)
        self.lasting.discard(pid)
        out, err = (_read(file) for file in files)
        about: Words = {"ended": pid} if number is None else {"id": number}
        self.say(**about, status=status, out=out, err=err)


def _become(argv: list[str], files: list[int]) -> None:
    """In the child: becomes the program."""
    try:
        signal.set_wakeup_fd(-1)
        for sign in (signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(sign, signal.SIG_DFL)
        for target, file in enumerate(files):
            os.dup2(file, target)
        os.setsid()
        os.execvpe(argv[0], argv, ENVIRONMENT)
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _read(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    with open(file, "rb") as stream:
        return stream.read().decode("latin-1")


def _alive(pid: int) -> bool:
    """Whether a process still works: one that has ended and was not buried yet does not."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def _prepare(plan: Words) -> None:
    socket.sethostname(plan["hostname"])
    settle(plan["folder"])
    with suppress(OSError), open(TRIES, "wb") as file:
        file.write(b"1")
    with Roads() as roads:
        roads.up()
        for address in plan["addresses"]:
            roads.live_at(address)
        for address, source in plan["roads"]:
            roads.lead_to(address, source)


def main(wire: socket.socket, plan: Words) -> None:
    """Makes the namespaces, and serves in them. The parent waits for the warden's end."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # whatever our parent wanted to hear no more
    warden = Warden(wire)
    try:
        unshare(MOUNTS | NAME | MESSAGES | PROCESSES | NET)
        if pid := os.fork():
            warden.say(pid=pid)
            wire.close()
            os.waitpid(pid, 0)
            return
        _prepare(plan)
    except OSError as error:
        warden.say(problem=error.strerror or str(error))
        sys.exit(1)
    warden.say(ready=True)
    warden.serve()
    os._exit(0)
