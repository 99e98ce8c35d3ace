"""Exercises of chapter 04, *The transport agent*: outages, and how long a letter waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ..lab import Lab, load_town
from ..mta import RetryRule
from . import evidence
from .answers import HOST, begun
from .claim import Claim
from .exercise import exercise
from .nights import MORNING, NIGHT, NIGHTS, THERE

ALICE, BOB = "alice@example.com", "bob@ask.com"

# ── 04.1: six hours ──────────────────────────────────────────────────────────────────────────────

SUBJECT = "Patience"
SIX_HOURS = 6 * 3600


@exercise(
    "04.1",
    "Do it: a letter through an outage",
    hints=(
        "The queue of mail.example.com shows the letter, its age, and when it is tried again.",
        "Nobody has to push: when its time has come it is tried. What has to pass is time.",
        "Switch mail.ask.com off, send, advance by more than six hours, switch it on again, and "
        "advance until the next try is due. By then a pause is longer than an hour.",
    ),
)
def through_an_outage(lab: Lab, answer: Any) -> Iterator[Claim]:
    """One letter has waited for more than six hours, and then arrived, by itself."""
    names = evidence.letters(lab, SUBJECT)
    put_off = [e for e in lab.trace.find("mta.PutOff", host=HOST) if e.letter in names]
    first = put_off[0] if put_off else None
    yield Claim(
        f"a letter “{SUBJECT}” has been put off",
        first is not None,
        f"one from Alice to {BOB}, while {THERE} is away",
        f"{len(names)} of that subject, none put off" if names else "no such letter",
    )
    stored = evidence.last(lab, "mta.Stored", names, host=THERE, recipient=BOB)
    waited = stored.time - first.time if stored and first else 0.0
    yield Claim(
        "more than six hours later it lies in Bob's mailbox",
        waited > SIX_HOURS,
        "stored on mail.ask.com six hours after its first try, or later",
        f"after {waited / 3600:.1f} hours" if stored else "it has not arrived",
        stored or first,
    )
    copies = len(evidence.arrived(lab, BOB, SUBJECT))
    yield Claim(
        "it is the same letter, and there is only one of it",
        copies == len(names) == 1,
        "one letter, with one id from the first day to the last, and one copy",
        f"{len(names)} written, {copies} arrived",
    )
    pushed = _queue_runs(lab, first.time if first else 0.0)
    yield Claim(
        "nobody has run the queue meanwhile",
        not pushed,
        "no “Start queue run” in the log since the first try",
        pushed[-1] if pushed else "",
    )


def _queue_runs(lab: Lab, since: float) -> list[str]:
    """The lines of the main log that tell of a run of the queue by hand."""
    told = [line for line in lab.host(HOST).mainlog.splitlines() if "Start queue run" in line]
    began = f"{datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S}"
    return [line for line in told if line >= began]


# ── 04.2: twelve tries ───────────────────────────────────────────────────────────────────────────

TRIES = 12


@cache
def tries_of_a_day() -> tuple[int, ...]:
    """When a letter to a host that refuses every call is tried: minutes after the first try."""
    with Lab(replace(load_town("two_companies"), name="04.2 tried"), threads=False) as lab:
        lab.refuse(THERE, "smtp")
        letter = lab.user(ALICE).send(to=BOB, subject="Twelve?")
        lab.clock.advance("10h")
        times = [event.time for event in lab.trace.find("mta.PutOff", letter=letter.name)]
        return tuple(round((time - times[0]) / 60) for time in times[:TRIES])


@exercise(
    "04.2",
    "Predict it: twelve tries",
    hints=(
        "The rule has three parts. Until when does the first one hold?",
        "A part holds until so much time has passed since the *first* try. The second begins "
        "with its own first pause; from then on each is longer than the one before.",
        "Every quarter of an hour up to 120. Then a pause of 60, and each further one is 1.5 times "
        "the last pause, not the age.",
    ),
)
def twelve_tries(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Minutes after the first try, for a host that refuses every call."""
    truth = tries_of_a_day()
    given = list(answer) if isinstance(answer, list | tuple) else []
    numbers = [each for each in given if isinstance(each, int | float)]
    yield Claim(
        f"there are {TRIES} numbers, and the first is 0",
        len(numbers) == len(given) == TRIES and numbers[0] == 0,
        "a list of minutes after the first try",
        evidence.shortened(answer),
    )
    pairs = list(zip(numbers, truth, strict=False))
    wrong = next((n for n, (said, is_) in enumerate(pairs) if abs(said - is_) >= 1), len(pairs))
    fast = next((n for n, minute in enumerate(truth) if minute > 120), TRIES)
    for text, until in (("the tries of the first two hours", fast), ("and those after", TRIES)):
        yield Claim(
            text,
            wrong >= until,
            "as Exim's rule has them",
            _first_wrong(numbers, wrong),
        )


def _first_wrong(numbers: list[Any], wrong: int) -> str:
    if wrong >= len(numbers):
        return f"only {len(numbers)} of {TRIES}"
    return f"number {wrong + 1}, {numbers[wrong]:g}, is not the time of a try; those before it are"


# ── 04.3: a night ────────────────────────────────────────────────────────────────────────────────


