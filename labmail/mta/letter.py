"""A letter in the queue: what its -H file says, in the words of the MTA.

The file is the truth; this is the view of it that the rooms of the MTA hand to each other. A letter
that somebody works on is *open*: all that its -H file says is there, and may be changed. One that
waits is *folded*: of it only a few words are in the memory, those by which a queue is listed and
the next try is found, so that a hundred thousand of them cost disk and not memory::

    open       head, body, what came of the last try            some kilobytes
    folded     age, size, sender, recipients, next tries        some 300 octets

Whoever asks a folded letter for its ``head`` opens it: the file is read. Whoever has finished lets
it fold, by `Spool.rest`, which sees to it that the file says all there is to know.

Try: ``mta.queue[0].waiting``.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from labmail.message.field import Field
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING

from . import header
from .recipient import Recipient
from .spool.spoolfile import SpoolHeader

LETTER, CAUSE = "_letter", "_cause"
"""Variables of the -H file: the lab's name of the letter, and the event its story goes on from."""


class Shelf(Protocol):
    """Where the heads of folded letters are: the spool."""

    def open(self, letter: Letter) -> SpoolHeader: ...


class Label(NamedTuple):
    """What is known of a folded letter without opening it."""

    received: float
    sender: str
    recipients: tuple[str, ...]
    done: tuple[str, ...]
    frozen: float | None
    head_size: int
    body_size: int
    lines: int
    next_tries: tuple[tuple[str, float], ...]
    routed: tuple[tuple[str, str], ...]
    event: str | None
    name: str | None
    cause: str | None
    once: bool
    """Whether some recipients stand in the place of a list: more of that is in the head."""


@dataclass(slots=True, eq=False)
class Open:
    """A letter that somebody works on."""

    head: SpoolHeader
    body_size: int
    body: bytes | None = None
    next_tries: dict[str, float] = field(default_factory=dict)
    event: str | None = None
    routed: dict[str, str] = field(default_factory=dict)
    kept: object = None
    held: bool = False


