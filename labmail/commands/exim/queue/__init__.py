"""The queue from the command line: what waits is listed, shown, and worked on.

    wish       what a command line asks of the queue
    listing    -bp, -bpa, -bpc, -bpr, -bpu: all that waits, or some
    showing    -Mvh, -Mvb, -Mvl, -Mvc: a letter's files
    deeds      -M, -Mc, -Mf, -Mt, -Mg, -Mrm, -Mar, -Mmd, -Mmad, -Mes: something is done to it

All of it is a coroutine over a mail system at work (`labmail.mta.Mta`), that of a host of a lab or
the one of `standalone`; whoever calls, calls it in that system's own loop.

Law: Exim specification, §5.2 (who may), §5.3 (-bp, -M…). The words are those of Exim 4.96.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rights import DENIED, is_admin, may_list, may_prod
from ..said import Said
from .deeds import do
from .listing import listed
from .showing import shown

if TYPE_CHECKING:
    from labmail.mta import Mta

    from ..arguments import Request
    from ..said import Who

__all__ = ["on_queue"]


async def on_queue(mta: Mta, request: Request, who: Who) -> Said:
    """What ``-bp`` and ``-M…`` say, and their exit code."""
    wish, orders = request.queue, mta.orders.configuration
    if wish.listing is not None:
        if not may_list(who, orders):
            return Said(1, err=DENIED)
        return listed(mta, wish.listing, request.words)
    if wish.deed in ("-M", "-Mc"):
        if not may_prod(who, orders):
            return Said(1, err="exim: Permission denied\n")
    elif not is_admin(who, orders):
        return Said(1, err=DENIED if wish.deed == "-Mg" else "Permission denied\n")
    if wish.deed.startswith("-Mv"):
        return await shown(mta, wish.deed, wish.ids[0], request.words)
    return await do(mta, wish, request.words, who)
