"""What an MTA tells about a letter: asked, kept, routed, delivered, put off, given up, returned.

Each class is its facts and the sentence that a student reads. One letter for several recipients
splits at the router: from there on every event speaks of one ``recipient``, the address that the
envelope named; ``address`` is what routers made of it (an alias's member), where that differs.

    reception   AclChecked ─▶ Spooled | Turned away
    queue                       └▶ Routed ─▶ (MX?) ─▶ Delivering ─▶ HandedOver | Stored
    later                                                 └▶ PutOff … GivenUp ─▶ Bounced | Frozen
    the end                                                              Completed

Try: ``lab.story(letter)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Chapter, Event, Place, Role, State

INPUT = "/var/spool/exim4/input"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEvent(Event):
    """Common to all: ``leg`` is the chapter of the journey in which this happens."""

    leg: Chapter = ""

    @property
    def chapter(self) -> Chapter:
        return self.leg


# ── reception ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class AclChecked(LetterEvent):
    """An ACL decided about a sender or a recipient."""

    client: str
    """Whoever asks: ``128.10.12.20``, or ``alice`` where she has logged in."""
    sender: str
    accepted: bool
    rule: str
    reasons: tuple[str, ...]
    reply: str
    command: str = "RCPT"

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "acl"

    @property
    def ok(self) -> bool:
        return self.accepted

    @property
    def label(self) -> str:
        return "ACL"

    @property
    def question(self) -> str:
        if self.recipient is None:
            return f"May {self.client} send through {self.host}?"
        return f"May {self.client} hand over a letter for {self.recipient}?"

    @property
    def answer(self) -> str:
        because = self.reasons[0].partition(": ")[2] if self.rule else self.reasons[0]
        if self.accepted:
            return f"Accepted: {because}."
        return f"“{self.reply}”: {because}."

    @property
    def why(self) -> tuple[str, ...]:
        return self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled(LetterEvent):
    """A letter was accepted: it is on disk, and this host is responsible for it."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    size: int
    own: bool = False
    """Whether this host wrote the letter itself: a bounce."""

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"

    @property
    def label(self) -> str:
        return "spool"

    @property
    def question(self) -> str:
        return f"Is the letter safe on {self.host}?"

    @property
    def answer(self) -> str:
        before = "" if self.own else ", synced before “250” was said"
        return f"Yes, as {self.id}: two files{before}, envelope and header (-H) and body (-D)."

    @property
    def proof(self) -> str:
        return f"{INPUT[1:]}/{self.id}-H"

    def places(self) -> Mapping[str, Place]:
        here = Place(self.host, "spool", "under way", self.id)
        return dict.fromkeys(self.recipients, here)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(LetterEvent):
    """A letter could not be kept safely, so it was not accepted: the client still has it."""

    problem: str
    reply: str
    sender: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "spool"

    @property
    def question(self) -> str:
        return f"Is the letter safe on {self.host}?"

    @property
    def answer(self) -> str:
        return f"No: {self.problem}. “{self.reply}”: the client keeps it and tries again later."


# ── routing ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed(LetterEvent):
    """The routers were asked about one address, and one of them took it up."""

    router: str
    address: str
    because: str
    declined: tuple[str, ...] = ()
    """One sentence for each router that was asked before, in order."""
    transport: str = ""
    hosts: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    total: int = 0
    """How many routers there are on this host."""

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "router"

    @property
    def label(self) -> str:
        return "router"

    @property
    def question(self) -> str:
        return f"Which router takes {self.address}?"

    @property
    def answer(self) -> str:
        onward = ""
        if self.children:
            onward = " It becomes " + _listed(self.children) + "."
        elif self.hosts:
            onward = f" Next host: {self.hosts[0]}."
        return f"{self.router}: {self.because}.{onward}"

    @property
    def why(self) -> tuple[str, ...]:
        hands = f" It hands the letter to the transport {self.transport}." if self.transport else ""
        asked = len(self.declined) + 1
        place = f", router {asked} of {self.total}" if self.total else ""
        return (f"{self.router}{place}: {self.because}.{hands}", *self.declined)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering(LetterEvent):
    """A transport sets out for a host, with all recipients that it can take there at once."""

    transport: str
    target: str
    address: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "transport"
    step: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return "transport"

    @property
    def question(self) -> str:
        return f"Which host is tried now for {_listed(self.recipients)}?"

    @property
    def answer(self) -> str:
        return f"{self.target} [{self.address}], by the transport {self.transport}."

    @property
    def peer(self) -> str | None:
        return self.target


