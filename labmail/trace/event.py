"""The base of every event: what happened, where, to which letter, and because of what.

A room of the house defines its own events (``smtp/events``, ``dns/events.py``, …) as subclasses of
`Event`: the fields are the facts, the properties are the sentences that a student reads (most of
them by `sentence`). Nothing else writes prose about a letter: the story, the picture, the widgets
and the checks all read these.

An event names its cause, the event without which it would not have happened. Causes make a tree,
and a story is that tree told in order::

    alice@example.com/1   Composed
      └─ mail.example.com#1   Connected        (cause: Composed, carried by the connection)
           └─ mail.example.com#2   Accepted
                └─ mail.example.com#3   Spooled

Try: ``python -m labmail.trace``.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import ClassVar, Literal

Role = Literal["person", "talk", "decide", "keep", "ask"]
"""The kind of work a component does: a mail program, a conversation, deciding, keeping, asking."""

State = Literal["under way", "delivered", "deferred", "bounced", "frozen", "fetched"]
"""What has become of a letter for one recipient."""

Chapter = Literal["send", "route", "take", "fetch", "return", ""]
"""The part of the journey: submitted, routed, taken by the next host, fetched, sent back."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter lies for one recipient after an event, and its state there."""

    host: str
    component: str
    state: State
    detail: str = ""


KINDS: dict[str, type[Event]] = {}
"""Every class of event by the name under which files know it: ``mta.Spooled``, ``trace.Said``."""


def kind_of(event: Event | type[Event]) -> str:
    """The name of an event's class in files: ``mta.Spooled``, wherever in mta's events it is."""
    if isinstance(event, type):
        return _kind_name(event)
    return getattr(event, "told_as", "") or _kind_name(type(event))


def _kind_name(cls: type[Event]) -> str:
    room = cls.__module__.removeprefix("labmail.").partition(".event")[0]
    return f"{room}.{cls.__name__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a host of the lab. Subclass it; see the module's head.

    ``host`` is the host's name; ``letter`` the lab's name for the letter (one name on its whole
    road, whatever ids the hosts give it); ``recipient`` an envelope address where the event is
    about one; ``connection`` the name of a lab connection; ``cause`` the name of another event.
    The recorder stamps ``time`` (POSIX seconds of the lab's clock), ``name`` and ``number``.
    """

    host: str
    letter: str | None = None
    recipient: str | None = None
    connection: str | None = None
    cause: str | None = None
    time: float = 0.0
    name: str = ""
    number: int = 0

    role: ClassVar[Role] = "talk"
    component: ClassVar[str] = ""
    """The part of the host that acts: mua, smtp, acl, spool, router, dns, store, pop3, …"""
    step: ClassVar[bool] = True
    """True: a step of the journey. False: proof that belongs to one, such as a line of dialogue."""

    lasting: ClassVar[bool] = False
    """True: goes on until an event whose ``ends`` names it. Stories that begin meanwhile tell it if
    it `touches` them."""

    def __init_subclass__(cls) -> None:
        KINDS[_kind_name(cls)] = cls

    @property
    def ok(self) -> bool:
        """False where what was tried did not come about: a call that nobody answered, a refusal.

        A story marks such a step with ✕, a picture draws it in the colour of failing.
        """
        return all(place.state != "bounced" for place in self.places().values())

    @property
    def chapter(self) -> Chapter:
        return ""

    @property
    def label(self) -> str:
        """One word for a narrow column: ``router``, ``MX?``, ``RCPT``, ``Maildir``."""
        return type(self).__name__

    @property
    def question(self) -> str:
        """What was to be found out or done: "Which router takes bob@ask.com?"."""
        return ""

    @property
    def answer(self) -> str:
        """What came of it, in one sentence."""
        return ""

    @property
    def why(self) -> tuple[str, ...]:
        """What decided, and why not the others: one sentence each. Empty where nothing chose."""
        return ()

    @property
    def proof(self) -> str:
        """Where the reader can check the answer, in a word or two: ``200_lab:23``, ``new/1795…``.

        A story prints it in brackets behind the answer. Empty where the dialogue is the proof.
        """
        return ""

    @property
    def peer(self) -> str | None:
        """The other host of an arrow, where the event crosses from one host to another."""
        return None

    def touches(self, hosts: Set[str]) -> bool:
        """Whether a letter that met these hosts is concerned, though the event names no letter.

        True for what happens to the lab as a whole, such as a pause or a fault.
        """
        return False

    def places(self) -> Mapping[str, Place]:
        """Where the letter now lies, for each recipient whom this event moved."""
        return {}


KINDS[kind_of(Event)] = Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """One line, or the content of one message, as it went over the wire (a proof, not a step).

    ``speaker`` is ``C`` for the client and ``S`` for the server; ``text`` the exact bytes as
    latin-1, CRLF included, but for secrets, which are replaced here, in the event itself
    (``masked`` is then true); ``elided`` counts bytes that were left out of a very long content.
    """

    protocol: str
    speaker: Literal["C", "S"]
    text: str
    masked: bool = False
    elided: int = 0

    step: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return self.protocol

    @property
    def answer(self) -> str:
        return f"{self.speaker}: {self.text.rstrip()}"
