"""Exercises of chapter 12, *The queue*: letters that wait, and what is done about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from labmail.exim.drive import drive
from labmail.exim.retrying import ANY, Case, find_rule

from ..lab import Lab, load_town
from ..lab.explaining.expanding import context_of
from . import evidence
from .answers import HOST, begun
from .claim import Claim
from .exercise import exercise
from .jams import ALICE, ANNA, BOB, CAROL, GOOD, JAM, JAMMED, MONDAY, PRIZE, SALARIES
from .nights import THERE
from .patience import fresh

if TYPE_CHECKING:
    from labmail.trace import Event

    from ..lab import LabHost

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


# ── 12.2: who has arrived? ───────────────────────────────────────────────────────────────────────

Deed = Callable[["LabHost", Any], object]

DEEDS: Mapping[str, tuple[Deed, ...]] = {
    "exim -q": (lambda host, c: host.run_queue(),),
    "exim -qf": (lambda host, c: host.run_queue(force=True),),
    "exim -qff": (lambda host, c: host.run_queue(frozen=True),),
    "exim -M C": (lambda host, c: host.try_now(c),),
    "exim -Mt C": (lambda host, c: host.thaw(c),),
    "exim -Mt C; exim -q": (lambda host, c: host.thaw(c), lambda host, c: host.run_queue()),
    "exim -Mt C; exim -qf": (
        lambda host, c: host.thaw(c),
        lambda host, c: host.run_queue(force=True),
    ),
    "exim -Mg C": (lambda host, c: host.give_up(c),),
}
"""The commands of the exercise, as methods of a host; c is the frozen letter."""
BOXES = {"A": ANNA, "B": BOB, "C": CAROL}
QUEUE_ONLY = "/etc/exim4/conf.d/main/90_today"


@cache
def arrivals() -> Mapping[str, str]:
    """Which letters arrive after each of the commands: asked of a lab."""
    return {command: _played(command) for command in DEEDS}


def _played(command: str) -> str:
    town = replace(load_town("two_companies"), name=f"12.2 {command}")
    with Lab(town, threads=False) as lab:
        host, alice = lab.host(HOST), lab.user(ALICE)
        with lab.faults.refuse(THERE, "smtp"):
            for letter in "BC":
                alice.send(to=BOXES[letter], subject=letter)
        frozen = host.queue[-1]
        host.freeze(frozen)
        host.files.write_text(QUEUE_ONLY, "queue_only = true\n")
        host.update_exim4_conf()
        host.reload()
        alice.send(to=BOXES["A"], subject="A")
        for deed in DEEDS[command]:
            deed(host, frozen)
        return "".join(each for each in "ABC" if evidence.arrived(lab, BOXES[each], each))


@exercise(
    "12.2",
    "Predict it: who has arrived?",
    hints=(
        "Two things may hold a letter back: the clock, and the ice. Which has A, which B, which C?",
        "-q respects both, -qf only the ice, -qff neither. A letter that is thawed is one that "
        "was put off. And a host that has answered is no longer one that failed: who else waits "
        "for it, and is not frozen?",
        "Go down the table of *Three rounds*, and then ask of every command that reaches "
        "mail.ask.com whether B goes along. -Mt tries nothing, and -Mg delivers nothing.",
    ),
)
def who_has_arrived(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The letters that have arrived after each command."""
    given = answer if isinstance(answer, Mapping) else {}
    lacking = [command for command in DEEDS if not isinstance(given.get(command), str)]
    yield Claim(
        f"there is a guess for each of the {len(DEEDS)}",
        not lacking,
        "a dictionary from the commands to letters such as 'AB'",
        f"nothing for {lacking[0]}" if lacking else "",
    )
    for command, truth in arrivals().items():
        said = given.get(command)
        right = isinstance(said, str) and set(said.upper()) - set(" ,") == set(truth)
        yield Claim(
            f"{command}", right, "those that have arrived when all is quiet", _off(said, truth)
        )


