"""Programs for ``${run}``: started without a shell, with no input, for a minute at most.

Only a caller at her own machine has these; a lab host has the programs of its town.

Law: Exim specification, §11.5, "run".
"""

from __future__ import annotations

import subprocess

from labmail.exim.expansion.context import Ran

PATIENCE = 60.0
"""Seconds until a program is stopped."""


def run(argv: list[str]) -> Ran:
    """Runs a program to its end. Its error output goes with its output. Raises OSError."""
    octets = [argument.encode("latin-1") for argument in argv]
    with subprocess.Popen(
        octets, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as program:
        try:
            output, _ = program.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            program.kill()
            output, _ = program.communicate()
            return Ran(output, -256)
        return Ran(output, program.returncode)
