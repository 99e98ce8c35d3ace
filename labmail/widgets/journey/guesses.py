"""Predict: what is asked before the next step is shown, and what one may answer.

Where the step is itself a question with known answers, that is what is asked: which of this host's
routers, accepted or refused. Elsewhere the question is who acts next, and the wrong answers are the
acts of other steps: those that may well happen in any journey (`ordinary`), so that none of them
gives away how this one ends. The page picks them.
"""

from __future__ import annotations

from typing import Any

from labmail.mta.events import AclChecked, Routed
from labmail.trace import Journey, Step
from labmail.trace.journey import Column
from labmail.trace.words import printable

ORDINARY = {"write", "AUTH", "ACL", "DATA", "spool", "router", "MX?", "RCPT", "Maildir", "mbox"}
"""Steps that say nothing of how a journey ends: these may stand as wrong answers."""


def guess(step: Step, column: Column, journey: Journey) -> dict[str, Any]:
    """What is asked of a step: its own question with its choices, or only who acts, and why."""
    choices, right = _own_question(step)
    return {
        "question": step.question if choices else "",
        "choices": choices,
        "right": right,
        "because": step.answer,
        "act": _act(column, journey),
        "ordinary": column.ok and column.label in ORDINARY,
    }


def _own_question(step: Step) -> tuple[list[str], int]:
    event = step.event
    if isinstance(event, Routed) and event.declined:
        names = [line.split(" ", 1)[0] for line in event.declined]
        return [*names, event.router, "none of them"], len(names)
    if isinstance(event, AclChecked):
        right = 0 if event.accepted else 1 if event.reply.startswith("5") else 2
        return ["Yes: 250", "No, and never: 5xx", "Not now: 4xx"], right
    return [], 0


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
"""What a component does by itself, or a step so labelled: in words that any journey could have."""
