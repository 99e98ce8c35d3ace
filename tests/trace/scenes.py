"""Three journeys, told by hand: the rooms' events in miniature, to test the views alone.

`ordinary` is the letter that arrives, `host_down` the one that is given up after four days,
`three` the one with three recipients and three fates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from labmail.trace import Chapter, Event, Place, Recorder, Role, Said
from labmail.trace.cast import Actor, Cast

EPOCH = 1772442000.0
ALICE, BOB = "alice@example.com", "bob@ask.com"
MX1, MX2, DNS = "mail.example.com", "mail.ask.com", "ns.example.com"
LETTER = f"{ALICE}/1"
SUBMISSION = "128.10.12.20:49152>128.10.12.4:587"
TRANSFER = "128.10.12.4:49152>128.10.30.2:25"
FETCH = "128.10.30.20:49152>128.10.30.2:110"

CAST = Cast(
    (
        Actor(MX1, "128.10.12.4", "example.com"),
        Actor("www.example.com", "128.10.12.2", "example.com"),
        Actor(DNS, "128.10.12.9", "", "names", "Name server"),
        Actor(MX2, "128.10.30.2", "ask.com"),
        Actor(ALICE, "128.10.12.20", "example.com", "person", "Alice"),
        Actor(BOB, "128.10.30.20", "ask.com", "person", "Bob"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Event):
    """An event whose sentences are given, so that a scene can say anything."""

    says: str = ""
    result: str = ""
    called: str = ""
    part: Chapter = ""
    to: str | None = None
    reasons: tuple[str, ...] = ()
    shown: str = ""
    worked: bool = True
    now: Mapping[str, Place] = field(default_factory=dict)

    question = property(lambda self: self.says)  # type: ignore[assignment]
    answer = property(lambda self: self.result)  # type: ignore[assignment]
    label = property(lambda self: self.called or type(self).__name__)  # type: ignore[assignment]
    chapter = property(lambda self: self.part)  # type: ignore[assignment]
    why = property(lambda self: self.reasons)  # type: ignore[assignment]
    proof = property(lambda self: self.shown)  # type: ignore[assignment]
    peer = property(lambda self: self.to)  # type: ignore[assignment]
    ok = property(lambda self: self.worked)  # type: ignore[assignment]

    def places(self) -> Mapping[str, Place]:
        return self.now


def _kind(name: str, role_: Role, component_: str) -> type[Happened]:
    """A class of event of that role and component."""
    space = {
        "__annotations__": {"role": ClassVar[Role], "component": ClassVar[str]},
        "__module__": __name__,
        "role": role_,
        "component": component_,
    }
    return dataclass(frozen=True, slots=True, kw_only=True)(type(name, (Happened,), space))


LoggedIn = _kind("LoggedIn", "talk", "smtp")
Checked = _kind("Checked", "decide", "acl")
Accepted = _kind("Accepted", "talk", "smtp")
Called = _kind("Called", "talk", "smtp")
Spooled = _kind("Spooled", "keep", "spool")
Routed = _kind("Routed", "decide", "router")
Asked = _kind("Asked", "ask", "dns")
PutOff = _kind("PutOff", "decide", "retry")
GaveUp = _kind("GaveUp", "decide", "retry")
Bounced = _kind("Bounced", "keep", "bounce")
Stored = _kind("Stored", "keep", "store")
Fetched = _kind("Fetched", "talk", "pop3")
Opened = _kind("Opened", "talk", "pop3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed(Happened):
    subject: str = ""

    role: ClassVar[Role] = "person"
    component: ClassVar[str] = "mua"


class Scene:
    """A recorder whose clock is set by hand; the last event is the cause of the next."""

    def __init__(self, recorder: Recorder | None = None) -> None:
        self.now = EPOCH
        self.trace = recorder or Recorder(lambda: self.now)
        self.trace._now = lambda: self.now
        self.last: str | None = None

    def tell(self, kind: type[Event], host: str, at: float | None = None, **fields: Any) -> Event:
        if at is not None:
            self.now = EPOCH + at
        fields.setdefault("letter", LETTER)
        fields.setdefault("cause", self.last)
        event = self.trace.tell(kind, host=host, **fields)
        assert event.name, self.trace.faults
        if event.step:
            self.last = event.name
        return event

    def say(self, host: str, connection: str, *lines: str, protocol: str = "SMTP") -> None:
        for line in lines:
            self.tell(
                Said, host, letter=None, connection=connection, protocol=protocol,
                speaker=line[0], text=line[3:] + "\r\n", masked="****" in line,
            )  # fmt: skip


def moved(host: str, component: str, state: str, *who: str, detail: str = "") -> dict[str, Place]:
    return {one: Place(host, component, state, detail) for one in who or (BOB,)}  # type: ignore[arg-type]


def submitted(s: Scene, *who: str, subject: str = "Lunch on Friday?") -> str:
    """Alice writes and submits; the letter lies in the spool. Returns the name of that event."""
    who = who or (BOB,)
    s.tell(
        Composed, ALICE, 0, subject=subject, called="write", part="send",
        says=f"Alice writes a letter to {', '.join(who)}",
        now=moved(ALICE, "mua", "under way", *who),
        result="A header and a body, still on her own machine; no envelope yet.",
    )  # fmt: skip
    s.say(MX1, SUBMISSION, "S: 220 mail.example.com ESMTP", "C: EHLO pc.example.com", "S: 250 AUTH")
    s.say(MX1, SUBMISSION, "C: AUTH PLAIN ****")
    s.tell(
        LoggedIn, MX1, 0.02, connection=SUBMISSION, to=ALICE, called="AUTH", part="send",
        says="Alice's mail program calls mail.example.com and proves who she is",
        result="Yes, it is Alice: AUTH succeeded, inside TLS.",
    )  # fmt: skip
    s.say(MX1, SUBMISSION, "S: 235 2.7.0 Authentication succeeded")
    s.say(MX1, SUBMISSION, f"C: MAIL FROM:<{ALICE}>", "S: 250 OK")
    for one in who:
        s.say(MX1, SUBMISSION, f"C: RCPT TO:<{one}>")
        s.tell(
            Checked, MX1, 0.03, connection=SUBMISSION, recipient=one, called="ACL", part="send",
            says=f"May Alice send to {one} through this server?",
            result="Accepted: she is authenticated.", shown="30_lab:8",
        )  # fmt: skip
        s.say(MX1, SUBMISSION, "S: 250 Accepted")
    s.say(MX1, SUBMISSION, "C: DATA", "S: 354 Enter message")
    s.say(MX1, SUBMISSION, f"C: Subject: {subject}\r\n\r\nNoon?\r\n.")
    s.tell(
        Accepted, MX1, 0.05, connection=SUBMISSION, to=ALICE, called="DATA", part="send",
        says="The letter crosses to mail.example.com", now=moved(MX1, "spool", "under way", *who),
        result="“250 OK”: from now on mail.example.com is responsible for it.",
    )  # fmt: skip
    spooled = s.tell(
        Spooled, MX1, called="spool", part="send", says="The letter is safe on disk in the queue",
        result="Two files, on disk before “250” was said.",
        now=moved(MX1, "spool", "under way", *who),
    )  # fmt: skip
    s.say(MX1, SUBMISSION, "S: 250 OK id=1vN0aB-00000001Qxy-2mPd", "C: QUIT", "S: 221 bye")
    return spooled.name


def routed(s: Scene, who: str, at: float = 0.06, **fields: Any) -> Event:
    return s.tell(
        Routed, MX1, at, recipient=who, called="router", part="route", shown="200_lab:23",
        says=f"Which router takes {who}?", reasons=("system_aliases declined: not a local domain",),
        result=f"dnslookup: {who.partition('@')[2]} is not one of our own domains.", **fields,
    )  # fmt: skip


def asked(s: Scene, who: str, at: float = 0.07, **fields: Any) -> Event:
    domain = who.partition("@")[2]
    return s.tell(
        Asked, MX1, at, recipient=who, to=DNS, called="MX?", part="route", connection="dns/1",
        says=f"mail.example.com asks the name server: who takes mail for {domain}?",
        result=f"mail.{domain} (preference 10), and it lives at 128.10.30.2.", **fields,
    )  # fmt: skip


def delivered(s: Scene, who: str = BOB, *, refused: str = "") -> None:
    """The transfer to mail.ask.com, and Bob's mailbox."""
    s.say(MX2, TRANSFER, "S: 220 mail.ask.com ESMTP", "C: EHLO mail.example.com", "S: 250 Hello")
    s.tell(
        Called, MX1, 0.09, connection=TRANSFER, to=MX2, called="RCPT", part="take",
        says="mail.example.com calls mail.ask.com: I have a letter for Bob",
        result="The envelope goes first: sender, recipient.",
    )  # fmt: skip
    for one in filter(None, (who, refused)):
        s.say(MX2, TRANSFER, f"C: RCPT TO:<{one}>")
        good = one != refused
        s.tell(
            Checked, MX2, 0.10, connection=TRANSFER, recipient=one, called="ACL", part="take",
            says=f"Does mail.ask.com want a letter for {one}?", worked=good,
            result="Accepted: ask.com is its own domain." if good else "550 unknown user",
        )  # fmt: skip
        s.say(MX2, TRANSFER, "S: 250 Accepted" if good else "S: 550 5.1.1 unknown user")
    s.say(MX2, TRANSFER, "C: DATA", "S: 354 Enter message", "C: Noon?\r\n.")
    s.tell(
        Accepted, MX2, 0.14, connection=TRANSFER, to=MX1, called="DATA", part="take",
        says="The letter crosses to ask.com", now=moved(MX2, "spool", "under way", who),
        result="“250 OK”: now mail.ask.com is responsible; mail.example.com may forget it.",
    )  # fmt: skip
    s.tell(
        Spooled, MX2, called="spool", part="take", says="It is safe on disk in ask.com's queue",
        result="A new name: it is a new host's letter now.",
        now=moved(MX2, "spool", "under way", who),
    )  # fmt: skip
    s.say(MX2, TRANSFER, "S: 250 OK id=1vN0aC-00000000Tk4-0fRa")
    s.tell(
        Routed, MX2, 0.15, recipient=who, called="router", part="take",
        says=f"Which router takes {who} here?",
        result="local_user: Bob has an account on this host.",
    )  # fmt: skip
    s.tell(
        Stored, MX2, 0.2, recipient=who, called="Maildir", part="take",
        says="The letter is put into Bob's mailbox", now=moved(MX2, "store", "delivered", who),
        result="A Maildir: one new file under new/.", shown="new/1772442000.M142P7.mail.ask.com",
    )  # fmt: skip


