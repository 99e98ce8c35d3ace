"""Queue runs: ``exim -q`` and its kin go through what waits, once, and end.

What a run makes itself, such as a bounce, is delivered with it, unless ``queue_only`` holds letters
back. What the flags mean is told in `labmail.mta.queue.wanted`.

Law: Exim specification, §5.3 under -q, -R and -S.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.regex import Panic
from labmail.mta.delivery.manner import AT_ONCE, Manner
from labmail.mta.log import timestamp
from labmail.mta.queue.running import Running
from labmail.mta.queue.wanted import Wanted

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

    from ..arguments import Request
    from ..said import Who
    from ..wish import QueueRun


async def run_queue(mta: Mta, request: Request, who: Who) -> Said:
    """Tries the letters that the request means."""
    try:
        await Running(mta.queue, wanted(request.run)).run()
    except Panic as panic:
        mta.office.logs.panic(panic.message)
        return Said(1, err=f"{timestamp(mta.office.now())} {panic.message}\n")
    return Said()


def wanted(run: QueueRun) -> Wanted:
    """What the command line asks for."""
    return Wanted.of(
        run.flags,
        first=run.first,
        last=run.last,
        recipient=run.recipient,
        sender=run.sender,
        patterns=run.patterns,
    )


async def deliver(mta: Mta, letter: Letter, manner: Manner = AT_ONCE) -> None:
    """Tries a letter, and, where nobody does so by himself, what comes of it."""
    await mta.queue.deliver(letter, manner, thaw=True)
    if not mta.queue.open:
        await mta.queue.deliver_new()