def _off(said: Any, truth: str) -> str:
    """In which direction a guess is wrong; not which letter."""
    if not isinstance(said, str):
        return evidence.shortened(said)
    wrong = set(said.upper()) - set(" ,")
    if strange := wrong - set(BOXES):
        return f"{evidence.shortened(said)}: there is no letter {min(strange)}"
    more, less = len(wrong - set(truth)), len(set(truth) - wrong)
    words = [f"{more} too many"] * bool(more) + [f"{less} missing"] * bool(less)
    return f"{evidence.shortened(said)}: {', '.join(words)}"


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


# ── 12.4: a report ───────────────────────────────────────────────────────────────────────────────

Spool = Mapping[str, str]
INPUT = "/var/spool/exim4/input"
FAR = "zoe@ASK.com"


@cache
def spools() -> tuple[tuple[str, Spool, Mapping[str, int]], ...]:
    """Spools, what is in each, and who is owed a letter there."""
    with Lab(replace(load_town("two_companies"), name="12.4"), threads=False) as lab:
        alice, host = lab.user(ALICE), lab.host(HOST)
        empty = _spool(lab)
        with lab.faults.refuse(THERE, "smtp"):
            alice.send(to=BOB, subject="1", text="1\nbob@far.test\n")
            one = _spool(lab)
            alice.send(to=[ALICE, BOB, ANNA, CAROL, "bob@example.com"], subject="5")
            some = _spool(lab)
            alice.send(to=[FAR, BOB], subject="Far")
            alice.send(to=BOB, subject="once more")
            host.freeze(host.queue[0])
            more = _spool(lab)
    name = next(each for each in some if each.endswith("-H") and CAROL in some[each])
    done = {**some, f"{name[:-1]}J": f"{CAROL}\n"}
    longer = {**some, name: some[name].replace(f"\n{CAROL}\n", f"\n{CAROL}  0,0  0,0#3\n")}
    return (
        ("an empty queue", empty, {}),
        ("one letter for one", one, {"ask.com": 1}),
        ("a second one for five, three of whom are done", some, {"ask.com": 3}),
        ("the same, and one more was done since", done, {"ask.com": 2}),
        ("the same, with more behind an address", longer, {"ask.com": 3}),
        ("four letters, and a domain in capitals", more, {"ask.com": 6}),
        ("two domains", {**some, **_elsewhere(one)}, {"ask.com": 3, "far.test": 1}),
    )


def _spool(lab: Lab) -> Spool:
    files = lab.host(HOST).files
    names = files.listdir(INPUT) if files.exists(INPUT) else []
    return {name: files.read_text(f"{INPUT}/{name}") for name in sorted(names)}


def _elsewhere(one: Spool) -> Spool:
    """The letters of a spool once more, under another id and for another company."""
    return {f"1aaaaa-{k[7:]}": v.replace("\nbob@ask.com", "\nbob@far.test") for k, v in one.items()}


@exercise(
    "12.4",
    "Build it: who is owed a letter?",
    hints=(
        "Which files have recipients? Where in them does the envelope end, and which lines stand "
        "directly before that end?",
        "From the end of the envelope backwards: so many lines as the number says are recipients. "
        "Above the number stand those who are done, or XX; a -J file adds more. Only what is left "
        "is owed.",
        "For each name that ends with -H: the lines before the first empty one; the number n "
        "for which the line n + 1 from the end says n; done = what matches [YN][YN] and an "
        "address, and the lines of the -J file; count the domain of every other recipient.",
    ),
)
def who_is_owed(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The student's function reads several spools."""
    yield Claim("it is a function", callable(answer), "owed(spool)", evidence.shortened(answer))
    if not callable(answer):
        return
    for text, spool, truth in spools():
        made, problem = evidence.attempt(answer, dict(spool))
        right = not problem and isinstance(made, Mapping) and dict(made) == dict(truth)
        yield Claim(
            text,
            right,
            f"recipients: {sum(truth.values())}, domains: {len(truth)}",
            problem or evidence.shortened(made),
        )