@exercise(
    "04.3",
    "Find the fault: letters that wait",
    hints=(
        "What does the main log of mail.example.com say behind `==` and `defer`? Is a host named, "
        "and is it the one that you expect?",
        "Names, the call, the dialogue: at which of the three does it fail? The host that failed "
        "there, or the one that sent the letter to the wrong place, is where to look next: its "
        "log, its `-bt bob@ask.com`, its name_log, its files. The retry rule is not why it fails.",
        "One file on one host was changed: an answer in update-exim4.conf.conf, a fragment in "
        "conf.d, a zone, or /etc/aliases. Mend it, have the daemon or the name server read it "
        "(a zone with a higher serial), and let time pass.",
    ),
)
def letters_that_wait(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The letters of the night have arrived, and so does a fresh one, at its first try."""
    yield begun(lab, NIGHT, 'begin("04.3")')
    copies = [(subject, len(evidence.arrived(lab, BOB, subject))) for subject in NIGHTS]
    yield Claim(
        "the three letters of the night lie in Bob's mailbox, once each",
        all(count == 1 for _, count in copies),
        ", ".join(NIGHTS),
        ", ".join(f"{subject}: {count}" for subject, count in copies),
        evidence.latest(lab, "mta.PutOff"),
    )
    waiting = len(lab.host(HOST).queue)
    yield Claim(
        "nothing waits at mail.example.com", not waiting, "an empty queue", f"{waiting} letters"
    )
    returned = lab.trace.find("mta.GivenUp", host=HOST)
    yield Claim(
        "nothing was sent back",
        not returned,
        "no bounce",
        f"{len(returned)} given up",
        returned[-1] if returned else None,
    )
    yield fresh(lab)
    yield _whole_world(lab)


def fresh(lab: Lab) -> Claim:
    """A letter that was written after the repair did not have to wait."""
    names = evidence.letters(lab, MORNING)[-1:]
    put_off = evidence.last(lab, "mta.PutOff", names)
    stored = evidence.last(lab, "mta.Stored", names, host=THERE, recipient=BOB)
    found = "it was put off" if put_off else "it has not arrived" if names else "no such letter"
    return Claim(
        f"a new letter, “{MORNING}”, has gone through at its first try",
        stored is not None and put_off is None,
        "one from Alice to Bob, written when all was mended",
        found,
        put_off,
    )


def _whole_world(lab: Lab) -> Claim:
    """Others find mail.ask.com by its name, and it takes their letters for Bob."""
    server = "ns.ask.com"
    there = lab.host(server).dig(THERE, "A", server=server).texts
    address = lab.host(THERE).address
    said = _rcpt(lab)
    return Claim(
        "everybody else can write to Bob, too",
        address in there and said.startswith("250"),
        f"the DNS gives {address} for {THERE}, and it says 250 to RCPT TO:<{BOB}>",
        f"{', '.join(there) or 'no address'}; {said}",
    )


def _rcpt(lab: Lab) -> str:
    """What a stranger hears from mail.ask.com."""
    try:
        talk = lab.talk(THERE, "smtp")
    except OSError as error:
        return f"nobody answers ({error.strerror or error})"
    heard = talk.say(f"EHLO caller.test\nMAIL FROM:<someone@far.test>\nRCPT TO:<{BOB}>")
    talk.say("RSET\nQUIT")
    return str(heard).strip().splitlines()[-1]


# ── 04.4: the next pause ─────────────────────────────────────────────────────────────────────────

RULES = (
    "F,2h,15m; G,16h,1h,1.5; F,4d,6h",
    "F,1h,10m",
    "G,5d,5m,2",
    "F,30m,5m; G,12h,30m,1.25; G,10d,8h,2",
    "F,3d,2h; F,4d,1h",
)
"""The rule of the chapter, and others with as many parts, fewer, and other factors."""


def as_list(rule: RetryRule) -> list[tuple[Any, ...]]:
    """A rule as the student's function is given it."""
    return [
        (part.kind, part.until, part.pause, *([part.factor] if part.kind == "G" else []))
        for part in rule.parts
    ]


@exercise(
    "04.4",
    "Build it: the next pause",
    hints=(
        "Go through the parts in their order. Which is the first that still holds at this age?",
        "A part holds while the age is less than its second word. F: always the same pause. G: "
        "its own first pause, and once the last pause was as long as that, the last one times the "
        "factor (not the age times the factor).",
        "A loop over the parts that returns at the first one with age < until; min(…, 86400) "
        "around what it returns; and None behind the loop.",
    ),
)
def next_pause(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The student's function plays the life of a failing host, for several rules."""
    form = "next_pause(rule, age, last_pause)"
    yield Claim("it is a function", callable(answer), form, evidence.shortened(answer))
    if not callable(answer):
        return
    for text in RULES:
        rule = RetryRule.parse(text)
        wrong = next(filter(None, (_wrong(answer, rule, *case) for case in _life(rule))), "")
        yield Claim(
            f"{text}: as Exim waits, from the first failure to the last",
            not wrong,
            "the pause of the part that holds at this age, or None when none does",
            wrong,
        )


def _life(rule: RetryRule) -> Iterator[tuple[float, float, float | None]]:
    """Age, last pause, and the right next pause, at every failure of a host that never answers."""
    attempt = rule.failed(0.0, None)
    last = 0.0
    while not attempt.expired:
        pause = attempt.next_try - attempt.last_try
        yield attempt.last_try, last, pause
        last, attempt = pause, rule.failed(attempt.next_try, attempt)
    yield attempt.last_try, last, None


def _wrong(function: Any, rule: RetryRule, age: float, last: float, truth: float | None) -> str:
    """What is wrong with one answer; "" if nothing is."""
    made, problem = evidence.attempt(function, as_list(rule), age, last)
    number = isinstance(made, int | float) and not isinstance(made, bool)
    right = made is None if truth is None else number and abs(made - truth) < 1
    if right and not problem:
        return ""
    return f"at age {age:g} after a pause of {last:g}: {problem or evidence.shortened(made)}"