def fetched(s: Scene, who: str, host: str, at: float, letter: str = LETTER, **fields: Any) -> None:
    """A person logs in and fetches: a new cause, since nobody made her do it."""
    connection = FETCH if who == BOB else f"{FETCH}/{who}"
    s.say(host, connection, "S: +OK POP3 ready", "C: USER bob", "S: +OK", protocol="POP3")
    s.tell(
        Opened, host, at, letter=None, cause=None, connection=connection, to=who, called="POP3",
        part="fetch", says="Bob's mail program logs in with POP3", result="One letter is waiting.",
    )  # fmt: skip
    s.say(host, connection, "C: RETR 1", protocol="POP3")
    s.tell(
        Fetched, host, at, letter=letter, connection=connection, to=who, called="RETR",
        **({"part": "fetch", "now": moved(who, "mua", "fetched", who)} | fields),
        says="Bob fetches the letter", result="And asks the server to delete its copy.",
    )  # fmt: skip
    s.say(host, connection, "S: +OK 1631 octets", "C: QUIT", "S: +OK bye", protocol="POP3")


def bounced(s: Scene, who: str, at: float, told_at: float) -> None:
    letter = f"{MX1}/1vOU3k-00000002Lm0-1cDe"
    s.tell(
        Bounced, MX1, at, letter=letter, called="bounce", part="return",
        says="mail.example.com writes a new letter to Alice: the bounce",
        result="Envelope sender <>: a bounce must never cause another bounce.",
        now=moved(MX1, "store", "delivered", ALICE),
    )  # fmt: skip
    s.say(MX1, f"{FETCH}/alice", "S: +OK POP3 ready", "C: RETR 1", protocol="POP3")
    s.tell(
        Fetched, MX1, told_at, letter=letter, connection=f"{FETCH}/alice", to=ALICE, called="POP3",
        part="return", says="Alice fetches the bounce", cause=None,
        result="“Mail delivery failed: retry timeout exceeded”.",
        now=moved(ALICE, "mua", "fetched", ALICE),
    )  # fmt: skip
    s.say(MX1, f"{FETCH}/alice", "S: +OK 2210 octets", protocol="POP3")


