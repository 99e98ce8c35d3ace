"""Wires to what runs on the machine: the standard input and output of a program, a Unix socket.

Both are read line by line, with patience that ends: whoever is at the other end may be broken. A
socket's path is the host's own, and nothing leads out of its tree.

Law: POSIX.1-2017, pipe(2), unix(7).

Try: ``SocketWire(files, "/run/lmtp", 20.0)``.
"""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import time
from contextlib import suppress
from typing import Self

from .files import HostFiles
from .programs import PATIENCE, end

PIECE = 1 << 16


class _Wire:
    """What both have in common: a descriptor to read from, one to write to, and a deadline."""

    def __init__(self, source: int, target: int, patience: float) -> None:
        self.source, self.target = source, target
        self.until = time.monotonic() + min(patience, PATIENCE)
        self._heard = b""
        os.set_blocking(source, False)
        os.set_blocking(target, False)

    def read_line(self, most: int) -> bytes:
        """A line with its end, or the first ``most`` octets of it; "" where the other side has
        closed. Raises OSError, TimeoutError."""
        while b"\n" not in self._heard and len(self._heard) < most:
            self._wait(self.source, selectors.EVENT_READ)
            piece = os.read(self.source, PIECE)
            if not piece:
                break
            self._heard += piece
        at = self._heard.find(b"\n") + 1 or min(most, len(self._heard))
        line, self._heard = self._heard[:at], self._heard[at:]
        return line

    def write(self, octets: bytes) -> None:
        """Says all of it. Raises OSError, TimeoutError."""
        left = memoryview(octets)
        while left:
            self._wait(self.target, selectors.EVENT_WRITE)
            left = left[os.write(self.target, left[:PIECE]) :]

    def _wait(self, fd: int, event: int) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(fd, event)
            if not waiting.select(max(0.0, self.until - time.monotonic())):
                raise TimeoutError

    def close(self) -> None:
        """Ends it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ProgramWire(_Wire):
    """A program that is spoken with over its standard input and output."""

    def __init__(self, program: subprocess.Popen[bytes], patience: float) -> None:
        self.program = program
        assert program.stdout and program.stdin
        super().__init__(program.stdout.fileno(), program.stdin.fileno(), patience)

    def close(self) -> None:
        program = self.program
        for stream in (program.stdin, program.stdout, program.stderr):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        try:
            program.wait(1.0)
        except subprocess.TimeoutExpired:
            end(program)
            program.wait()
        end(program)


class SocketWire(_Wire):
    """A Unix socket of the host's own. Raises OSError where nobody listens."""

    def __init__(self, files: HostFiles, path: str, patience: float) -> None:
        real = files.real(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = os.open(real.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:  # the name of a socket may have 107 octets, and a lab's folders are deep
            self.socket.settimeout(min(patience, PATIENCE))
            near = f"/proc/self/fd/{folder}"
            short = f"{near}/{real.name}" if os.path.exists(near) else str(real)
            self.socket.connect(short)
        except OSError:
            self.socket.close()
            raise
        finally:
            os.close(folder)
        super().__init__(self.socket.fileno(), self.socket.fileno(), patience)

    def close(self) -> None:
        self.socket.close()
