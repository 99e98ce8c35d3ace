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

from labmail.trace import Event, Place, Role, fact, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent(Event):
    """Common to all. ``client`` is the host of the person's program, or its address."""

    client: str
    login: str = ""

    role: ClassVar[Role] = "talk"
    component: ClassVar[str] = "pop3"
    chapter = "fetch"
    peer = fact("client")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(AccessEvent):
    """Somebody has proved who they are, and has the maildrop to herself."""

    address: str
    mailbox: str
    messages: int
    octets: int

    label = "POP3"
    question = sentence("Is it {login} who wants to read {mailbox}?")

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

    ok = False
    label = "POP3"
    question = sentence("May {login} read mail on {host}?")
    answer = sentence("No: “{reply}”.")


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

    label = "RETR"
    question = sentence("Does {login} get message {message}?")

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
    label = "DELE"
    question = sentence("Does the server still keep message {message}?")
    answer = "No: it was marked by DELE, and QUIT has removed it for good."
    peer = None


def counted(messages: int, octets: int) -> str:
    """
    >>> counted(1, 1631)
    '1 message (1631 octets)'
    """
    return f"{messages} message{'' if messages == 1 else 's'} ({octets} octets)"
