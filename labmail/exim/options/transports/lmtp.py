"""lmtp: to a message store on this host, over a pipe or a Unix socket.

Law: Exim specification, chapter 28; RFC 2033.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration, Unplaced
from labmail.exim.options.field import boolean, expanded, integer, time
from labmail.exim.options.transports.generic import Transport, needs_group


class Lmtp(Transport):
    command = expanded(None, "The program that speaks LMTP.")
    socket = expanded(None, "Or the socket of one that is running.")
    batch_max = integer(1, "How many recipients one copy may have.")
    batch_id = expanded(None, "Only those with the same are put together.")
    ignore_quota = boolean(False, "Ask the store to take it though the mailbox is full.")
    timeout = time(300, "How long to wait for an answer.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if (block["command"] is None) == (block["socket"] is None):
            raise Unplaced(
                f"one (and only one) of command or socket must be set for the "
                f"{block.name} transport"
            )
        needs_group(block)
