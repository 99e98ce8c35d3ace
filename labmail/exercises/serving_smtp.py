"""Exercises of chapter 03 in which the student is the server: a class that decides, and by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..lab import Lab
from ..smtp.dialogue import END_OF_CONTENT, State, next_state
from ..smtp.replies import Reply
from ..world import Chance
from . import evidence
from .claim import Claim
from .exercise import exercise

HOST = "mail.ask.com"

# ── 03.4: a server ───────────────────────────────────────────────────────────────────────────────

LINES = {
    "HELO": "HELO client.test",
    "MAIL": "MAIL FROM:<ann@a.test>",
    "RCPT": "RCPT TO:<ben@b.test>",
    "TEXT": "a line of the letter",
    "QUITE": "QUITE an unknown command",
}
"""What is said for a step of a conversation; other steps are said as they are."""

CODES = {"DATA": 354, "QUIT": 221}
"""What a yes is, where it is not 250."""

ORDERS = {
    "takes an ordinary letter": "HELO MAIL RCPT RCPT DATA TEXT . QUIT",
    "takes two letters in one conversation": (
        "HELO MAIL RCPT DATA TEXT . MAIL RCPT DATA TEXT . QUIT"
    ),
    "answers 503 where the order is wrong": (
        "MAIL HELO RCPT DATA MAIL DATA MAIL RCPT RCPT DATA TEXT ."
    ),
    "takes lines of the letter for text, whatever they say": (
        "HELO MAIL RCPT DATA QUIT DATA RSET .. TEXT . NOOP QUIT"
    ),
    "forgets the letter at RSET, but not the greeting": (
        "RSET MAIL HELO MAIL RCPT RSET DATA RCPT MAIL RCPT RSET RSET MAIL RCPT DATA TEXT . QUIT"
    ),
    "answers 500 to what is no command, and goes on": (
        "QUITE HELO QUITE MAIL QUITE RCPT DATA TEXT ."
    ),
    "does not mind small letters": "helo mail rcpt data TEXT . noop quit",
}
"""What a server must do, and a conversation that shows it."""

WALKS, STEPS = 100, 14
VERBS = ("HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUITE", ".", "TEXT")


@exercise(
    "03.4",
    "Build it: the half of a server that decides",
    hints=(
        "Compare with the real one: say the same lines with lab.talk(…), and look at talk.state "
        "after each.",
        "Write the states in a table: start, greeted, sender, recipients, content. Each verb has "
        "a set of states in which it may come.",
        "RSET goes back to greeted, not to start; in content every line is text until the dot.",
    ),
)
def server(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The student's server answers as the table of our own does, in given and in hidden orders."""
    if not callable(answer):
        yield Claim("Server is a class", False, "a class with a method hear", repr(answer))
        return
    for what, order in ORDERS.items():
        difference = _difference(answer, order.split())
        yield Claim(f"it {what}", not difference, "the codes of the real server", difference)
    walk = Chance().random("03.4")
    walks = [["HELO", *walk.choices(VERBS, k=STEPS)] for _ in range(WALKS)]
    found = next(filter(None, (_difference(answer, steps) for steps in walks)), "")
    yield Claim(
        f"it keeps the order in {WALKS} conversations that you have not seen",
        not found,
        "the codes of the real server",
        found,
    )


def _difference(make: Callable[[], Any], steps: Sequence[str]) -> str:
    """Where a new server of the student's first answers otherwise than ours; "" if nowhere."""
    server, broke = evidence.attempt(make)
    right = _answers(steps)
    for number, (step, code) in enumerate(zip(steps, right, strict=False)):
        line = LINES.get(step.upper(), step)
        line = line.lower() if step.islower() else line
        said, broke = ("", broke) if broke else evidence.attempt(_hear, server, line)
        if broke or _code(said) != code:
            before = ", ".join(steps[max(0, number - 5) : number]) or "nothing"
            heard = broke or evidence.shortened(said)
            return f"after {before}: {heard} to {line!r}"
    return ""


def _hear(server: Any, line: str) -> Any:
    return server.hear(line)


def _code(said: Any) -> str:
    return str(said or "")[:3]


def _answers(steps: Sequence[str]) -> list[str]:
    """The codes that the table in smtp/dialogue.py gives, "" for a line of the letter."""
    state, codes = State.CONNECTED, list[str]()
    for step in steps:
        verb = step.upper()
        if state is State.CONTENT and verb != END_OF_CONTENT:
            codes.append("")
            continue
        if verb in ("TEXT", "QUITE") or (verb == END_OF_CONTENT and state is not State.CONTENT):
            codes.append("500")
            continue
        there = next_state(state, verb)
        if isinstance(there, Reply):
            codes.append(str(there.code))
        else:
            state = there
            codes.append(str(CODES.get(verb, 250)))
    return codes


# ── 03.5: being the server ───────────────────────────────────────────────────────────────────────

CLIENT = "mail.example.com"
REFUSAL, CROSSED = "SMTP error from remote mail server", "end of data"
"""How the client's log says that it was answered with a 5, and at which point it was put off."""


@exercise(
    "03.5",
    "Be the server",
    hints=(
        "desk.prospects foretells what the client will make of each answer; the story of the "
        "letter tells what it made of yours, in the step “When is … tried again?”.",
        "Only the first digit matters to the client: 4 and it keeps the letter, 5 and it gives "
        "the letter back. No answer at all is like a 4.",
        "For the first, say a 5 to RCPT. For the second, say yes until the letter and its dot are "
        "here, and then no yes.",
    ),
)
def be_the_server(lab: Lab, answer: Any) -> Iterator[Claim]:
    """A person's answers made the client return one letter, and keep another that had crossed."""
    yours = _answered_by_hand(lab)
    given_up = [e for e in _told(lab, "mta.GivenUp", yours) if REFUSAL in e.problem]
    returned = {e.letter for e in given_up}
    told = [e for e in lab.trace.find("mta.Bounced", host=CLIENT) if e.letter in returned]
    last = evidence.latest(lab, "smtp.Offered", host=CLIENT)
    yield Claim(
        "a letter came back to Alice, because you said so",
        bool(told),
        f"a 5 from {HOST}, and a bounce",
        "given up, but nobody was told" if returned else "no letter was given up",
        given_up[-1] if given_up else last,
    )
    put_off = _told(lab, "mta.PutOff", yours)
    crossed = [e for e in put_off if CROSSED in e.problem]
    yield Claim(
        "a letter crossed to you whole, and is kept by the one who sent it",
        bool(crossed),
        "everything up to the dot, and no yes behind it",
        f"put off: {put_off[-1].problem}" if put_off else "no letter was put off",
        put_off[-1] if put_off else last,
    )


def _answered_by_hand(lab: Lab) -> set[str | None]:
    """The letters about which somebody spoke for the host whose own server had stepped aside."""
    its_own = {event.connection for event in lab.trace.find("smtp.Connected", host=HOST)}
    said = lab.trace.find("trace.Said", host=HOST, protocol="SMTP")
    return {event.letter for event in said if event.connection not in its_own}


def _told(lab: Lab, kind: str, letters: set[str | None]) -> list[Any]:
    return [e for e in lab.trace.find(kind, host=CLIENT) if e.letter in letters]
