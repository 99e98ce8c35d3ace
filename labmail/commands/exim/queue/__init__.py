"""The queue from the command line: what waits is listed, shown, and worked on.

    listing    -bp, -bpa, -bpc, -bpr, -bpu: all that waits, or some
    showing    -Mvh, -Mvb, -Mvl, -Mvc: a letter's files
    deeds      -M, -Mc, -Mf, -Mt, -Mg, -Mrm, -Mar, -Mmd, -Mmad, -Mes: something is done to it

All of it is a coroutine over a mail system at work (`labmail.mta.Mta`), that of a host of a lab or
the one of `standalone`; whoever calls, calls it in that system's own loop.

What a command line asks of the queue is a `QueueWish` (`wish`).

Law: Exim specification, §5.2 (who may), §5.3 (-bp, -M…). The words are those of Exim 4.96.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rights import DENIED, is_admin, may_list, may_prod
from ..said import Said
from ..wish import DELIVERING
from .deeds import do
from .listing import listed
from .showing import shown

if TYPE_CHECKING:
    from labmail.exim.config import Configuration
    from labmail.mta import Mta

    from ..arguments import Request
    from ..said import Who

__all__ = ["on_queue"]

CONFUSED = "labmail exim: real Exim has no -bq, and calls this -bp\n"


async def on_queue(mta: Mta, request: Request, who: Who, configuration: Configuration) -> Said:
    """What ``-bp`` and ``-M…`` say, and their exit code.

    ``configuration`` says who may: it is the one that the new process has read, not the daemon's.
    """
    wish, orders = request.queue, configuration
    if wish.listing is not None:
        if not may_list(who, orders):
            return Said(1, err=DENIED)
        return listed(mta, wish.listing, request.words, CONFUSED if wish.confused else "")
    if wish.deed in DELIVERING:
        if not may_prod(who, orders):
            return Said(1, err="exim: Permission denied\n")
    elif not is_admin(who, orders):
        return Said(1, err=DENIED if wish.deed == "-Mg" else "Permission denied\n")
    if wish.deed.startswith("-Mv"):
        return await shown(mta, wish.deed, wish.ids[0], request.words)
    return await do(mta, wish, request.words, who)
