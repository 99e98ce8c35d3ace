"""The user agent of one person: her address, her two servers, her password, her clock.

It knows nothing of MX records, queues or mailbox files: one server takes what she sends, another
one gives her what has come. Everything in between is the work of others::

    UserAgent ──▶ submission (587) ──▶ …   … ──▶ mailbox ──▶ pop3 (110) ──▶ UserAgent

Try::

    letter = await alice.send("bob@ask.com", "Lunch", "Friday?")
    print(await bob.fetch())
"""

from __future__ import annotations

import ssl
from typing import Any

from labmail.message import Address, Mailbox, parse_address, rfc5322_date
from labmail.trace import Recorder
from labmail.world import Chance, Clock, Network

from .compose import People, compose
from .events import Composed
from .fetch import FetchedMessage, Listing, fetch, listing
from .letter import Draft, Letter
from .submit import Account, Desk, Server, submit


class UserAgent:
    """A mail program with its owner's settings.

    ``submission`` and ``pop3`` are (lab address, port, name); ``tls`` is whom the agent trusts
    (`LabCA.client_context`), None for a conversation in the clear; ``hostname`` and ``ip`` are the
    computer that it runs on.
    """

    def __init__(
        self,
        address: str,
        name: str = "",
        *,
        login: str,
        password: str,
        hostname: str,
        ip: str,
        submission: Server | tuple[str, int, str],
        pop3: Server | tuple[str, int, str],
        network: Network,
        clock: Clock,
        chance: Chance,
        trace: Recorder,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.address: Address = parse_address(address)
        self.name = name
        self.account = Account(login, password)
        self.submission, self.pop3 = Server(*submission), Server(*pop3)
        self.desk = Desk(hostname, ip, network, trace, tls)
        self.sent: list[Letter] = []
        """Everything that was handed over, or was tried to."""
        self._clock, self._chance, self._written = clock, chance, 0
        self._inbox: dict[str, FetchedMessage] = {}

    @property
    def inbox(self) -> tuple[FetchedMessage, ...]:
        """Everything that was fetched so far, each message once, however often it was fetched."""
        return tuple(self._inbox.values())

    def compose(self, to: People = (), subject: str = "", text: str = "", **more: Any) -> Draft:
        """A draft with all that a user agent owes: Date, From, Message-ID, MIME.

        ``more``: ``html``, ``cc``, ``bcc``, ``attachments``, ``fields``, ``author``; see `compose`.
        Raises `ValueError` with the reason if it cannot be written so.
        """
        self._written += 1
        token = self._chance.id("message-id", self.address, self._written)
        return compose(
            more.pop("author", None) or Mailbox(self.name, self.address),
            to,
            subject,
            text,
            date=rfc5322_date(self._clock.time()),
            message_id=f"<{token}@{self.desk.hostname}>",
            boundary=f"=_{self._chance.id('boundary', self.address, self._written)}",
            **more,
        )

    async def send(self, to: People = (), subject: str = "", text: str = "", **more: Any) -> Letter:
        """Composes a letter and hands it over; ``more`` as for `compose`.

        What the server said stands in the letter's ``outcomes``. Raises as `compose` does, and
        nothing else.
        """
        return await self.submit(self.compose(to, subject, text, **more))

    async def submit(self, draft: Draft) -> Letter:
        """Hands over a draft, changed or not, as a new letter. Raises nothing."""
        name = self.desk.trace.name_letter(str(self.address))
        written = self.desk.trace.tell(
            Composed,
            host=self.desk.hostname,
            letter=name,
            sender=draft.envelope.sender,
            recipients=draft.envelope.recipients,
            author=draft.header.text("From"),
            subject=draft.subject,
            size=len(draft.content),
        )
        cause = written.name or None
        letter = await submit(draft, name, self.submission, self.account, self.desk, cause)
        self.sent.append(letter)
        return letter

    async def fetch(self, keep: bool = False) -> list[FetchedMessage]:
        """Everything that waits in the mailbox; it is removed there unless ``keep``.

        Raises `FetchError` with the server's words; what had come until then is in `inbox`.
        """
        return await fetch(self.pop3, self.account, self.desk, keep=keep, received=self._receive)

    def _receive(self, message: FetchedMessage) -> None:
        self._inbox[message.uid] = message

    async def listing(self) -> Listing:
        """What waits in the mailbox, left as it is. Raises `FetchError`."""
        return await listing(self.pop3, self.account, self.desk)

    def __repr__(self) -> str:
        return f"<UserAgent of {self.address} on {self.desk.hostname}>"
