"""Exercises of chapter 01, *The anatomy of a message*."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..message import Message, mailboxes, parse_addresses
from . import evidence
from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from labmail.lab import Lab

ANNA, BOB, CAROL = "anna@example.com", "bob@ask.com", "carol@ask.com"
PUZZLES = ("A", "B", "C")
PARTY, INVITATION = "Party", "Friday: at seven"


@exercise(
    "01.1",
    "The wrong name on the sheet",
    hints=(
        "In your letter's story, look at the step that asks who may hand over a letter for whom: "
        "it knows the recipients that the server was told.",
        "Servers read the envelope, and nothing but the envelope. Cc: is a header field too.",
        "Leave the header as it is, with Bob in To:, and replace the recipients of the envelope.",
    ),
)
def wrong_name(lab: Lab, answer: Any) -> Iterator[Claim]:
    """A letter in Anna's mailbox names only Bob in To:, and Bob has no copy of it."""
    hers = lab.user(ANNA).everything
    for_bob = [m for m in hers if _named(m) == [BOB]]
    his = {m.header.get("Message-ID") for m in lab.user(BOB).everything}
    alone = [m for m in for_bob if m.header.get("Message-ID") not in his]
    letter = _latest(lab)
    named = sorted({address for m in hers[-1:] for address in _named(m)})
    yield Claim(
        f"{ANNA} has a letter whose To: names {BOB} and nobody else",
        bool(for_bob),
        f"To: {BOB}, no Cc:",
        f"her newest letter names {', '.join(named)}" if named else "no such letter",
        letter,
    )
    yield Claim(
        f"{BOB} has no copy of it",
        bool(alone),
        "Bob's mailbox without that letter",
        "Bob has it too" if for_bob else "no such letter yet",
        letter,
    )


