"""Exercises of chapter 12, *The queue*, in which letters have to be moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labmail.exim.drive import drive
from labmail.exim.retrying import ANY, Case, find_rule

from ..lab import Lab
from ..lab.explaining.expanding import context_of
from . import evidence
from .answers import HOST, begun
from .claim import Claim
from .exercise import exercise
from .jams import ALICE, ANNA, BOB, CAROL, GOOD, JAM, JAMMED, MONDAY, PRIZE, SALARIES
from .patience import fresh

if TYPE_CHECKING:
    from labmail.trace import Event

# ── 12.1: twenty letters ─────────────────────────────────────────────────────────────────────────


@exercise(
    "12.1",
    "Do it: twenty letters",
    hints=(
        "Select first, look, count, and only then act. What selects by sender? And where does a "
        "letter that waits have its Subject?",
        "Three fates: gone with nobody told, back to the author with a report, delivered. Which "
        "command has which? And which round takes frozen letters along?",
        "remove() for every row of the queue whose sender is Anna; give_up() for the one whose -H "
        "file has “Subject: Salaries”; then run_queue(frozen=True) for all that are left.",
    ),
)
def twenty_letters(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Each of the three kinds has met its fate."""
    yield begun(lab, MONDAY, 'begin("12.1")')
    won = sum(len(evidence.arrived(lab, each, PRIZE)) for each in (BOB, CAROL))
    yield Claim("no advertisement has arrived", not won, "none", f"{won} arrived")
    told = _told(lab, ANNA)
    yield Claim(
        "nobody was told of them",
        not told,
        "no report to Anna: what is given up makes one, what is removed does not",
        f"{len(told)} of her letters were given up",
        told[-1] if told else None,
    )
    yield from _salaries(lab)
    here = Counter(
        (to, letter.subject) for to in (BOB, CAROL) for letter in lab.user(to).everything
    )
    missing = [subject for _, to, subject in GOOD if here[to, subject] != 1]
    yield Claim(
        f"all {len(GOOD)} others have reached their people, once each",
        not missing,
        "every letter that is not Anna's, but for “Salaries”, frozen or not",
        f"{len(GOOD) - len(missing)} have; “{missing[0]}” has not" if missing else "",
        evidence.last(lab, "mta.ByHand", evidence.letters(lab, missing[0])) if missing else None,
    )
    left = len(lab.host(HOST).queue)
    yield Claim("nothing waits at mail.example.com", not left, "an empty queue", f"{left} letters")


def _told(lab: Lab, sender: str) -> list[Event]:
    """What was given up of somebody's letters."""
    return [event for event in _given_up(lab) if (event.letter or "").startswith(f"{sender}/")]


def _given_up(lab: Lab) -> list[Event]:
    """What mail.example.com gave up, by itself or by hand."""
    by_hand = lab.trace.find("mta.ByHand", host=HOST, deed="gave it up")
    return [*lab.trace.find("mta.GivenUp", host=HOST), *by_hand]


def _salaries(lab: Lab) -> Iterator[Claim]:
    """It came back to Alice, and did not arrive."""
    names, there = evidence.letters(lab, SALARIES), evidence.arrived(lab, BOB, SALARIES)
    back = any(event.letter in names for event in _given_up(lab))
    removed = evidence.last(lab, "mta.ByHand", names, deed="removed it")
    found = "it has arrived" if there else "it was removed: nobody was told" if removed else ""
    yield Claim(
        f"“{SALARIES}” came back to Alice",
        back and not there,
        "not delivered, and a report to her",
        found or ("it was given up" if back else "it still waits"),
        removed or evidence.last(lab, "mta.Stored", names),
    )
    others = [e for e in _told(lab, ALICE) if e.letter not in names]
    yield Claim(
        "nothing else came back to her",
        not others,
        "one letter given up",
        f"{len(others)} others were given up",
        others[-1] if others else None,
    )


# ── 12.3: a jam ──────────────────────────────────────────────────────────────────────────────────

HURRY = 3600
"""Seconds: the first pause of a rule that is of use."""


@exercise(
    "12.3",
    "Find the fault: a jam",
    hints=(
        "Look at the queue: is it frozen, is there a next try, when? And what is the newest line "
        "of each letter in the main log, or in its own (-Mvl)? Has anybody tried?",
        "What holds them: the state of the letters, what is known of the host (exinext), or the "
        "configuration (exim -bt bob@ask.com, exim -brt ask.com, and what is new in conf.d)?",
        "Where there is a cause, remove it first: thaw, or take out one file or line of conf.d "
        "and have the daemon read it. A fault that is over needs no repair. Then one round that "
        "does not ask the hints.",
    ),
)
def a_jam(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The letters of the jam have arrived, and the next one will not be caught in it."""
    yield begun(lab, JAM, 'begin("12.3")')
    copies = [(subject, len(evidence.arrived(lab, BOB, subject))) for subject in JAMMED]
    yield Claim(
        "the three letters lie in Bob's mailbox, once each",
        all(count == 1 for _, count in copies),
        ", ".join(JAMMED),
        ", ".join(f"{subject}: {count}" for subject, count in copies),
        evidence.latest(lab, "mta.PutOff"),
    )
    waiting = len(lab.host(HOST).queue)
    yield Claim(
        "nothing waits at mail.example.com", not waiting, "an empty queue", f"{waiting} letters"
    )
    lost = [*_given_up(lab), *lab.trace.find("mta.ByHand", host=HOST, deed="removed it")]
    yield Claim(
        "nothing was removed, and nothing was sent back",
        not lost,
        "each of them delivered",
        f"{len(lost)} removed or given up",
        lost[-1] if lost else None,
    )
    yield fresh(lab)
    yield _in_a_hurry(lab)


def _in_a_hurry(lab: Lab) -> Claim:
    """A letter to ask.com that has to wait will be tried again before long."""
    host = lab.host(HOST)
    rules = [rule.meaning for rule in host._mta.orders.configuration.retries]
    rule = drive(find_rule(rules, Case("ask.com", ANY, "", None), context_of(host._host)))
    first = rule.stretches[0] if rule is not None and rule.stretches else None
    pause = first.interval if first else 0
    found = f"a first pause of {pause / HURRY:g} hours" if first else "no rule: sent back at once"
    return Claim(
        "the next letter that has to wait is tried again within the hour",
        0 < pause <= HURRY,
        "such a rule in the daemon, by exim -brt ask.com",
        found,
    )
