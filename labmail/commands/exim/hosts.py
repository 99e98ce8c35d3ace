"""``labmail exim`` on a host of a lab: its tree, its clock, its name servers.

    %exim --host mail.example.com -be '${lookup{root}lsearch{/etc/aliases}}'

Whoever asks there is its administrator. Paths mean the host's own tree and nothing outside it, a
question to the DNS goes through the lab's network, and no program of this computer runs: see
`labmail.lab.expanding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labmail.lab.expanding import HostClock, HostMachine, HostNames, HostTree

from .caller import Caller

if TYPE_CHECKING:
    from labmail.lab import Lab, LabHost


def caller_on(
    lab: Lab, host: LabHost, stdin: Any, stdout: Any, stderr: Any, environment: Mapping[str, str]
) -> Caller:
    """The administrator of a host."""
    world = host._host.site.world
    caller = Caller(
        stdin,
        stdout,
        stderr,
        environment,
        files=HostTree(host.files),
        clock=HostClock(world.clock),
        names=lambda: HostNames(host._host, host._thread),
        chance=world.chance.random("expansion", host.name),
        directory="/",
        host=host.name,
    )
    caller.machine = HostMachine(host.name)
    return caller
