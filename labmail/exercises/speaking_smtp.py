"""Exercises of chapter 03, *Speaking SMTP*."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
from ..smtp.dialogue import END_OF_CONTENT, State, next_state
from ..smtp.replies import Reply
from ..world import Chance
from . import evidence
from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from ..message import Message

HOST, BOB = "mail.ask.com", "bob@ask.com"


@exercise(
    "03.1",
    "Three recipients",
    hints=(
        "In the transcript, look at the reply to each RCPT: the lines with # say what was decided.",
        "Each recipient is answered for itself. A transaction with one good recipient goes on.",
        "After the 550 go on with the third RCPT, then DATA, the letter, and the dot.",
    ),
)
def three_recipients(lab: Lab, answer: Any) -> Iterator[Claim]:
    """A letter that came by hand had three RCPTs, a no to the second, and lies in two mailboxes."""
    tried = _by_hand(lab)
    right = [name for name, answers in tried.items() if answers == [True, False, True]]
    name = right[-1] if right else next(reversed(tried), None)
    asked = evidence.last(lab, "mta.AclChecked", [name or ""])
    yield Claim(
        "three recipients were named for one letter, and the second was refused",
        bool(right),
        "yes, no, yes",
        ", ".join("yes" if yes else "no" for yes in tried[name]) if name else "no letter by hand",
        asked,
    )
    taken = evidence.last(lab, "smtp.ContentTaken", right, host=HOST)
    yield Claim(
        "the letter was handed over all the same",
        taken is not None,
        "the content, up to the dot",
        "the conversation stopped before it" if right else "no such letter yet",
        taken or asked,
    )
    stored = {e.recipient for e in lab.trace.find("mta.Stored") if e.letter in right}
    yield Claim("it lies in two mailboxes", len(stored) == 2, "2", str(len(stored)), taken or asked)


def _by_hand(lab: Lab) -> dict[str, list[bool]]:
    """For each letter that no mail program wrote: whether each RCPT was accepted, in order."""
    written = {event.letter for event in lab.trace.find("mua.Composed")}
    tried: dict[str, list[bool]] = {}
    for event in lab.trace.find("mta.AclChecked", host=HOST, command="RCPT"):
        if event.letter and event.letter not in written:
            tried.setdefault(event.letter, []).append(event.accepted)
    return tried


# ── 03.2: eight conversations ────────────────────────────────────────────────────────────────────

SESSIONS = """\
A  HELO x | MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | DATA | Hi | .
B  EHLO x | MAIL FROM:<me@x> | RCPT TO:<nemo@ask.com> | DATA | Hi | .
C  EHLO x | MAIL FROM:<me@x> | RCPT TO:<nemo@ask.com> | RCPT TO:<bob@ask.com> | DATA | Hi | .
D  MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | DATA | Hi | .
E  EHLO x | MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | RSET | DATA | Hi | .
F  EHLO x | MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | EHLO x | DATA | Hi | .
G  EHLO x | MAIL FROM:<> | RCPT TO:<bob@ask.com> | DATA | Hi | .
H  EHLO x | MAIL FROM:<me@x> | MAIL FROM:<you@x> | RCPT TO:<bob@ask.com> | DATA | Hi | .
"""
"""What the chapter shows: a letter, and the lines of the client between bars."""


@cache
def _accepted() -> frozenset[str]:
    """The sessions that end with 250 behind the dot, as the server itself answers them.

    They are played in a town of their own, so that the student's mailboxes stay as they are.
    """
    with Lab(replace(load_town("two_companies"), name="03.2")) as town:
        played = {
            line[0]: town.talk(HOST, "smtp").say(line[3:].replace(" | ", "\n")).code
            for line in SESSIONS.splitlines()
        }
    return frozenset(name for name, code in played.items() if code == 250)


@exercise(
    "03.2",
    "Predict it: eight conversations",
    hints=(
        "Play one, lab.talk(…).say(…), and find the first reply that begins with 4 or 5.",
        "A refused command changes nothing: the transaction lives on without it. DATA needs a "
        "sender and one good recipient.",
        "Which commands forget the envelope? See where they lead in the diagram.",
    ),
)
def eight_conversations(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The guess names the sessions that the real server accepts, and no others."""
    names = [line[0] for line in SESSIONS.splitlines()]
    guess = _named(answer) & set(names)
    right = _accepted()
    yield Claim(
        "you have made a guess",
        bool(guess),
        f"letters from {names[0]} to {names[-1]}",
        repr(answer),
    )
    missed, wrong = right - guess, guess - right
    yield Claim(
        "each conversation that you named ends with 250",
        bool(guess) and not wrong,
        "250 behind each dot",
        f"{len(wrong)} of your {len(guess)} end otherwise" if guess else "no guess yet",
    )
    yield Claim(
        "no other one does",
        bool(guess) and not missed,
        "all of those that end with 250",
        f"{len(missed)} more end with 250" if guess else "no guess yet",
    )


def _named(answer: Any) -> set[str]:
    """The letters of a guess: ``"AC"``, ``["A", "C"]``, ``{"A": True, "B": False, "C": True}``."""
    if isinstance(answer, Mapping):
        answer = [name for name, yes in answer.items() if yes]
    return set("".join(map(str, answer)).upper()) if isinstance(answer, Iterable) else set()


# ── 03.3: dots ───────────────────────────────────────────────────────────────────────────────────

SUBJECT = "Files"
TEXT = """Bob, the files that I always forget are
.signature
.forward
.
(the last one is the folder itself, and the next)
..
(is the one above it.) They end with a dot each.
Alice"""


@exercise(
    "03.3",
    "Find the fault: lost lines",
    hints=(
        "In the transcript, which reply came in the middle of the letter? After which line?",
        "A line of the letter that begins with a dot looks like the end, or loses its dot "
        "(RFC 5321 §4.5.2).",
        "Double the first dot of each line that begins with one; not the dots at line ends, and "
        "not the last line, which is meant.",
    ),
)
def lost_lines(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The newest letter about files has come with every line, byte for byte."""
    newest = evidence.arrived(lab, BOB, SUBJECT)[-1:]
    taken = evidence.latest(lab, "smtp.ContentTaken", host=HOST)
    yield Claim(f"{BOB} has the letter “{SUBJECT}”", bool(newest), "one", str(len(newest)), taken)
    wanted, found = TEXT.split("\n"), _lines(newest[0]) if newest else []
    yield Claim(
        "it has as many lines as the text",
        len(found) == len(wanted),
        str(len(wanted)),
        str(len(found)),
        taken,
    )
    yield Claim(
        "every line is what it was, byte for byte",
        found == wanted,
        "the text as it is",
        _first_difference(found, wanted),
        taken,
    )


def _lines(message: Message) -> list[str]:
    return bytes(message.body).decode("latin-1").removesuffix("\r\n").split("\r\n")


def _first_difference(found: Sequence[str], wanted: Sequence[str]) -> str:
    for number, (line, right) in enumerate(zip(found, wanted, strict=False), 1):
        if line != right:
            return f"line {number} has become {evidence.shortened(line)}"
    return f"it ends after line {len(found)}" if found else "no letter yet"


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
