"""Chapter 15: a letter that is missed, four power cuts, a circle, and a wreck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import evidence
from .answers import HOST, begun
from .claim import Claim
from .exercise import exercise
from .wrecks import (
    ALICE,
    ASIDE,
    BOB,
    BOSS,
    CAROL,
    CIRCLE,
    CUTS,
    LETTERS,
    LOSS,
    MISSED,
    MOMENTS,
    STRAIGHT,
    THERE,
    WORDS,
    WRECK,
    wrecked,
)

if TYPE_CHECKING:
    from ..lab import Lab
    from ..trace import Event

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
    for text, about in (
        ("the letter that the next host had, and mail.example.com did not know it", ["passed on"]),
        ("the letter that was never accepted", ["arriving"]),
        ("the two that came once are told apart", ["accepted", "completed"]),
    ):
        wrong = [s for s in LETTERS if truth.get(s) in about and given.get(s) != truth[s]]
        yield Claim(
            text,
            form and not wrong,
            "what Bob has, what Alice was told and what both logs say agree with it",
            _seen(lab, wrong[0], given.get(wrong[0])) if wrong else "nothing of that kind",
        )


def _moments(lab: Lab) -> dict[str, str]:
    """What became of each letter, from the trace: the label of the event that was the last one."""
    found = {}
    for subject in LETTERS:
        names = evidence.letters(lab, subject)
        copies = len(evidence.arrived(lab, BOB, subject))
        done = evidence.last(lab, "mta.Completed", names, host=HOST)
        failed = evidence.last(lab, "lab.PowerFailed", names)
        if copies != 1 or done is None or failed is None:
            found[subject] = "passed on" if copies else "arriving"
        else:
            found[subject] = "completed" if done.number < failed.number else "accepted"
    return found


def _seen(lab: Lab, subject: str, said: str | None) -> str:
    copies = len(evidence.arrived(lab, BOB, subject))
    return f"“{said}” for {subject}, of which Bob has {copies}"


# ── 15.3: the circle ─────────────────────────────────────────────────────────────────────────────

MOST_HOPS = 3


@exercise(
    "15.3",
    "Find the fault: round and round",
    hints=(
        "Read the Received fields in the bounce: which two hosts take turns? Then, in the log "
        "of each, the line with =>: which router (R=) sends it on, and was the address changed "
        "(<…>)?",
        "One of the two is right: mail for the boss of example.com goes to ask.com, and ends "
        "there with Carol. `exim -bt boss@ask.com` on mail.ask.com shows what that host makes "
        "of it.",
        "On mail.ask.com one file leads back: /etc/aliases, a .forward, or "
        "/etc/exim4/hubbed_hosts. Mend what it says, and nothing on mail.example.com. The limit"
        " of Received fields is not the fault: with a higher one it goes round for longer.",
    ),
)
def the_circle(lab: Lab, answer: Any) -> Iterator[Claim]:
    """A fresh letter for the boss has come to Carol, straight."""
    yield begun(lab, CIRCLE, 'begin("15.3")')
    names = evidence.letters(lab, STRAIGHT)[-1:]
    stored = evidence.last(lab, "mta.Stored", names, host=THERE)
    given_up = evidence.last(lab, "mta.GivenUp", names)
    copies = evidence.arrived(lab, CAROL, STRAIGHT)
    yield Claim(
        f"a new letter to {BOSS}, “{STRAIGHT}”, lies in Carol's mailbox, once",
        stored is not None and len(copies) == 1,
        "one from Alice, written when all was mended",
        _of_the_new(names, given_up, len(copies)),
        given_up,
    )
    hops = max((len(message.header.every("Received")) for message in copies), default=0)
    yield Claim(
        "it has gone the straight way",
        0 < hops <= MOST_HOPS,
        f"at most {MOST_HOPS} fields Received",
        f"{hops} of them",
    )
    ends = lab.explain(CAROL, at=THERE).data()["ends"]
    transports = [end["transport"] for end in ends]
    yield Claim(
        "on mail.ask.com mail for Carol ends in her mailbox, whoever writes",
        transports in (["mail_spool"], ["maildir_home"]),
        "one transport that fills a mailbox, and it alone",
        ", ".join(each or "no transport" for each in transports),
    )
    routed = [end["address"] for end in lab.explain(BOSS, at=HOST).data()["ends"]]
    yield Claim(
        "mail.example.com sends the boss's mail on to ask.com, as before",
        bool(routed) and all(each.endswith("@ask.com") for each in routed),
        "an address of ask.com",
        ', ".join(routed) or "nobody',
    )


def _of_the_new(names: Sequence[str], given_up: Event | None, copies: int) -> str:
    if not names:
        return "no such letter"
    if given_up is not None:
        return "it was given up"
    return f"{copies} of it"


# ── 15.4: the wreck ──────────────────────────────────────────────────────────────────────────────


@exercise(
    "15.4",
    "Do it: a letter out of a wreck",
    hints=(
        "The paniclog of mail.example.com says which letter, what is wrong with it, and where "
        "it has been put. It has two files: which of them is whole?",
        "The body is in -D, behind its first line. Whom it was from and for the main log still "
        "knows, and so does /var/log's neighbour in the spool, msglog/ID.",
        "Either make -H whole, stop the daemon, put both files back into input and start it; or"
        " have Alice send the body once more, to the same recipients and nobody else. Remove "
        "the wreck when it has arrived, not before.",
    ),
)
def out_of_a_wreck(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Those for whom the letter was have its body, octet for octet, once, from Alice."""
    yield begun(lab, WRECK, 'begin("15.4")')
    name, wanted = wrecked(lab), _wanted(lab)
    have = {who: _with_words(lab, who) for who in lab.users}
    missing = [who for who in wanted if not have[who]]
    yield Claim(
        "whoever it was for has it",
        bool(wanted) and not missing,
        "its body in each of their mailboxes, as it was written",
        f"{len(missing)} of {len(wanted)} have nothing with these words",
    )
    twice = [who for who in wanted if len(have[who]) > 1]
    yield Claim(
        "each of them has it once",
        bool(wanted) and not twice and not missing,
        "one copy",
        ", ".join(f"{who}: {len(have[who])}" for who in wanted),
    )
    others = [who for who in have if have[who] and who not in wanted]
    yield Claim(
        "nobody else has it",
        not others,
        "the recipients of the envelope, as the log has them",
        ", ".join(others),
    )
    senders = {str(m.header["Return-path"]).strip("<> ") for who in wanted for m in have[who]}
    yield Claim(
        "it is from Alice, and a bounce would go to her",
        senders == {ALICE},
        f"Return-path: <{ALICE}>",
        ', ".join(sorted(senders)) or "it has not arrived',
    )
    left = _left(lab, name)
    yield Claim(
        "the wreck is gone, and so is what waited",
        not left and not missing and bool(wanted),
        f"nothing of {name} in {ASIDE}, and an empty queue, once the letter has arrived",
        ', ".join(left) or "it is gone, but the letter has not arrived',
    )


def _wanted(lab: Lab) -> list[str]:
    found: Any = lab.trace.find("mta.Spooled", host=HOST)
    return list(found[0].recipients) if found else []


def _with_words(lab: Lab, who: str) -> list[Any]:
    """The letters in a mailbox that have the body of the wreck."""
    bodies = {text.replace("\n", "\r\n").encode() for text in WORDS}
    return [m for m in lab.user(who).everything if bytes(m.body).rstrip() + b"\r\n" in bodies]


def _left(lab: Lab, name: str) -> list[str]:
    host = lab.host(HOST)
    aside = host.files.listdir(ASIDE) if host.files.exists(ASIDE) else []
    queued = [f"{letter.id} in the queue" for letter in host.queue]
    return [each for each in aside if each.startswith(name)] + queued
