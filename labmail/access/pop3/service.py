"""What all conversations of one POP3 server share: the world, the accounts, and patience."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from labmail.store import MailboxBusy, Maildrop
from labmail.trace import Ration, Recorder
from labmail.world import Clock, Crowd

from ..accounts import Accounts, User
from .limits import Limits
from .session import CAPABILITIES
from .telling import LetterOf

T = TypeVar("T")


@dataclass
class Service:
    """What all conversations of one server share."""

    accounts: Accounts
    clock: Clock
    trace: Recorder
    hostname: str
    open_maildrop: Callable[[User], Maildrop]
    letter_of: LetterOf
    limits: Limits
    last_login: dict[str, float] = field(default_factory=dict)
    crowd: Crowd[Any] = field(init=False)
    ration: Ration = field(init=False)
    """How much may be told of programs from outside."""
    leaving: set[asyncio.Future[None]] = field(default_factory=set)
    """Maildrops that are being closed: whoever wants to open one waits for them."""

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.limits.connections, self.limits.connections_of_one)
        self.ration = Ration(self.clock.time)

    @property
    def capabilities(self) -> tuple[str, ...]:
        delay = self.limits.login_delay
        return (*CAPABILITIES, *([f"LOGIN-DELAY {delay:.0f}"] if delay else []))

    async def open(self, user: User) -> Maildrop:
        """Opens the maildrop of a user. Raises as `Store.open` does."""
        if self.leaving:
            await asyncio.wait(self.leaving)
        return await self.patiently(self.open_maildrop, user)

    async def close(self, maildrop: Maildrop) -> None:
        """Closes a maildrop, even if we are told to stop meanwhile."""
        closing = asyncio.get_running_loop().run_in_executor(None, maildrop.close)
        self.leaving.add(closing)
        closing.add_done_callback(self.leaving.discard)
        await asyncio.shield(closing)

    async def patiently(self, job: Callable[..., T], *args: object) -> T:
        """Runs ``job`` in a worker; again, on a live server, while somebody writes to the mailbox.

        On a frozen clock waiting would be for ever, so `MailboxBusy` is raised at once.
        """
        tries = self.limits.lock_tries if self.clock.live else 1
        while True:
            tries -= 1
            try:
                return await _in_worker(job, *args)
            except MailboxBusy as busy:
                if busy.session or not tries:
                    raise
            await self.clock.sleep(self.limits.lock_wait)


async def _in_worker(job: Callable[..., T], *args: object) -> T:
    """Runs ``job`` in a worker. A maildrop that is opened too late, after we were told to stop, is
    closed again."""
    running = asyncio.get_running_loop().run_in_executor(None, job, *args)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        running.add_done_callback(_close_again)
        raise


def _close_again(opened: asyncio.Future[T]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        result = opened.result()
        if isinstance(result, Maildrop):
            result.close()
