"""What an access agent tells: who logged in, which letter was fetched, which was removed.

::

    (Stored, by the MTA)          a login belongs to no letter; what is fetched or removed does
    LoggedIn ─┬─▶ Retrieved       the letter is now with the person's mail program as well
              └─▶ Expunged        and now with that alone
    LoginRefused

Try: ``trace.find("access.Retrieved")``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Chapter, Event, Place, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent(Event):
    """Common to all. ``client`` is the host of the person's program, or its address."""

    client: str
    login: str = ""

    role: ClassVar[Role] = "talk"
    component: ClassVar[str] = "pop3"

    @property
    def chapter(self) -> Chapter:
        return "fetch"

    @property
    def peer(self) -> str | None:
        return self.client


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(AccessEvent):
    """Somebody has proved who they are, and has the maildrop to herself."""

    address: str
    mailbox: str
    messages: int
    octets: int

    @property
    def label(self) -> str:
        return "POP3"

    @property
    def question(self) -> str:
        return f"Is it {self.login} who wants to read {self.mailbox}?"

    @property
    def answer(self) -> str:
        waiting = "no messages" if not self.messages else counted(self.messages, self.octets)
        return f"Yes, the password is right: {waiting}."

    @property
    def why(self) -> tuple[str, ...]:
        return ("Until QUIT nobody else can open this maildrop (RFC 1939 §4); new mail may come.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRefused(AccessEvent):
    """Nobody was let in. ``reply`` is what the server said; never with the password."""

    reply: str

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "POP3"

    @property
    def question(self) -> str:
        return f"May {self.login} read mail on {self.host}?"

    @property
    def answer(self) -> str:
        return f"No: “{self.reply}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent(AccessEvent):
    """Common to what is told of one message, the ``message``-th of the maildrop.

    ``stored`` names the event that put it there.
    """

    message: int
    uid: str
    size: int
    stored: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved(MessageEvent):
    """A letter went over the wire to the person's program, whole. The store still has it."""

    where: str = ""

    @property
    def label(self) -> str:
        return "RETR"

    @property
    def question(self) -> str:
        return f"Does {self.login} get message {self.message}?"

    @property
    def answer(self) -> str:
        return f"Yes: {self.size:,} octets, dot-stuffed. The letter stays until DELE and QUIT."

    @property
    def proof(self) -> str:
        return self.where.lstrip("/")

    def places(self) -> Mapping[str, Place]:
        if self.recipient is None:
            return {}
        return {self.recipient: Place(self.client, "mua", "fetched")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expunged(MessageEvent):
    """A letter that was marked by DELE was removed at QUIT."""

    role: ClassVar[Role] = "keep"

    @property
    def label(self) -> str:
        return "DELE"

    @property
    def question(self) -> str:
        return f"Does the server still keep message {self.message}?"

    @property
    def answer(self) -> str:
        return "No: it was marked by DELE, and QUIT has removed it for good."

    @property
    def peer(self) -> str | None:
        return None


def counted(messages: int, octets: int) -> str:
    """
    >>> counted(1, 1631)
    '1 message (1631 octets)'
    """
    return f"{messages} message{'' if messages == 1 else 's'} ({octets} octets)"
