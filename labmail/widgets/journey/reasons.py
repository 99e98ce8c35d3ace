"""The pane Why: the question, the answer, what decided, and why not the others.

What was asked and said no is one thing (✕), what was never asked another, a dash: behind the router
that takes an address, and behind the rule that decides, nobody is asked any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labmail.dns.events import MxLookup
from labmail.mta.acl import MAIL, RCPT
from labmail.mta.acl.check import rule_name
from labmail.mta.events import AclChecked, PutOff, Routed
from labmail.trace import Event, Step
from labmail.trace.telling import Telling

MOST = 30
"""Answers of one step that are told with their reasons; the rest are counted."""

_ROUTER = re.compile(r"(?P<name>\S+) (?P<text>(?:was skipped|declined|passed|deferred)\b.*)", re.S)

No, Unasked = "no", "unasked"


def reasons(step: Step) -> list[dict[str, Any]]:
    """One entry for each different answer of the step; empty where there is nothing to tell."""
    found: list[dict[str, Any]] = []
    for event, told in list(zip(step.events, step.tellings, strict=True))[:MOST]:
        if not (told.why or told.proof):
            continue
        new = _reason(event, told)
        same = next((old for old in found if _but_for(old) == _but_for(new)), None)
        if same is None:
            found.append(new)
        else:
            same["questions"] += new["questions"]
    return found


def _but_for(reason: dict[str, Any]) -> dict[str, Any]:
    """The same answer for the same reasons is told once, below all its questions."""
    return {key: value for key, value in reason.items() if key != "questions"}


def _reason(event: Event, told: Telling) -> dict[str, Any]:
    others = list(_others(event, told.why))
    used = {other["whole"] for other in others}
    return {
        "questions": [told.question or told.label],
        "answer": told.answer,
        "ok": told.ok,
        "decided": [line for line in told.why if line not in used],
        "proof": told.proof,
        "others": [{k: v for k, v in other.items() if k != "whole"} for other in others],
    }


def _others(event: Event, why: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if isinstance(event, Routed):
        yield from _routers(event, why[1:])
    elif isinstance(event, AclChecked):
        yield from _rules(event, why[1:])
    elif isinstance(event, PutOff):
        yield from (_other(Unasked, "", line) for line in why[1:])
    elif isinstance(event, MxLookup):
        yield from (_other(Unasked, "", line) for line in why if "not asked" in line)


def _routers(event: Routed, declined: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for line in declined:
        found = _ROUTER.match(line)
        name, text = (found["name"], found["text"]) if found else ("", line)
        yield _other(No, name, text, line)
    left = event.total - len(declined) - 1
    if left > 0:
        more = "1 more router" if left == 1 else f"{left} more routers"
        yield _other(Unasked, more, f"not asked: {event.router} comes first")


def _rules(event: AclChecked, passed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    asked = {event.rule}
    for line in passed:
        name, _, text = line.partition(": ")
        asked.add(name)
        yield _other(No, name, text, line)
    rules = [rule_name(rule) for rule in (MAIL if event.recipient is None else RCPT)]
    if event.rule in rules:
        for name in rules[rules.index(event.rule) + 1 :]:
            if name not in asked:
                yield _other(Unasked, name, f"not asked: {event.rule} comes first")


def _other(sign: str, name: str, text: str, whole: str = "") -> dict[str, str]:
    return {"sign": sign, "name": name, "text": text, "whole": whole or text}
