"""A person of the lab: somebody with a mail program at a desk, and a mailbox on a host.

`user_agent` gives her the program; `Person` is what a notebook holds. The two sides of her mail are
kept apart, as they are in life: ``inbox`` is what her program has fetched, ``mailbox`` what still
lies on the server.

    letter = alice.send(to="bob@ask.com", subject="Lunch on Friday?")
    bob.fetch()
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ..message import Message, Shown
from ..mua import Draft, FetchedMessage, Letter, Server, UserAgent
from ..world import LoopThread
from .letters import Letters
from .show_town import show_person
from .showable import Showable
from .town import SERVICES, UserPlan
from .twin import twin

if TYPE_CHECKING:
    from .site import Site

WITHIN = "3m"
"""How long `Person.send` lets the letter travel: longer than TCP waits for a silent host."""


def user_agent(plan: UserPlan, site: Site) -> UserAgent:
    """The mail program of one person, set up as her provider's help page would say."""
    host, world = site.town.hosts[plan.host], site.world
    return UserAgent(
        plan.address,
        plan.name,
        login=plan.login,
        password=site.passwords[plan.address],
        hostname=site.name_of(plan.desk),
        ip=plan.desk,
        submission=Server(host.address, SERVICES["submission"], host.name),
        pop3=Server(host.address, SERVICES["pop3"], host.name),
        network=world.network,
        clock=world.clock,
        chance=world.chance,
        trace=site.trace,
        tls=site.authority.client_context(),
    )


class Person(Showable):
    """Somebody who writes and reads mail. Methods with an ``.aio`` twin wait for the lab."""

    def __init__(self, plan: UserPlan, site: Site, thread: LoopThread) -> None:
        self._plan, self._site, self._thread = plan, site, thread
        self._agent = site.people[plan.address]

    @property
    def address(self) -> str:
        return self._plan.address

    @property
    def name(self) -> str:
        return self._plan.name

    @property
    def login(self) -> str:
        """What she calls herself at her server; the whole address would do too."""
        return self._plan.login

    @property
    def password(self) -> str:
        """Her password, new for each lab unless the town fixes one."""
        return self._site.passwords[self.address]

    @property
    def host(self) -> str:
        """The host that keeps her mailbox and sends for her."""
        return self._plan.host

    @property
    def desk(self) -> str:
        """The lab address of the computer that she sits at."""
        return self._plan.desk

    @property
    def store(self) -> str:
        """How her mailbox is kept: ``maildir`` or ``mbox``."""
        return self._plan.store

    # -- writing

    def compose(self, to: Any = (), subject: str = "", text: str = "", **more: Any) -> Draft:
        """A draft: an envelope and a message, each of which may still be changed.

        ``more``: ``html``, ``cc``, ``bcc``, ``attachments``, ``fields``. Raises `ComposeError`.
        """
        return self._agent.compose(to, subject, text, **more)

    @twin
    async def send(
        self, to: Any = (), subject: str = "", text: str = "", *, run: bool = True, **more: Any
    ) -> Letter:
        """Hands over a letter, or a `Draft`, and lets it travel until all is quiet.

        With ``run=False`` it is only handed over; `Lab.run` lets it go on. What her server said
        stands in the letter's ``outcomes``. Raises `ComposeError` where it cannot be written so.
        """
        if isinstance(to, Draft):
            sending = self._agent.submit(to)
        else:
            sending = self._agent.send(to, subject, text, **more)
        return await self._site.let_happen(sending, WITHIN if run else None)

    # -- reading

    @twin
    async def fetch(self, keep: bool = False) -> Letters[FetchedMessage]:
        """Fetches by POP3 what waits in the mailbox; it is removed there unless ``keep``.

        Raises `FetchError` with the server's words.
        """
        fetched = await self._site.let_happen(self._agent.fetch(keep))
        return Letters(fetched, f"Fetched by {self.name} from {self.host}", "fetch")

    @property
    def inbox(self) -> tuple[FetchedMessage, ...]:
        """What her program has fetched so far."""
        return self._agent.inbox

    @property
    def sent(self) -> tuple[Letter, ...]:
        """What she has handed over."""
        return tuple(self._agent.sent)

    @property
    def mailbox(self) -> Letters[Message]:
        """What lies in her mailbox on the server now, read straight from the store."""
        found = self._thread.call(self._read_mailbox())
        return Letters(found, f"{self.name}'s mailbox on {self.host}")

    @property
    def everything(self) -> list[Message]:
        """Every message that has reached her: fetched or still on the server, each once."""
        waiting = {message.content: message for message in self.mailbox}
        fetched = {mail.content: mail.message for mail in self.inbox}
        return list((fetched | waiting).values())

    async def _read_mailbox(self) -> list[Message]:
        host = self._site.hosts[self.host]
        path, store = host.mailbox(self._plan), host.stores[self.store]

        def read() -> list[Message]:
            drop = store.open(path)
            try:
                return [Message(drop.read(m.number)) for m in drop.messages]
            finally:
                drop.close()

        return await asyncio.get_running_loop().run_in_executor(None, read)

    def show(self) -> Shown:
        """Who she is, where she sits, where her mail lies."""
        fetched, sent = len(self.inbox), len(self.sent)
        return show_person(self._site.town, self._plan, fetched, sent)

    def __repr__(self) -> str:
        desk = self._site.name_of(self.desk)
        return f"<{self.name} <{self.address}> at {desk}, mail on {self.host}>"
