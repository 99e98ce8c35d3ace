"""At work on this computer: what hands letters in, and what runs the queue, from the command line.

The mail system is made for the one command (`standalone`), the deed is that of `handing`.

Law: Exim specification, §5.2, §5.3.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from .accounts import who_is
from .handing import hand_in, run_queue, talk
from .queue import on_queue
from .rights import DENIED, may_prod
from .said import Said, Who

if TYPE_CHECKING:
    from collections.abc import Callable

    from labmail.mta import Mta

    from .atwork import Ask
    from .caller import Caller
    from .opening import Opened


def work(opened: Opened) -> int:
    """Does what the request says, and gives the exit code."""
    return _tell(mail_system(opened)(partial(_work, opened)), opened.caller)


def mail_system(opened: Opened) -> Callable[[Any], Any]:
    """What does work with a mail system: that of the host, or one that is made for the command."""
    if opened.caller.at_work is not None:
        return opened.caller.at_work
    from .standalone import at_work

    return partial(at_work, opened)


async def in_a_worker(function: Callable[..., Any], *arguments: Any) -> Any:
    """What may take long is done in another thread."""
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


async def _work(opened: Opened, mta: Mta, ask: Ask = in_a_worker) -> Said:
    request, caller = opened.request, opened.caller
    who = calling(caller)
    request.waits = caller.host is None or request.delivery == "i"
    if request.action == "queue":
        return await on_queue(mta, request, who, opened.configuration)
    if request.action == "queue run" and not may_prod(who, opened.configuration):
        return Said(1, err=DENIED)
    if request.action == "queue run":
        return await run_queue(mta, request, who)
    if request.action == "submission":
        return await hand_in(mta, request, who, await ask(caller.stdin.read))
    typed = Typed(caller, ask)
    return Said(await talk(mta, request, who, typed, typed.say))


class Typed:
    """Standard input, read when it is asked for and no further: somebody may be typing."""

    def __init__(self, caller: Caller, ask: Ask) -> None:
        self._caller, self._ask = caller, ask

    async def readline(self) -> bytes:
        return bytes(await self._ask(self._caller.stdin.readline))

    async def readexactly(self, count: int) -> bytes:
        piece = bytes(await self._ask(self._caller.stdin.read, count))
        if len(piece) < count:
            raise asyncio.IncompleteReadError(piece, count)
        return piece

    async def say(self, octets: bytes) -> None:
        await self._ask(self._say, octets)

    def _say(self, octets: bytes) -> None:
        self._caller.stdout.write(octets)
        self._caller.stdout.flush()


def _tell(said: Said, caller: Caller) -> int:
    caller.say(said.out)
    if said.err:
        caller.complain(said.err)
    return said.code


def calling(caller: Caller) -> Who:
    """Whose process this is."""
    import grp
    import os

    machine = caller.machine
    if caller.host is not None:
        return who_is(machine)
    groups = []
    for gid in os.getgroups():
        try:
            groups.append(grp.getgrgid(gid).gr_name)
        except KeyError:
            groups.append(str(gid))
    return Who(machine.login, machine.uid, machine.gid, machine.full_name, tuple(groups))
