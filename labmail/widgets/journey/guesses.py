"""Predict: what is asked before the next step is shown, and what one may answer.

Where the step is itself a question with known answers, that is what is asked: which of this host's
routers, accepted or refused. Elsewhere the question is who acts next. The wrong answers are things
that may well happen in any journey, so that none of them gives away how this one ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from labmail.mta.events import AclChecked, Routed
from labmail.trace import Journey, Step
from labmail.trace.journey import Column
from labmail.trace.words import printable

CHOICES = 4
ORDINARY = {"write", "AUTH", "ACL", "DATA", "spool", "router", "MX?", "RCPT", "Maildir", "mbox"}
"""Steps that say nothing of how a journey ends: these may stand as wrong answers."""


def guesses(steps: Sequence[Step], journey: Journey) -> list[dict[str, Any]]:
    """For each step: the question, the choices, which of them is right, and why."""
    acts = [_act(column, journey) for column in journey.columns]
    usual = list(
        dict.fromkeys(
            act
            for act, column in zip(acts, journey.columns, strict=True)
            if column.label in ORDINARY and column.ok
        )
    )
    return [_guess(step, acts, usual, index) for index, step in enumerate(steps)]


def _guess(step: Step, acts: Sequence[str], usual: Sequence[str], index: int) -> dict[str, Any]:
    because = printable(step.answer)
    choices, right = _own_question(step)
    question = step.question
    if not choices:
        question = "What happens next?"
        choices, right = _who_acts(acts, usual, index, seed=step.event.name)
    return {"question": question, "choices": choices, "right": right, "because": because}


def _own_question(step: Step) -> tuple[list[str], int]:
    event = step.event
    if isinstance(event, Routed) and event.declined:
        names = [line.split(" ", 1)[0] for line in event.declined]
        return [*names, event.router, "none of them"], len(names)
    if isinstance(event, AclChecked):
        right = 0 if event.accepted else 1 if event.reply.startswith("5") else 2
        return ["Yes: 250", "No, and never: 5xx", "Not now: 4xx"], right
    return [], 0


def _who_acts(
    acts: Sequence[str], usual: Sequence[str], index: int, *, seed: str
) -> tuple[list[str], int]:
    """The act of the step among others, in an order that depends on nothing but the step."""
    right = acts[index]
    wrong = [act for act in usual if act != right]
    wrong.sort(key=lambda act: (abs(acts.index(act) - index - 1), acts.index(act)))
    choices = [right, *wrong[: CHOICES - 1]]
    choices.sort(key=lambda act: crc32(f"{seed} {act}".encode("utf-8", "replace")))
    return choices, choices.index(right)


def _act(column: Column, journey: Journey) -> str:
    """Who does what, in a few words made of the picture's own names."""
    host = journey.lanes[column.lane].title
    peer = journey.lanes[column.peer].title if column.peer is not None else ""
    if column.arrives is not None:
        return printable(f"The letter crosses to {journey.lanes[column.arrives].title}")
    if column.role == "ask" and peer:
        return printable(f"{host} asks {peer}: {column.label}")
    if peer:
        caller, called = (peer, host) if column.called else (host, peer)
        return printable(f"{caller} calls {called}")
    deed = _DEEDS.get(column.label) or _DEEDS.get(column.component) or column.label
    return printable(f"{host} {deed}")


_DEEDS = {
    "mua": "writes a letter",
    "acl": "asks its rules who may send (ACL)",
    "spool": "puts the letter into its queue",
    "router": "asks its routers where to",
    "retry": "works out when to try again",
    "queue": "decides that it has tried enough",
    "bounce": "writes a new letter to the sender",
    "store": "puts the letter into a mailbox",
    "pop3": "removes the letter from the mailbox",
}
"""What a component does by itself, or a step of this label: in words that any journey could have."""
