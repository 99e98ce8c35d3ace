"""Exercises of chapter 03, *Speaking SMTP*: the client. `serving_smtp` has the other side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
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
