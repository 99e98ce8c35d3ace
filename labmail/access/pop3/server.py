"""The POP3 server: what all conversations of one service share, and how they begin and end.

::

    octets ─▶ LineBuffer ─▶ Session.receive ─▶ Say │ Login │ Send │ Update │ Bye ─▶ octets
              (lines)       (session)                 │       │      │
                                                  accounts    └ the Maildrop, in a worker

What is to be said is decided in `session`; `conversation` does it; here a connection is taken in
and seen off. One that ends in any way but QUIT removes nothing.

Try: ``curl -v pop3://bob:PASSWORD@127.0.0.1:PORT/1`` through a door of the lab.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from labmail.store import Maildrop
from labmail.trace import Recorder
from labmail.world import Clock, Listener, Network

from ..accounts import Accounts, User
from ..lines import EndlessLine
from .conversation import Conversation
from .limits import Limits
from .service import Service
from .telling import LetterOf, NameOf, Teller

READ = 4096
"""Octets read ahead of the command that is being worked at."""


def open_from_store(user: User) -> Maildrop:
    """The maildrop of a user, from the store that keeps her mail."""
    return user.store.open(user.mailbox)


async def serve(
    network: Network,
    address: str,
    port: int = 110,
    *,
    accounts: Accounts,
    clock: Clock,
    trace: Recorder,
    hostname: str,
    open_maildrop: Callable[[User], Maildrop] = open_from_store,
    letter_of: LetterOf = lambda mailbox, uid: None,
    name_of: NameOf = str,
    limits: Limits | None = None,
) -> Listener:
    """Serves POP3 on a port of a lab host. Raises OSError (EADDRINUSE).

    ``open_maildrop`` blocks and is called in a worker. ``letter_of(mailbox, uid)`` tells the trace
    which letter a message is; ``name_of(address)`` which host a client is.
    """
    service = Service(
        accounts, clock, trace, hostname, open_maildrop, letter_of, limits or Limits()
    )

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        teller = Teller(trace, hostname, writer.transport, name_of, service.ration)
        with suppress(asyncio.CancelledError):  # the lab ends, and the maildrop is being closed
            await _see_off(Conversation(service, teller, reader, writer), writer)

    def protocol() -> asyncio.Protocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=READ), converse)

    return await network.listen(address, port, protocol)


async def _see_off(conversation: Conversation, writer: asyncio.StreamWriter) -> None:
    try:
        await conversation.run()
    except (OSError, EndlessLine):
        pass  # gone, asleep (TimeoutError) or mad: the line is cut, and nothing is removed
    finally:
        writer.close()
        await conversation.leave()
