"""What the page is told of a story: everything that it draws, as plain data.

The page writes no sentence of its own about a letter; it is handed the events' sentences, and the
numbers to put them in their places. So this module is where the widget can be tested without a
browser, and the page needs no kernel once it has its model.

    {letter, subject, people, fate, ends, fates, lanes, chapters, roads, silences,     the picture
     inside: {lanes, at, roads},                                                one floor deeper
     stores: […],                                                               queues, mailboxes
     steps: [{number, …, answers, why, talk, state, guess, text}]}              what is asked of one

`changes` says what is new since the last time, so that a letter under way is not sent whole again
with each of its steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from labmail.trace import Event, Journey, Step, Story
from labmail.trace.icons import icon_of
from labmail.trace.journey import Column
from labmail.trace.telling import Telling
from labmail.trace.text import step_lines, story_text
from labmail.trace.words import printable

from .fates import fates
from .guesses import guess
from .lying import lying
from .reasons import reasons
from .rooms import inside
from .talk import talk

VERSION = 1
TOO_MANY = 10_000
"""With more events than this a page shows the words and no picture."""
MOST = 40
"""Answers of one step that are sent; the rest are counted."""

Model = dict[str, Any]


def model(story: Story) -> Model:
    """The model of a story."""
    events = _events(story)
    journey = story.journey
    state = lying(story.steps, events)
    people, _, fate = journey.outcome.partition(" · ")
    return {
        "version": VERSION,
        "edition": 0,
        "letter": story.letter,
        "subject": printable(journey.subject),
        "people": printable(people),
        "fate": printable(fate),
        "ends": [{k: printable(v) for k, v in asdict(end).items()} for end in journey.ends],
        "fates": _printable(fates(story)),
        "twin": printable(story_text(story).partition("\n")[0]),
        "lanes": [_printable(asdict(lane)) for lane in journey.lanes],
        "chapters": [_printable(asdict(chapter)) for chapter in journey.chapters],
        "roads": [_printable(asdict(road)) for road in journey.roads],
        "silences": [asdict(silence) for silence in journey.silences],
        "inside": _printable(inside(story, journey)),
        "stores": _printable(state["stores"]),
        "long": len(events) > TOO_MANY,
        "steps": [
            _step(step, column, story, where)
            for step, column, where in zip(
                story.steps, journey.columns, state["steps"], strict=True
            )
        ],
    }


def _events(story: Story) -> Sequence[Event]:
    """All that was told of these letters, proofs included, oldest first."""
    told = {event.number: event for step in story.steps for event in step.all_events}
    told |= {event.number: event for event in story.told}
    return [told[number] for number in sorted(told)]


def _step(step: Step, column: Column, story: Story, state: dict[str, Any]) -> dict[str, Any]:
    return _printable(
        {
            "number": column.number,
            "label": column.label,
            "time": column.time,
            "icon": icon_of(column.role, column.component, column.label),
            "role": column.role,
            "component": column.component,
            "ok": column.ok,
            "partly": column.ok and not all(told.ok for told in step.tellings),
            "lane": column.lane,
            "peer": column.peer,
            "called": column.called,
            "arrives": column.arrives,
            "offset": column.offset,
            "tries": column.tries,
            "width": column.width,
            "chapter": step.chapter,
            "about": sorted({e.recipient for e in step.all_events if e.recipient})[:MOST],
            "answers": [_answer(told) for told in step.tellings[:MOST]],
            "more": max(0, len(step.tellings) - MOST),
            "why": reasons(step),
            "talk": talk(step, story),
            "state": state,
            "guess": guess(step, column, story.journey),
            "text": list(step_lines(step)),
        }
    )


def _answer(told: Telling) -> dict[str, Any]:
    return {
        "question": told.question or told.label,
        "answer": told.answer,
        "ok": told.ok,
        "proof": told.proof,
    }


def _printable(value: Any) -> Any:
    """Every text in it made safe to print; tuples as lists, as JSON has them."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


def changes(old: Model, new: Model) -> Model | None:
    """What turns ``old`` into ``new``: all that is small, and the steps from the first new one on.

    None where nothing is new. Each change makes a new edition, so that a page knows what it missed.

    >>> old = {"edition": 0, "steps": [1, 2], "fate": ""}
    >>> changes(old, {"edition": 0, "steps": [1, 2, 3], "fate": "arrived"})
    {'fate': 'arrived', 'edition': 1, 'keep': 2, 'steps': [3]}
    """
    keep = 0
    for before, after in zip(old["steps"], new["steps"], strict=False):
        if before != after:
            break
        keep += 1
    apart = ("steps", "edition")
    head = {k: value for k, value in new.items() if k not in apart and old.get(k, new) != value}
    if not head and keep == len(old["steps"]) == len(new["steps"]):
        return None
    return {**head, "edition": old["edition"] + 1, "keep": keep, "steps": new["steps"][keep:]}


def twin(model: Model) -> str:
    """The story in words, as ``print(story)`` has it."""
    return "\n".join([model["twin"], *(line for step in model["steps"] for line in step["text"])])


__all__ = ["Journey", "Model", "changes", "model", "twin"]
