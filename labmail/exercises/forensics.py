"""Chapter 15: what has happened? A letter that is missed, and four power cuts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import evidence
from .answers import HOST, begun
from .claim import Claim
from .exercise import exercise
from .wrecks import BOB, CUTS, LETTERS, LOSS, MISSED, MOMENTS

if TYPE_CHECKING:
    from ..lab import Lab

# ── 15.1: the letter that never came ─────────────────────────────────────────────────────────────


@exercise(
    "15.1",
    "Trace it: the letter that never came",
    hints=(
        "exigrep alice@example.com, on mail.example.com. Which of her letters was for Bob, and "
        "came in at a quarter past nine?",
        "A letter has a new id on each host. The id that the next host gave it stands in the "
        'line with =>, in C="250 … OK id=…". Go to the log of H=, and look for that id there.',
        "Each => with H= and C= leads on, also back to a host where it was before. => without "
        "them put it into a mailbox, and ** is an end as well: the address stands behind the "
        "sign; where it is a name alone, look at its < >, and at the domain of the host.",
    ),
)
def the_letter_that_never_came(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Its ids, host by host, and the address at which it ended."""
    yield begun(lab, LOSS, 'begin("15.1")')
    ids, end = _way(lab)
    given = [str(each) for each in answer] if isinstance(answer, list | tuple) else []
    named, last = given[:-1], given[-1] if given else ""
    form = bool(named) and all("@" not in each for each in named) and "@" in last
    yield Claim(
        "it is a list of ids, and at its end an address",
        form,
        'such as ["1vwzC4-000001-7Q", "1vwzC4-000002-HP", "anna@example.com"]',
        evidence.shortened(answer),
    )
    yield Claim(
        "the first id is the one under which mail.example.com took it",
        form and ids[:1] == named[:1],
        "the id of a line <= of a quarter past nine, of a letter from Alice for Bob",
        _whose(lab, named[0]) if form else "no list of that kind",
    )
    right = _in_common(ids, named) if form else 0
    yield Claim(
        "each further id is the one that the next host gave it, and none is missing",
        form and named == ids,
        "an id for each host that took it, each time it did",
        f"{right} of {len(named)} in their places, and then {_next(lab, named, right)}"
        if form
        else "no list of that kind",
    )
    yield Claim(
        "that is the address at which it ended",
        form and last.lower() == end,
        "whose mailbox it lies in, or who could not be reached",
        last or "none",
    )


def _way(lab: Lab) -> tuple[list[str], str]:
    """What the letter was called, host by host, and the address of its last line."""
    names = evidence.letters(lab, MISSED)
    ids = [e.id for e in lab.trace.find("mta.Spooled") if e.letter in names and not e.own]
    ends = [evidence.last(lab, kind, names) for kind in ("mta.Stored", "mta.GivenUp")]
    found: Any = next(filter(None, ends), None)
    return ids, str(found.address).lower() if found else ""


def _in_common(truth: Sequence[str], given: Sequence[str]) -> int:
    same = 0
    while same < min(len(truth), len(given)) and truth[same] == given[same]:
        same += 1
    return same


def _next(lab: Lab, named: Sequence[str], right: int) -> str:
    if right < len(named):
        return _whose(lab, named[right])
    return "it goes on"


def _whose(lab: Lab, name: str) -> str:
    """Which letter an id is of, as far as that gives nothing away."""
    for event in lab.trace.find("mta.Spooled"):
        if event.id == name:
            what = "a report" if event.own or not event.sender else f"a letter from {event.sender}"
            return f"{name}, on {event.host}: {what} for {', '.join(event.recipients)}"
    return f"{name}, which no host of this lab has given"


# ── 15.2: four power cuts ────────────────────────────────────────────────────────────────────────


@exercise(
    "15.2",
    "Tell them apart: four power cuts",
    hints=(
        "How many of each are in Bob's mailbox, and what was Alice's program told? Two of the "
        "four are known by that.",
        "A letter that arrived when mail.example.com had come up again had not been delivered "
        "before; one that arrived before that, and not again, was done with. Message-ID joins a"
        " letter of Bob's mailbox and the id= of the log of mail.ask.com.",
        "Twice: “passed on”. Never: “arriving”. Of the other two, the one that has a line => on"
        " mail.example.com, right behind a “daemon started”, is the one that it still had to "
        "deliver.",
    ),
)
def four_power_cuts(lab: Lab, answer: Any) -> Iterator[Claim]:
    """For each letter the moment at which the power of mail.example.com failed."""
    yield begun(lab, CUTS, 'begin("15.2")')
    given = dict(answer) if isinstance(answer, Mapping) else {}
    form = set(given) == set(LETTERS) and set(given.values()) <= set(MOMENTS)
    yield Claim(
        "there is a moment for each of the four letters",
        form,
        f"a dictionary: {', '.join(LETTERS)} to {', '.join(MOMENTS)}",
        evidence.shortened(answer),
    )
    truth = _moments(lab)
    for text, expected, about in (
        (
            "the letter that the next host had, and mail.example.com did not know it",
            "what is handed over and not noted is handed over again",
            ["passed on"],
        ),
        (
            "the letter that was never accepted",
            "Alice's program was not told 250, and so it still has the letter",
            ["arriving"],
        ),
        (
            "the two that came once are told apart",
            "before mail.example.com came up again, or only then: mail.ask.com has the time",
            ["accepted", "completed"],
        ),
    ):
        wrong = [s for s in LETTERS if truth.get(s) in about and given.get(s) != truth[s]]
        yield Claim(
            text,
            form and not wrong,
            expected,
            _seen(lab, wrong[0], given.get(wrong[0])) if wrong else "nothing of that kind",
        )


def _moments(lab: Lab) -> dict[str, str]:
    """What became of each letter, from the trace. (A letter that was completed, and whose leaving
    had not come to the disk, is completed once more after the start.)"""
    found = {}
    for subject in LETTERS:
        names = evidence.letters(lab, subject)
        copies = len(evidence.arrived(lab, BOB, subject))
        failed = evidence.last(lab, "lab.PowerFailed", names)
        if copies != 1 or failed is None:
            found[subject] = "passed on" if copies else "arriving"
            continue
        ends = [e for e in lab.trace.find("mta.Completed", host=HOST) if e.letter in names]
        in_time = any(end.number < failed.number for end in ends)
        found[subject] = "completed" if in_time else "accepted"
    return found


def _seen(lab: Lab, subject: str, said: str | None) -> str:
    copies = len(evidence.arrived(lab, BOB, subject))
    return f"“{said}” for {subject}, of which Bob has {copies}"
