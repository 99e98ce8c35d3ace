"""What the trace is told when servers exchange zones: copies asked for, sent, fetched, announced.

The road of a change, from the server where it was made to the one that copies it::

    ns.ask.com       ZoneLoaded      serial 2026030202
                     NotifySent      ns2 hears of it                NotifyHeard      ns2.example.com
                     (Answered)                                     SerialAsked      is it newer?
                     ZoneSent        12 records                     ZoneFetched      2026030202
"""

from __future__ import annotations

from dataclasses import dataclass

from labmail.trace import Event, fact, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneSent(Event):
    """A server has handed a zone over. ``asked`` is AXFR or IXFR; ``records`` counts SOA twice."""

    client: str
    zone: str
    asked: str
    serial: int
    records: int
    messages: int
    octets: int
    key: str = ""

    role = "keep"
    component = "dns"
    step = False

    label = "zone"
    question = sentence("{client} asks for a copy of {zone} ({asked}). May it have one?")

    @property
    def answer(self) -> str:
        signed = f", signed with the key {self.key}" if self.key else ""
        if self.records == 1:
            return f"It has the newest: serial {self.serial}{signed}."
        said = "message" if self.messages == 1 else "messages"
        size = f"{self.records} records in {self.messages} {said}, {self.octets} octets"
        return f"Yes{signed}: {size}, serial {self.serial}."

    peer = fact("client")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNotSent(Event):
    """A transfer was not allowed, or has come to nothing; ``reason`` in BIND's words."""

    client: str
    zone: str
    asked: str
    reason: str

    role = "keep"
    component = "dns"
    step = False

    ok = False
    label = "zone"
    question = sentence("{client} asks for a copy of {zone} ({asked}). May it have one?")
    answer = sentence("No: {reason}.")
    peer = fact("client")


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialAsked(Event):
    """A secondary has compared versions with a primary. ``ours`` is None where it has no copy."""

    server: str
    zone: str
    theirs: int
    ours: int | None
    newer: bool

    role = "ask"
    component = "dns"
    step = False

    label = "SOA?"
    question = sentence("Has {server} a newer version of {zone}?")

    @property
    def answer(self) -> str:
        if self.ours is None:
            return f"It has serial {self.theirs}; here is none yet."
        if self.newer:
            return f"Yes: its serial is {self.theirs}, ours {self.ours}."
        if self.theirs == self.ours:
            return f"No: both have serial {self.ours}."
        return f"No: its serial is {self.theirs}, lower than ours, {self.ours}. Ours stays."

    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFetched(Event):
    """A secondary has a new copy. ``before`` is the serial of the old one; ``file`` where it lies.

    ``problem`` says why it could not be written there; it is served all the same.
    """

    server: str
    zone: str
    before: int | None
    serial: int
    records: int
    octets: int
    file: str = ""
    problem: str = ""

    role = "keep"
    component = "dns"
    step = False

    label = "zone"
    question = sentence("Does the copy of {zone} come whole from {server}?")

    @property
    def answer(self) -> str:
        before = "" if self.before is None else f" in place of {self.before}"
        where = f", kept in {self.file}" if self.file else ""
        where = f"; it could not be kept: {self.problem}" if self.problem else where
        return f"Yes: {self.records} records, serial {self.serial}{before}{where}."

    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNotFetched(Event):
    """A primary was asked in vain. ``kept`` is the serial that is served on, if there is one."""

    server: str
    zone: str
    reason: str
    kept: int | None

    role = "keep"
    component = "dns"
    step = False

    ok = False
    label = "zone"
    question = sentence("Can {zone} be compared with {server}, and copied from there?")

    @property
    def answer(self) -> str:
        now = "there is no copy yet" if self.kept is None else f"serial {self.kept} stays"
        return f"No, {now}: {self.reason}."

    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneExpired(Event):
    """No primary has answered for as long as the SOA record allows: the copy counts no more."""

    zone: str
    serial: int
    since: str

    role = "keep"
    component = "dns"
    step = False

    ok = False
    label = "zone"
    question = sentence("May the copy of {zone} still be believed?")
    answer = sentence(
        "No: no primary has confirmed serial {serial} since {since}, longer than its SOA record "
        "allows. All questions about it are answered SERVFAIL."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySent(Event):
    """A server has told another that a zone has changed. ``problem``: it was not taken in."""

    server: str
    zone: str
    serial: int
    problem: str = ""

    role = "keep"
    component = "dns"
    step = False

    @property
    def ok(self) -> bool:
        return not self.problem

    label = "NOTIFY"
    question = sentence("Does {server} hear that {zone} has serial {serial} now?")

    @property
    def answer(self) -> str:
        return f"No: {self.problem}." if self.problem else "Yes."

    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyHeard(Event):
    """A server has been told that a zone has changed. ``taken``: it will look for itself."""

    client: str
    zone: str
    serial: int | None
    taken: bool
    reason: str

    role = "keep"
    component = "dns"
    step = False

    label = "NOTIFY"

    @property
    def question(self) -> str:
        serial = "" if self.serial is None else f", its serial is {self.serial} now"
        return f"{self.client} says that {self.zone} has changed{serial}. What of it?"

    @property
    def answer(self) -> str:
        return f"{self.reason}."

    peer = fact("client")
