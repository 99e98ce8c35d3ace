"""Programs for ``${run}``: started without a shell, with no input, for a minute at most.

Only a caller at her own machine has these; a lab host has the programs of its town. A program that
prints without end is stopped when it has printed more than a string may hold.

Law: Exim specification, §11.5, "run".
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from typing import IO

from labmail.exim.expansion.context import OCTETS, Ran
from labmail.exim.expansion.items.running import TIMED_OUT

PATIENCE = 60.0
"""Seconds until a program is stopped."""


def run(argv: list[str], patience: float = PATIENCE) -> Ran:
    """Runs a program to its end. Its error output goes with its output. Raises OSError."""
    octets = [argument.encode("latin-1") for argument in argv]
    with subprocess.Popen(
        octets, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as program:
        assert program.stdout
        until = time.monotonic() + patience
        output = b"".join(_printed(program.stdout, until))
        left = 0.0 if len(output) > OCTETS else max(0.0, until - time.monotonic())
        try:
            return Ran(output, program.wait(left))
        except subprocess.TimeoutExpired:
            program.kill()
            return Ran(output, TIMED_OUT)


def _printed(stream: IO[bytes], until: float) -> list[bytes]:
    """What a program prints before its time is up, or before it is too much."""
    pieces: list[bytes] = []
    most = OCTETS
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        while most >= 0 and waiting.select(max(0.0, until - time.monotonic())):
            piece = os.read(stream.fileno(), 1 << 16)
            if not piece:
                break
            pieces.append(piece)
            most -= len(piece)
    return pieces