class Letter:
    """One letter that this host is responsible for."""

    __slots__ = ("_label", "_open", "_shelf", "id")

    def __init__(self, head: SpoolHeader, body_size: int, body: bytes | None = None) -> None:
        self.id = head.id
        self._open: Open | None = Open(head, body_size, body)
        self._label = b""
        self._shelf: Shelf | None = None

    def __repr__(self) -> str:
        return f"<letter {self.id} from <{self.sender}>>"

    # ── open or folded ───────────────────────────────────────────────────────────────────────────

    @property
    def is_open(self) -> bool:
        """Whether its head is in the memory."""
        return self._open is not None

    @property
    def held(self) -> bool:
        """Whether somebody works on it, and it must stay open."""
        return self._open is not None and self._open.held

    def hold(self) -> None:
        """Opens it for somebody who works on it; until `let_go` it stays so."""
        self._opened().held = True

    def let_go(self) -> None:
        """Nobody works on it any more."""
        if self._open is not None:
            self._open.held, self._open.body = False, None

    def fold(self, shelf: Shelf) -> None:
        """Lets go of everything that can be read again from ``shelf``."""
        self._label, self._shelf = marshal.dumps(tuple(self._described())), shelf
        self._open = None

    def _described(self) -> Label:
        head, now = self.head, self._opened()
        lines = sum(each.raw.count(b"\r\n") for each in head.fields)
        return Label(
            received=head.received,
            sender=head.sender,
            recipients=head.recipients,
            done=tuple(sorted(head.done)),
            frozen=self.frozen,
            head_size=sum(len(each.raw) for each in head.fields),
            body_size=now.body_size,
            lines=lines + int(head.facts.get("body_linecount", "0")),
            next_tries=tuple(now.next_tries.items()),
            routed=tuple(now.routed.items()),
            event=now.event,
            name=self.name,
            cause=None if self.cause == now.event else self.cause,
            once=bool(head.once),
        )

    @property
    def label(self) -> Label:
        """What a listing of the queue needs; a folded letter stays folded."""
        return Label(*marshal.loads(self._label)) if self._open is None else self._described()

    def _opened(self) -> Open:
        if self._open is None:
            assert self._shelf is not None
            self._unfold(self._shelf.open(self))
        assert self._open is not None
        return self._open

    def _unfold(self, head: SpoolHeader) -> None:
        label = self.label
        self._open = Open(head, label.body_size, None, dict(label.next_tries), label.event)
        self._open.routed = dict(label.routed)
        self._open.kept = self.changing

    def stand_in(self) -> None:
        """Its head is gone from the disk: what is known of it has to do, to tell somebody."""
        if self._open is not None:
            return
        label = self.label
        self._unfold(
            SpoolHeader(
                id=self.id,
                sender=label.sender,
                received=label.received,
                recipients=label.recipients,
                done=frozenset(label.done),
                variables={LETTER: label.name or "", CAUSE: self.cause or ""},
            )
        )

    @property
    def head(self) -> SpoolHeader:
        """All that the -H file says. Raises OSError and `SpoolFormatError` where it is gone."""
        return self._opened().head

    @head.setter
    def head(self, head: SpoolHeader) -> None:
        self._opened().head = head

    @property
    def body(self) -> bytes | None:
        """The body, while it is needed; None when it is only on disk."""
        return self._open.body if self._open else None

    @body.setter
    def body(self, body: bytes | None) -> None:
        if self._open or body is not None:
            self._opened().body = body

    @property
    def body_size(self) -> int:
        """Octets of the body."""
        return self._open.body_size if self._open else self.label.body_size

    @property
    def next_tries(self) -> dict[str, float]:
        """When a recipient that was put off is due again, POSIX seconds."""
        return self._open.next_tries if self._open else dict(self.label.next_tries)

    @next_tries.setter
    def next_tries(self, tries: dict[str, float]) -> None:
        if self._open:
            self._open.next_tries = tries
        else:
            label = self.label._replace(next_tries=tuple(tries.items()))
            self._label = marshal.dumps(tuple(label))

    @property
    def event(self) -> str | None:
        """The event from which its story goes on."""
        return self._open.event if self._open else self.label.event

    @event.setter
    def event(self, event: str | None) -> None:
        if self._open:
            self._open.event = event
        else:
            self._label = marshal.dumps(tuple(self.label._replace(event=event)))

    @property
    def routed(self) -> dict[str, str]:
        """Which router took an address at the last attempt."""
        return self._opened().routed

    @property
    def kept(self) -> object:
        """What the -H file says of all that changes, as far as this host has written it."""
        return self._opened().kept

    @kept.setter
    def kept(self, kept: object) -> None:
        self._opened().kept = kept

    # ── who, from whom, since when ───────────────────────────────────────────────────────────────

    @property
    def received(self) -> float:
        """When it came in, POSIX seconds."""
        return self._open.head.received if self._open else self.label.received

    @property
    def sender(self) -> str:
        """The envelope's sender, "" for the null reverse-path."""
        return self._open.head.sender if self._open else self.label.sender

    @property
    def recipients(self) -> tuple[str, ...]:
        """All recipients of the envelope."""
        return self._open.head.recipients if self._open else self.label.recipients

    @property
    def done(self) -> frozenset[str]:
        """Addresses that need no more delivery, by their `Recipient.unique`."""
        return self._open.head.done if self._open else frozenset(self.label.done)

    @property
    def waiting(self) -> tuple[Recipient, ...]:
        """The recipients of the envelope that are not done yet, in order, each once."""
        label = None if self._open else self.label
        if label is None or label.once:
            head = self.head
            names, done, once = head.recipients, head.done, head.once
        else:
            names, done, once = label.recipients, frozenset(label.done), {}
        recipients = (Recipient(name, once=once.get(name)) for name in dict.fromkeys(names))
        return tuple(each for each in recipients if each.unique not in done)

    @property
    def frozen(self) -> float | None:
        """Since when it is frozen, POSIX seconds; None if it is not."""
        if self._open is None:
            return self.label.frozen
        since = self._open.head.facts.get("frozen")
        if since is None:
            return None
        return float(since) if since.isdecimal() else self._open.head.received

    @property
    def is_bounce(self) -> bool:
        """Whether nobody can be told when it fails (RFC 5321 §4.5.5)."""
        return not self.sender

    @property
    def size(self) -> int:
        """Octets of the letter, with CR LF line ends."""
        if self._open is None:
            return self.label.head_size + 2 + self.label.body_size
        return sum(len(each.raw) for each in self.fields) + 2 + self.body_size

    # ── more of its head ─────────────────────────────────────────────────────────────────────────

    @property
    def utf8(self) -> bool:
        """Whether it came with SMTPUTF8: its header may be UTF-8 (RFC 6531)."""
        return "smtputf8" in self.head.facts

    def wish(self, recipient: str) -> Wish:
        """What the sender wants to be told about an address of the envelope (RFC 3461)."""
        return self.head.wishes.of.get(recipient, NOTHING)

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.head.fields

    @property
    def name(self) -> str | None:
        """The lab's name of the letter: one name on its whole road."""
        if self._open is None:
            return self.label.name
        return self._open.head.variables.get(LETTER) or None

    @property
    def cause(self) -> str | None:
        """The event from which its story goes on, as the -H file has it."""
        if self._open is None:
            return self.label.cause or self.label.event
        return self._open.head.variables.get(CAUSE) or None

    @cause.setter
    def cause(self, event: str | None) -> None:
        self.head.variables[CAUSE] = event or ""

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