# ── delivery ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEvent(LetterEvent):
    """Common to what becomes of one address of a letter.

    ``open`` counts the other addresses that the same recipient was turned into and that are not
    done yet; ``lost`` says that one of them has failed already.
    """

    id: str
    address: str
    transport: str = ""
    open: int = 0
    lost: bool = False

    def _place(self, component: str, state: State, detail: str) -> Mapping[str, Place]:
        if self.recipient is None:
            return {}
        if self.open and state != "deferred":
            state, component = "under way", "spool"
            detail = f"{detail}; {self.open} more to deliver"
        elif self.lost and state == "delivered":
            state = "bounced"
        return {self.recipient: Place(self.host, component, state, detail)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(AddressEvent):
    """The next host said 250 after the data: it is responsible now."""

    target: str
    target_address: str
    reply: str

    component: ClassVar[str] = "transport"
    step: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return "handed over"

    @property
    def question(self) -> str:
        return f"Did {self.target} take the letter for {self.address}?"

    @property
    def answer(self) -> str:
        return f"Yes: “{self.reply}”. {self.host} may forget it."

    @property
    def peer(self) -> str | None:
        return self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(AddressEvent):
    """The letter lies in a mailbox of this host."""

    store: str
    """``maildir`` or ``mbox``."""
    mailbox: str
    file: str
    uid: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "store"

    @property
    def label(self) -> str:
        return "Maildir" if self.store == "maildir" else self.store

    @property
    def question(self) -> str:
        return f"Does the letter lie in the mailbox of {self.address}?"

    @property
    def answer(self) -> str:
        if self.store == "maildir":
            return f"Yes, one new file under {self.mailbox}/new. Then the queue's files go."
        return f"Yes, at the end of the file {self.mailbox}. Then the queue's files go."

    @property
    def proof(self) -> str:
        return self.file.lstrip("/")

    def places(self) -> Mapping[str, Place]:
        return self._place("store", "delivered", self.mailbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded(AddressEvent):
    """An alias says ``:blackhole:``: the letter is taken, and thrown away."""

    router: str

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "router"

    @property
    def label(self) -> str:
        return "discarded"

    @property
    def question(self) -> str:
        return f"Where does the letter for {self.address} go?"

    @property
    def answer(self) -> str:
        return f"Nowhere: {self.router} says :blackhole:, so it is thrown away without a word."

    def places(self) -> Mapping[str, Place]:
        return self._place("router", "delivered", ":blackhole:")


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff(AddressEvent):
    """The address cannot be served now; the letter stays in the queue."""

    problem: str
    wait: float
    """Seconds until the next try."""
    rule: tuple[str, ...]
    """The retry rule in force: what decided, then its other parts."""

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "retry"

    @property
    def label(self) -> str:
        return "retry"

    @property
    def question(self) -> str:
        return f"When is {self.address} tried again?"

    @property
    def answer(self) -> str:
        return f"In {_lasting(self.wait)}: so says the retry rule. What failed: {self.problem}."

    @property
    def why(self) -> tuple[str, ...]:
        return self.rule

    def places(self) -> Mapping[str, Place]:
        return self._place("spool", "deferred", self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp(AddressEvent):
    """The address can never be served, or has been tried for too long."""

    problem: str
    reasons: tuple[str, ...] = ()
    timed_out: bool = False

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "queue"

    @property
    def label(self) -> str:
        return "give up"

    @property
    def question(self) -> str:
        if self.timed_out:
            return f"Is there any try left for {self.address}?"
        return f"Can the letter for {self.address} be delivered at all?"

    @property
    def answer(self) -> str:
        return f"No: {self.problem}."

    @property
    def why(self) -> tuple[str, ...]:
        return self.reasons

    def places(self) -> Mapping[str, Place]:
        return self._place("spool", "bounced", self.problem)


# ── the end ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced(LetterEvent):
    """A report was written to the sender: a new letter, with an empty sender of its own."""

    id: str
    bounce: str
    """The lab's name of the bounce."""
    to: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "queue"

    @property
    def label(self) -> str:
        return "bounce"

    @property
    def question(self) -> str:
        return f"Who must be told that {_listed(self.recipients)} got nothing?"

    @property
    def answer(self) -> str:
        return (
            f"{self.to}, by a new letter, {self.bounce.rpartition('/')[2]}. Its sender is <>, "
            "so that it can never cause a bounce itself."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(LetterEvent):
    """The sender had asked to be told of success (NOTIFY=SUCCESS), and is told, by a new letter."""

    id: str
    confirmation: str
    """The lab's name of the report."""
    to: str
    recipients: tuple[str, ...]
    actions: tuple[str, ...]
    """For each recipient: ``delivered``, ``relayed`` or ``expanded``."""

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "queue"

    @property
    def label(self) -> str:
        return "report"

    @property
    def question(self) -> str:
        return f"Does {self.to} want to know that {_listed(self.recipients)} got it?"

    @property
    def answer(self) -> str:
        what = " and ".join(dict.fromkeys(self.actions))
        return (
            f"Yes, the envelope said NOTIFY=SUCCESS: a new letter, "
            f"{self.confirmation.rpartition('/')[2]}, says “{what}”."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreported(LetterEvent):
    """A letter has failed, and its sender had asked not to be told (RFC 3461 §4.1)."""

    id: str
    to: str
    recipients: tuple[str, ...]
    notify: str
    """What RCPT said: ``NEVER``, or a list without FAILURE."""

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "queue"

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "no report"

    @property
    def question(self) -> str:
        return f"Who must be told that {_listed(self.recipients)} got nothing?"

    @property
    def answer(self) -> str:
        return f"Nobody: {self.to or 'the sender'} asked for NOTIFY={self.notify}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(LetterEvent):
    """The letter can go neither on nor back; it stays, and nothing tries it any more."""

    id: str
    recipients: tuple[str, ...]
    problem: str
    bounce: bool = True

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "queue"

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "frozen"

    @property
    def question(self) -> str:
        if self.bounce:
            return "Who can be told about a bounce that cannot be delivered?"
        return f"Would trying again help the letter for {_listed(self.recipients)}?"

    @property
    def answer(self) -> str:
        who = "Nobody: its sender is <>" if self.bounce else f"No: {self.problem}"
        return f"{who}. It is frozen until somebody looks."

    def places(self) -> Mapping[str, Place]:
        return dict.fromkeys(self.recipients, Place(self.host, "spool", "frozen", self.problem))


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(LetterEvent):
    """Every recipient is done, one way or the other: the spool files are gone."""

    id: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"
    step: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return "completed"

    @property
    def question(self) -> str:
        return f"Has {self.host} anything left to do for this letter?"

    @property
    def answer(self) -> str:
        return f"No. {self.id}-H and {self.id}-D are removed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(LetterEvent):
    """After a start the letter was found in the spool, and is taken up again."""

    id: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"

    @property
    def label(self) -> str:
        return "spool"

    @property
    def question(self) -> str:
        return f"Did the letter outlive the restart of {self.host}?"

    @property
    def answer(self) -> str:
        return f"Yes: {self.id}-H was found, so {_listed(self.recipients)} will be served."

    @property
    def proof(self) -> str:
        return f"{INPUT[1:]}/{self.id}-H"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside(LetterEvent):
    """A spool file cannot be read: it is kept where it can be looked at, and nothing stops."""

    file: str
    kept: str
    problem: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"

    @property
    def ok(self) -> bool:
        return False

    @property
    def label(self) -> str:
        return "spool"

    @property
    def question(self) -> str:
        return f"Can {self.file} be read?"

    @property
    def answer(self) -> str:
        return f"No: {self.problem}. It is kept as {self.kept}."


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def _listed(names: tuple[str, ...], most: int = 3) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _lasting(seconds: float) -> str:
    """``900`` → ``15 minutes``."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            amount = f"{seconds / size:.4g}"
            return f"{amount} {word}{'' if amount == '1' else 's'}"
    return f"{seconds:.0f} seconds"
