"""A letter in the queue: what its -H file says, in the words of the MTA.

The file is the truth; this is the view of it that the rooms of the MTA hand to each other. Only its
`done` recipients and its notes change while it waits.

Try: ``mta.queue[0].waiting``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from labmail.message.field import Field
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from . import header
from .recipient import Recipient
from .spool.spoolfile import SpoolHeader

LETTER, CAUSE = "_letter", "_cause"
"""Variables of the -H file: the lab's name of the letter, and the event its story goes on from."""


@dataclass(slots=True, eq=False)
class Letter:
    """One letter that this host is responsible for."""

    head: SpoolHeader
    body_size: int
    body: bytes | None = None
    """The body, while it is needed; None when it is only on disk."""
    next_tries: dict[str, float] = field(default_factory=dict)
    """When a recipient that was put off is due again, POSIX seconds."""
    event: str | None = None
    """The event from which its story goes on."""
    routed: dict[str, str] = field(default_factory=dict)
    """Which router took an address at the last attempt."""
    kept: object = None
    """What the -H file says of all that changes, as far as this host has written it."""

    @property
    def id(self) -> str:
        return self.head.id

    @property
    def sender(self) -> str:
        """The envelope's sender, "" for the null reverse-path."""
        return self.head.sender

    @property
    def utf8(self) -> bool:
        """Whether it came with SMTPUTF8: its header may be UTF-8 (RFC 6531)."""
        return "smtputf8" in self.head.facts

    def wish(self, recipient: str) -> Wish:
        """What the sender wants to be told about an address of the envelope (RFC 3461)."""
        return self.head.wishes.of.get(recipient, NOTHING)

    @property
    def is_bounce(self) -> bool:
        """Whether nobody can be told when it fails (RFC 5321 §4.5.5)."""
        return not self.sender

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.head.fields

    @property
    def size(self) -> int:
        """Octets of the letter, with CR LF line ends."""
        return sum(len(each.raw) for each in self.fields) + 2 + self.body_size

    @property
    def name(self) -> str | None:
        """The lab's name of the letter: one name on its whole road."""
        return self.head.variables.get(LETTER) or None

    @property
    def cause(self) -> str | None:
        """The event from which its story goes on, as the -H file has it."""
        return self.head.variables.get(CAUSE) or None

    @cause.setter
    def cause(self, event: str | None) -> None:
        self.head.variables[CAUSE] = event or ""

    @property
    def waiting(self) -> tuple[Recipient, ...]:
        """The recipients of the envelope that are not done yet, in order, each once."""
        names = dict.fromkeys(self.head.recipients)
        once = self.head.once
        recipients = (Recipient(name, once=once.get(name)) for name in names)
        return tuple(each for each in recipients if each.unique not in self.head.done)

    @property
    def frozen(self) -> float | None:
        """Since when it is frozen, POSIX seconds; None if it is not."""
        since = self.head.facts.get("frozen")
        if since is None:
            return None
        return float(since) if since.isdecimal() else self.head.received

    @property
    def changing(self) -> object:
        """What changes while it waits: equal to `kept`, and the -H file is up to date."""
        head = self.head
        return head.done, self.frozen, self.cause, head.warned, head.recipients

    @property
    def message_id(self) -> str | None:
        """The author's own name for it, without angle brackets."""
        value = header.find(self.fields, "Message-ID")
        return value.strip("<>") if value else None
