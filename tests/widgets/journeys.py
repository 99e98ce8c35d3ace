"""Journeys to look at: real letters of a real lab, and long ones told by hand.

Each is a story and the recorder that it comes from; the lab is closed again, the story stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from labmail.lab import Lab
from labmail.trace import Place, Recorder, Said, Story
from tests.trace.scenes import ALICE, BOB, CAST, EPOCH, LETTER, MX1, MX2, Happened

Told = tuple[Story, Recorder]

HOSTILE = (
    '</script><script>document.title="taken"</script><img src=x onerror="document.title=1">\x1b[2J'
)


def _told(send: Callable[[Lab], object]) -> Told:
    with Lab("two_companies") as lab:
        return lab.story(send(lab)), lab.trace


@cache
def ordinary() -> Told:
    """It arrives, and is fetched two minutes later."""

    def send(lab: Lab) -> object:
        letter = lab.user(ALICE).send(to=BOB, subject="Lunch on Friday?", text="At noon?\n")
        lab.clock.advance("2m")
        lab.user(BOB).fetch()
        return letter

    return _told(send)


@cache
def host_down() -> Told:
    """mail.ask.com is switched off for five days; Alice fetches the bounce."""

    def send(lab: Lab) -> object:
        lab.down(MX2)
        letter = lab.user(ALICE).send(to=BOB, subject="Lunch on Friday?", text="At noon?\n")
        lab.clock.advance("5d")
        lab.user(ALICE).fetch()
        return letter

    return _told(send)


@cache
def five() -> Told:
    """Five recipients: two hosts, two stores, an unknown user and an unknown domain."""
    people = [BOB, "bbo@ask.com", "carol@ask.com", "bob@example.com", "x@nowhere.example"]
    return _told(lambda lab: lab.user(ALICE).send(to=people, subject="Lunch?", text="At noon?\n"))


@cache
def twenty() -> Told:
    """Twenty recipients: two whom mail.ask.com has, and eighteen whom it does not know."""
    people = [BOB, "carol@ask.com", *(f"person{number}@ask.com" for number in range(18))]
    return _told(lambda lab: lab.user(ALICE).send(to=people, subject="All hands", text="\n"))


@cache
def mended() -> Told:
    """mail.ask.com is away while the letter is sent, and there again at the second try."""

    def send(lab: Lab) -> object:
        with lab.faults.down(MX2):
            letter = lab.user(ALICE).send(to=BOB, subject="Lunch?", text="At noon?\n")
        lab.clock.advance("20m")
        return letter

    return _told(send)


@cache
def unknown() -> Told:
    """A slip of the pen: mail.ask.com refuses the recipient."""
    return _told(lambda lab: lab.user(ALICE).send(to="bbo@ask.com", subject="Dinner?", text="\n"))


@cache
def hostile() -> Told:
    """What a stranger may write, and a page must not do."""
    text = f"{HOSTILE}\n.\n<b>bold</b>\n"
    return _told(lambda lab: lab.user(ALICE).send(to=BOB, subject=HOSTILE[:-4], text=text))


class Crossed(Happened):
    role = "talk"
    component = "smtp"


class Kept(Happened):
    role = "keep"
    component = "spool"


class Decided(Happened):
    role = "decide"
    component = "router"


class Wrote(Happened):
    role = "person"
    component = "mua"


def loop(hops: int, lines: int = 0) -> Told:
    """A letter that two hosts hand to each other ``hops`` times, with ``lines`` of talk each."""
    now = [EPOCH]
    trace = Recorder(lambda: now[0])
    cause, before = "", ALICE

    def tell(kind: type[Happened], host: str, **fields: object) -> str:
        now[0] += 0.01
        return trace.tell(kind, host=host, letter=LETTER, cause=cause, **fields).name

    first = {BOB: Place(ALICE, "mua", "under way")}
    cause = tell(Wrote, ALICE, called="write", part="send", says="What does she write?", now=first)
    for hop in range(hops):
        host, part = (MX1, MX2)[hop % 2], "take" if hop else "send"
        wire = f"10.0.{hop // 250}.{hop % 250}:49152>128.10.12.4:25"
        says = f"Does the letter cross to {host}, hop {hop}?"
        cause = tell(Crossed, host, to=before, called="DATA", part=part, says=says, connection=wire)
        for line in range(lines):
            who, text = ("C", "NOOP\r\n") if line % 2 == 0 else ("S", "250 OK\r\n")
            fields = {"letter": LETTER, "connection": wire, "cause": cause}
            trace.tell(Said, host=host, protocol="SMTP", speaker=who, text=text, **fields)
        here = {BOB: Place(host, "spool", "under way", str(hop))}
        cause = tell(Kept, host, called="spool", part=part, says="Is it safe?", now=here)
        cause = tell(Decided, host, called="router", part="route", says="Where to?", reasons=("x",))
        before = host
    return trace.story(LETTER, CAST), trace
