"""Exercises of chapter 12, *The queue*, in which it is read: who arrives, who is owed a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
from . import evidence
from .answers import HOST
from .claim import Claim
from .exercise import exercise
from .jams import ALICE, ANNA, BOB, CAROL
from .nights import THERE

if TYPE_CHECKING:
    from ..lab import LabHost

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
