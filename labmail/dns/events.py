"""What the name server and the resolver tell the trace, each event with its own sentence.

A mail system asks DNS one thing about each domain that it sends to, and that is one step of a
letter's journey: `MxLookup`. The questions and answers that it took are its proof: `DnsSaid`, lines
of dialogue from the asker's side, and `NoAnswer`. What a server knows of it is `Answered`, also for
programs that come from outside, such as `dig`. `ZoneLoaded` and `ZoneRefused` tell of its zones.

    C: ask.com.  IN  MX ?
    S: ask.com.  3600  IN  MX  10 mail.ask.com.
    MX?  Which hosts take mail for ask.com?  mail.ask.com [128.10.30.2], preference 10.
"""

from __future__ import annotations

from dataclasses import dataclass

from labmail.trace import Event, Said, fact, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSaid(Said):
    """A question or an answer as `dig` would show it, told by the asker.

    ``server`` is the address asked, ``transport`` UDP or TCP, and ``octets`` the message as it went
    over the wire, in hexadecimal.
    """

    protocol: str = "DNS"
    server: str
    transport: str = "UDP"
    octets: str = ""

    component = "dns"
    role = "ask"

    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer(Event):
    """A name server did not answer, or not what was asked."""

    server: str
    asked: str
    problem: str

    role = "ask"
    component = "dns"
    step = False

    ok = False
    label = "DNS"
    question = sentence("What does the name server {server} answer? ({asked})")
    answer = sentence("{problem}.")
    peer = fact("server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Event):
    """A question to DNS has been answered: ``records`` in presentation form, or none."""

    asked: str
    rdtype: str
    status: str
    records: tuple[str, ...] = ()
    server: str = ""
    reason: str = ""

    role = "ask"
    component = "dns"
    step = False

    @property
    def ok(self) -> bool:
        return self.status != "failed"

    label = sentence("{rdtype}?")
    question = sentence("Which {rdtype} records has {asked}?")

    @property
    def answer(self) -> str:
        if not self.records:
            return f"{self.reason}."
        return f"{', '.join(self.records)}; {self.server} said so."

    @property
    def peer(self) -> str | None:
        return self.server or None


@dataclass(frozen=True, slots=True, kw_only=True)
class MxLookup(Event):
    """Which hosts take mail for ``domain``: a step of the journey.

    ``status`` is that of `MailHosts`; ``hosts`` has name, preference and addresses of each, the
    best first; ``reasons`` tells what was considered.
    """

    domain: str
    status: str
    hosts: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    server: str = ""
    summary: str = ""
    reasons: tuple[str, ...] = ()

    role = "ask"
    component = "dns"

    @property
    def ok(self) -> bool:
        return bool(self.hosts)

    chapter = "route"
    label = "MX?"
    question = sentence("Which hosts take mail for {domain}?")

    @property
    def answer(self) -> str:
        said = f"; {self.server} said so" if self.server else ""
        return f"{self.summary}{said}."

    why = fact("reasons")

    @property
    def peer(self) -> str | None:
        return self.server or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """A name server has answered a query; told by the server.

    ``asked`` and ``told`` are the messages in words, ``query`` and ``reply`` in hexadecimal.
    """

    client: str
    transport: str
    asked: str
    status: str
    told: str
    query: str = ""
    reply: str = ""

    role = "ask"
    component = "dns"
    step = False

    label = "DNS"
    question = sentence("{client} asks over {transport}: {asked}")
    answer = fact("told")
    peer = fact("client")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored(Event):
    """Something came in at a name server that is no query: dropped, or answered with an error."""

    client: str
    transport: str
    reason: str

    role = "ask"
    component = "dns"
    step = False

    label = "DNS"
    answer = sentence("Not taken from {client} over {transport}: {reason}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLoaded(Event):
    """A name server serves a zone from its file."""

    zone: str
    serial: int
    records: int
    file: str

    role = "keep"
    component = "dns"
    step = False

    label = "zone"
    question = sentence("Does the zone {zone} load?")
    answer = sentence("Yes: {records} records from {file}, serial {serial}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRefused(Event):
    """A zone has errors (``zone`` empty: the configuration). ``kept``: the old one serves on."""

    zone: str
    kept: bool
    problems: tuple[str, ...]

    role = "keep"
    component = "dns"
    step = False

    ok = False
    label = "zone"

    @property
    def question(self) -> str:
        what = f"the zone {self.zone}" if self.zone else "the configuration"
        return f"Does {what} load?"

    @property
    def answer(self) -> str:
        now = "what was loaded before stays" if self.kept else "it is not served"
        return f"No, {now}: {self.problems[0]}"

    why = fact("problems")