@exercise(
    "01.2",
    "Predict it: whose mailbox?",
    hints=(
        "lab.story(sent[0]): for which recipients did the server ask whether they may be served?",
        "What stands above the line Header in print(A) is all that a server will ever see.",
        "Cross out the whole header of each letter, To:, Cc:, Bcc:, Resent-To:; what is left?",
    ),
)
def whose_mailbox(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The guess equals where the trace says that each letter was stored."""
    guesses = answer if isinstance(answer, Mapping) else {}
    for name in PUZZLES:
        guess = _addresses(guesses.get(name))
        names = evidence.letters(lab, f"Puzzle {name}")
        stored = {e.recipient for e in lab.trace.find("mta.Stored") if e.letter in names}
        yield Claim(
            f"the guess for letter {name} is where it went",
            bool(stored) and guess == stored,
            "the addresses in whose mailboxes it lies, all of them and no others",
            _compared(guess, stored),
            evidence.last(lab, "mta.AclChecked", names) if guess else None,
        )


@exercise(
    "01.3",
    "Find the fault: the invitation",
    hints=(
        "Look at Bob's copy as it lies in the mailbox; the step “Does the letter lie in the "
        "mailbox” names the file. Where does its header end, and what is in it?",
        "There are two faults. The program that submits takes Bcc: out; an empty line ends the "
        "header.",
        "Change the list of lines, and leave the list of guests as it is: the envelope is right.",
    ),
)
def invitation(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The newest invitation of each guest is whole, and without Bcc."""
    copies = {who: evidence.arrived(lab, who, PARTY)[-1:] for who in (BOB, CAROL)}
    newest = {who: found[0] for who, found in copies.items() if found}
    stored = evidence.latest(lab, "mta.Stored", recipient=BOB)
    yield Claim(
        "both guests have been invited, Carol too",
        len(newest) == len(copies),
        f"a letter with the subject {PARTY} in both mailboxes",
        f"one at {' and '.join(newest) or 'nobody'}",
        stored,
    )
    leaks = [who for who, message in newest.items() if "Bcc" in message.header]
    yield Claim(
        "nobody can read in it who else was invited secretly",
        bool(newest) and not leaks,
        "no Bcc: in the newest copies",
        f"Bcc: in the newest copy of {' and '.join(leaks)}" if leaks else "no invitation yet",
        stored,
    )
    empty = [who for who, message in newest.items() if INVITATION not in message.text]
    yield Claim(
        f"the body says “{INVITATION}”",
        bool(newest) and not empty,
        "the invitation as the body",
        f"another body, or none, at {' and '.join(empty)}" if empty else "no invitation yet",
        stored,
    )


# ── 01.4: the road of a letter ───────────────────────────────────────────────────────────────────

ROADS = {
    "a letter with two hops and other fields between them": """\
Return-path: <ann@a.test>
Received: from mail.a.test ([192.0.2.10]) by mail.b.test with esmtp id 2;
 Mon, 02 Mar 2026 09:10:30 +0000
X-Mood: calm; Mon, 02 Mar 2026 23:59:59 +0000
Received: from desk.a.test ([192.0.2.11]) by mail.a.test with esmtpsa id 1;
 Mon, 02 Mar 2026 09:00:00 +0000
From: ann@a.test
""",
    "fields folded in odd places, and a semicolon in a comment": """\
received:
\tfrom c.test (helo=c; really)
\tby
\tmail.d.test with esmtp id 3
\t;
\tMon, 02 Mar 2026 09:00:59 +0000
RECEIVED: from b.test (b.test [192.0.2.12]; looked up) by c.test; Mon,
 02 Mar 2026 09:00:50 +0000
From: ben@b.test
""",
    "three hosts in three time zones, one of them with a wrong clock": """\
Received: from mx.kyoto.test by mail.lima.test with esmtp id c;
 Mon, 2 Mar 2026 04:00:01 -0500
Received: from mail.oslo.test by mx.kyoto.test with esmtp id b;
 Mon, 2 Mar 2026 18:00:04 +0900
Received: from desk by mail.oslo.test with esmtpsa id a;
 Mon, 2 Mar 2026 10:00:00 +0100
From: ole@oslo.test
""",
    "a letter that nobody has carried yet": """\
Date: Mon, 02 Mar 2026 09:00:00 +0000
From: ann@a.test
""",
}
"""Headers that the student has not seen; each tries one thing."""


@exercise(
    "01.4",
    "Build it: the road of a letter",
    hints=(
        "Compare what you return with the story of a letter: whose step “Is the letter safe?” "
        "came first?",
        "New lines are put on top. A folded field must be unfolded first; names of fields are "
        "the same in capitals.",
        "Turn the list round; take the date behind the last semicolon, with its zone; the delay "
        "is time minus the time before.",
    ),
)
def road(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The student's function agrees with ours on headers that it has not seen."""
    if not callable(answer):
        yield Claim("hops is a function", False, "a function of one text", f"{answer!r}")
        return
    newest = lab.user(BOB).everything[-1:]
    his = [("the newest letter in Bob's mailbox", m.content.decode("latin-1")) for m in newest]
    for what, text in (*his, *ROADS.items()):
        right = [(hop.by, hop.time, hop.delay) for hop in Message(text.encode()).hops()]
        found, broke = evidence.attempt(answer, text)
        yield Claim(
            f"it reads {what}",
            not broke and _same_road(found, right),
            f"{len(right)} tuples (host, time, delay), the oldest first",
            broke or _difference(found, right),
        )


def _same_road(found: Any, right: list[Any]) -> bool:
    try:
        return [tuple(hop) for hop in found] == right
    except TypeError:
        return False


def _difference(found: Any, right: list[Any]) -> str:
    """What is different, in one sentence, without the answer."""
    if not isinstance(found, list | tuple) or not all(
        isinstance(hop, list | tuple) and len(hop) == 3 for hop in found
    ):
        return f"{evidence.shortened(found)}, which is no list of such tuples"
    if len(found) != len(right):
        return f"{len(found)} tuples"
    hosts = [hop[0] for hop in right]
    if [hop[0] for hop in found] != hosts:
        turned = [hop[0] for hop in found] == hosts[::-1]
        return "the newest hop comes first" if turned else f"the hosts {[h[0] for h in found]}"
    if [hop[1] for hop in found] != [hop[1] for hop in right]:
        return f"the times {[hop[1] for hop in found]}"
    return f"the delays {[hop[2] for hop in found]}"


# ── reading letters ──────────────────────────────────────────────────────────────────────────────


def _named(message: Message) -> list[str]:
    """The addresses that To: and Cc: name, in order."""
    found = []
    for field in (*message.header.every("To"), *message.header.every("Cc")):
        found += [str(box.address) for box in mailboxes(parse_addresses(field.value))]
    return found


def _addresses(given: Any) -> set[str]:
    """A guess as a set of addresses, however it was written."""
    items = given.split(",") if isinstance(given, str) else given or ()
    return {str(item).strip().lower() for item in items}


def _compared(guess: set[str], stored: set[str | None]) -> str:
    """How far a guess is right, without the answer."""
    if not stored:
        return "it has not been delivered yet: send the three letters, then check"
    if not guess:
        return "no guess yet"
    places = f"{len(stored)} mailbox{'es' if len(stored) > 1 else ''}"
    return f"{len(guess & stored)} right of your {len(guess)}; it lies in {places}"


def _latest(lab: Lab) -> Any:
    """The step in which the newest letter was offered to a server."""
    return evidence.latest(lab, "mta.AclChecked")
