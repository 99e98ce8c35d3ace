"""``labmail exim`` on a host of a lab: its tree, its clock, its name servers.

    %exim --host mail.example.com -be '${lookup{root}lsearch{/etc/aliases}}'
    labmail exim --town two_companies --host mail.example.com -bt bob@ask.com

In a notebook it is the lab that runs there; on the command line a town is set up for the question,
in a folder that is kept with ``--root``, and not left running.

Whoever asks there is its administrator. Paths mean the host's own tree and nothing outside it, a
question to the DNS goes through the lab's network, and ``${run}`` finds the programs of the host:
see `labmail.lab.explaining.expanding`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labmail.lab.explaining.expanding import HostClock, HostMachine, HostNames, HostTree
from labmail.mta.assembly import running

from .accounts import account
from .atwork import AtWork
from .caller import Caller

if TYPE_CHECKING:
    from labmail.lab import Lab, LabHost


def caller_on(
    lab: Lab,
    host: LabHost,
    stdin: Any,
    stdout: Any,
    stderr: Any,
    environment: Mapping[str, str],
    *,
    user: str = "",
) -> Caller:
    """The administrator of a host, or one of its users by her login. Raises `NoSuchUser`."""
    world = host._host.site.world
    in_the_lab = running(host._host.programs)

    async def run(argv: list[str]) -> Any:
        async def ran() -> Any:
            return await in_the_lab(argv)

        return host._thread.call(ran())

    caller = Caller(
        stdin,
        stdout,
        stderr,
        environment,
        files=HostTree(host.files),
        clock=HostClock(world.clock),
        names=lambda: HostNames(host._host, host._thread),
        chance=world.chance.random("expansion", host.name),
        run=run,
        directory="/",
        host=host.name,
    )
    addresses = host._host.plan.addresses
    caller.machine = HostMachine(host.name, addresses)
    if user not in ("", "root"):
        caller.machine = account(host.files, user, host.name, addresses)
    caller.at_work = AtWork(host)
    return caller


OPTIONS = ("--town", "--host", "--root")
"""Words in front of those of Exim: which town, which of its hosts, in which folder."""


def on_host(arguments: Sequence[str], run: Callable[[list[str], Caller], int]) -> int:
    """Runs a command line on a host of a town that is set up for it. Gives the exit code; 1 with a
    sentence where there is no such town, host or folder."""
    from labmail.lab import HomeError, Lab, TownError

    words, wanted = list(arguments), {"--town": "two_companies"}
    while len(words) > 1 and words[0] in OPTIONS:
        option, value = words.pop(0), words.pop(0)
        wanted[option] = value
    try:
        with Lab(wanted["--town"], root=wanted.get("--root"), threads=False) as lab:
            host = lab.host(wanted.get("--host", ""))
            streams = sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer
            code = run([_octets(word) for word in words], caller_on(lab, host, *streams, {}))
            sys.stdout.buffer.flush()
    except (HomeError, TownError) as error:
        return _complain(str(error))
    except KeyError as error:
        return _complain(f"{error.args[0]}: say which with --host")
    return code


def _complain(sentence: str) -> int:
    print(f"labmail: {sentence}", file=sys.stderr)
    return 1


def _octets(word: str) -> str:
    return os.fsencode(word).decode("latin-1")
