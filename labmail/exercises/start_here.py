"""Exercises of chapter 00, *Start here: one letter, end to end*."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import evidence
from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from labmail.lab import Lab
    from labmail.message import Message
    from labmail.trace import Event

ALICE, BOB, OTHER_BOB = "alice@example.com", "bob@ask.com", "bob@example.com"
WAITING = "Waiting"
SHOWN = {"Lunch on Friday?", "Who gets this?", "Friday, really", WAITING}
"""Subjects of the letters that the chapter itself sends."""
SPOOL = "/var/spool/exim4/input"


@exercise(
    "00.1",
    "A letter of your own",
    hints=(
        "Read the last step of your letter's story: into which mailbox did it go?",
        "The domain, the part behind the @, chooses the host. There are two Bobs.",
        "Compare the recipient's domain with the one that the exercise names, "
        "and give the letter a subject of its own.",
    ),
)
def own_letter(lab: Lab, answer: Any) -> Iterator[Claim]:
    """A letter from Alice, with a new subject, lies in bob@ask.com's mailbox, once."""
    own = [message for message in lab.user(BOB).everything if _is_own(message)]
    subjects = [message.subject for message in own]
    twice = sorted({subject for subject in subjects if subjects.count(subject) > 1})
    astray = sum(map(_is_own, lab.user(OTHER_BOB).everything))
    event = _end_of_own(lab)
    yield Claim(
        f"{BOB} has a letter from Alice that the chapter did not send",
        bool(own),
        "one letter with a subject of your own",
        f"none; but {OTHER_BOB} has one" if astray else "none",
        event,
    )
    yield Claim(
        "it arrived once",
        bool(own) and not twice,
        "one copy of each letter",
        f"more than one with the subject {', '.join(twice)}" if twice else "none yet",
        event,
    )


def _is_own(message: Message) -> bool:
    return message.subject not in SHOWN and ALICE in str(message.header.get("From", ""))


def _end_of_own(lab: Lab) -> Event | None:
    """The last step of the newest letter of Alice's that the chapter did not send."""
    written = [e for e in lab.trace.find("mua.Composed") if _is_alices(e)]
    own = [e.letter for e in written if getattr(e, "subject", "") not in SHOWN]
    steps = [e for e in lab.trace.about(own[-1]) if e.step] if own else []
    return steps[-1] if steps else None


def _is_alices(event: Event) -> bool:
    return str(event.letter).startswith(f"{ALICE}/")


@exercise(
    "00.2",
    "Where does a letter wait?",
    hints=(
        "List the folders of the hosts that are switched on: lab.host(…).ls(…).",
        "The host that said 250 last has the letter. Bob's mailbox is on the host that is down.",
        "It is the input folder of that host's spool; two files there have the same name but for "
        "the last letter.",
    ),
)
def where_it_waits(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The answer names the host that put the letter off, and the folder of its queue."""
    host, _, folder = str(answer or "").partition(":")
    put_off = evidence.last(lab, "mta.PutOff", evidence.letters(lab, WAITING))
    right = put_off is not None and host == put_off.host and folder.rstrip("/") == SPOOL
    yield Claim(
        "your guess names a host of the lab and a folder",
        host in lab.hosts and folder.startswith("/"),
        'something like "host:/path/of/the/folder"',
        evidence.shortened(answer) if answer else "no guess yet",
    )
    yield Claim(
        f"the letter “{WAITING}” lies in that folder",
        right,
        "the two files of the letter in that folder",
        _where_found(answer, put_off),
        put_off,
    )


def _where_found(answer: Any, put_off: Event | None) -> str:
    if put_off is None:
        return "no such letter has had to wait yet"
    return "they are somewhere else" if answer else "no guess yet"


@exercise(
    "00.3",
    "Mend it",
    hints=(
        f"Look at the end of the story of “{WAITING}”: why was it put off, and until when?",
        "A letter that was put off is tried again when its time has come, if the host is back.",
        "Two things are needed: the host must be on, and time must pass, or the queue be run.",
    ),
)
def mend(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The letter that waited is in the mailbox, once; it was not written again."""
    letters = evidence.letters(lab, WAITING)
    arrived = len(evidence.arrived(lab, BOB, WAITING))
    put_off = evidence.last(lab, "mta.PutOff", letters)
    waiting = lab.host("mail.example.com").queue
    yield Claim(
        f"“{WAITING}” has reached {BOB}", bool(arrived), "the letter that waits", "none", put_off
    )
    yield Claim(
        "it is the letter that waited, not a second one",
        arrived == len(letters) == 1,
        "written once, arrived once",
        f"written {_times(len(letters))}, arrived {_times(arrived)}"
        + (" (the notebook, run from the top, begins anew)" if len(letters) > 1 else ""),
        put_off,
    )
    yield Claim(
        "nothing waits on mail.example.com any more",
        bool(letters) and not waiting,
        "an empty queue, after the letter was sent",
        f"{len(waiting)} waiting",
        put_off,
    )


def _times(count: int) -> str:
    return {0: "not yet", 1: "once", 2: "twice"}.get(count, f"{count} times")