def ordinary(recorder: Recorder | None = None, **subject: str) -> Recorder:
    s = Scene(recorder)
    submitted(s, **subject)
    routed(s, BOB)
    asked(s, BOB)
    delivered(s)
    fetched(s, BOB, MX2, 120)
    return s.trace


def attempt(s: Scene, at: float, who: str = BOB, peer: str = MX2, nth: int = 1) -> None:
    """A call that nobody answers, and the decision when to call again."""
    s.tell(
        Called, MX1, at, recipient=who, to=peer, called=f"try {nth}", part="route", worked=False,
        says=f"mail.example.com calls {peer}, and nobody answers",
        result="A timeout is a temporary fault: the letter stays in the queue, deferred.",
    )  # fmt: skip


def put_off(s: Scene, at: float, pause: str, who: str = BOB) -> None:
    s.tell(
        PutOff, MX1, at, recipient=who, called="retry", part="route", shown="30_lab:2",
        says="When shall it be tried again?", result=f"In {pause}: so says the retry rule.",
        now=moved(MX1, "spool", "deferred", who, detail=f"next try in {pause}"),
    )  # fmt: skip


def host_down() -> Recorder:
    """F,2h,15m; G,16h,1h,1.5; F,4d,6h: 28 tries, and then the letter comes back."""
    s = Scene()
    submitted(s)
    routed(s, BOB)
    asked(s, BOB)
    pauses = [900.0] * 8 + [3600 * 1.5**k for k in range(6)] + [21600.0] * 13
    at = 0.1
    for nth, pause in enumerate(pauses, 1):
        attempt(s, at, nth=nth)
        put_off(s, at + 127, f"{pause / 60:.0f} minutes")
        at += pause
    attempt(s, at, nth=28)
    s.tell(
        GaveUp, MX1, at + 127, recipient=BOB, called="give up", part="return", worked=False,
        says="Is there any try left?", result="No: the rule ends at four days.",
        now=moved(MX1, "spool", "bounced", BOB),
    )  # fmt: skip
    bounced(s, BOB, at + 127, at + 3700)
    return s.trace


def three() -> Recorder:
    bbo, carol = "bbo@ask.com", "carol@late.example"
    s = Scene()
    spooled = submitted(s, BOB, bbo, carol)
    roads = [routed(s, who, cause=spooled) for who in (BOB, bbo, carol)]
    first = asked(s, BOB, cause=roads[0].name)
    asked(s, bbo, cause=roads[1].name)
    late = asked(s, carol, cause=roads[2].name)
    s.last = first.name
    delivered(s, BOB, refused=bbo)
    refusal = s.trace.find(Checked, recipient=bbo, host=MX2)[0]
    s.last = refusal.name
    s.tell(
        GaveUp, MX1, 0.2, recipient=bbo, called="failed", part="return", worked=False,
        says="Shall bbo@ask.com be tried again?", result="No: 550 is permanent.",
        now=moved(MX1, "spool", "bounced", bbo),
    )  # fmt: skip
    bounced(s, bbo, 0.21, 60)
    s.last = late.name
    attempt(s, 0.1, carol, "mail.late.example")
    put_off(s, 0.1, "15 minutes", carol)
    return s.trace


SCENES: dict[str, Callable[[], Recorder]] = {
    "ordinary": ordinary,
    "host_down": host_down,
    "three": three,
}
