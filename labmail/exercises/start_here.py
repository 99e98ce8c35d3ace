"""Exercises of chapter 00, *Start here: one letter, end to end*."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from labmail.lab import Lab
    from labmail.message import Message
    from labmail.trace import Event

ALICE, BOB, OTHER_BOB = "alice@example.com", "bob@ask.com", "bob@example.com"
SHOWN = {"Lunch on Friday?", "Who gets this?", "Friday, really", "Waiting"}
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
    own = [m for m in lab.user(BOB).everything if _subject(m) not in SHOWN and _is_alices(m)]
    subjects = [_subject(m) for m in own]
    astray = [m for m in lab.user(OTHER_BOB).everything if _is_alices(m)]
    found = f"{len(own)}" + (f"; but {len(astray)} at {OTHER_BOB}" if astray else "")
    yield Claim(
        f"{BOB} has a letter from Alice that the chapter did not send",
        bool(own),
        "one letter with a subject of your own",
        found,
        _last_step(lab),
    )
    twice = {s for s in subjects if subjects.count(s) > 1}
    yield Claim(
        "it arrived once",
        bool(own) and not twice,
        "one copy of each letter",
        f"more than one with the subject {', '.join(sorted(twice))}" if twice else "none yet",
    )


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
    """The answer names host and folder that hold the waiting letter; the world agrees."""
    host, _, folder = str(answer or "").partition(":")
    yield Claim(
        "your guess names a host of the lab and a folder",
        host in lab.hosts and folder.startswith("/"),
        'something like "host:/path/of/the/folder"',
        repr(answer or ""),
    )
    spooled = _spool_of(lab, "Waiting")
    where = spooled.host if spooled else None
    holds = host == where and folder.rstrip("/") == SPOOL
    yield Claim(
        "the letter “Waiting” lies in that folder",
        holds,
        "the two files of the letter in that folder",
        "the letter has not been sent yet" if not spooled else "they are somewhere else",
        spooled,
    )


@exercise(
    "00.3",
    "Mend it",
    hints=(
        "Look at the end of the story of “Waiting”: why was it put off, and until when?",
        "A letter that was put off is tried again when its time has come, if the host is back.",
        "Two things are needed: the host must be on, and time must pass, or the queue be run.",
    ),
)
def mend(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The letter that waited is in the mailbox, once; it was not written again."""
    arrived = [m for m in lab.user(BOB).everything if _subject(m) == "Waiting"]
    put_off = _last(lab, "PutOff", "Waiting") or _spool_of(lab, "Waiting")
    yield Claim(
        f"“Waiting” lies in the mailbox of {BOB}", bool(arrived), "one", str(len(arrived)), put_off
    )
    written = len(_letters(lab, "Waiting"))
    yield Claim(
        "it is the letter that waited, not a second one",
        bool(arrived) and written == 1,
        "written once, arrived once",
        f"written {written} times, arrived {len(arrived)} times",
    )
    queue = lab.host("mail.example.com").queue
    yield Claim(
        "nothing waits on mail.example.com any more",
        not queue,
        "an empty queue",
        f"{len(queue)} waiting",
        put_off,
    )


def _subject(message: Message) -> str:
    return message.subject


def _is_alices(message: Message) -> bool:
    return ALICE in str(message.header.get("From", ""))


def _letters(lab: Lab, subject: str) -> list[str]:
    """The lab's names of the letters that Alice wrote with this subject."""
    composed = [e for e in lab.trace.events if getattr(e, "subject", None) == subject]
    return list(dict.fromkeys(e.letter for e in composed if e.letter))


def _last(lab: Lab, kind: str, subject: str) -> Event | None:
    letters = _letters(lab, subject)
    events = [e for e in lab.trace.events if type(e).__name__ == kind and e.letter in letters]
    return events[-1] if events else None


def _spool_of(lab: Lab, subject: str) -> Event | None:
    return _last(lab, "Spooled", subject)


def _last_step(lab: Lab) -> Event | None:
    steps = [e for e in lab.trace.events if e.step and e.letter]
    return steps[-1] if steps else None
