"""The trace as JSON: what a program outside the lab reads.

Two shapes, each with a version: the raw stream (`events_as_json`, the lines of the journal), and a
story with its steps, sentences, dialogue and places (`story_as_json`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from .event import Event
from .record import to_record
from .step import Step
from .story import Story

VERSION = 1
"""Of both shapes; goes up when a name changes its meaning or goes."""


def events_as_json(events: Iterable[Event]) -> dict[str, Any]:
    """Events with their sentences, oldest first."""
    return {"labmail": "trace", "version": VERSION, "events": [to_record(e) for e in events]}


def story_as_json(story: Story) -> dict[str, Any]:
    """A story: ``outcome`` for each recipient, ``steps`` in the order of the telling."""
    return {
        "labmail": "story",
        "version": VERSION,
        "letter": story.letter,
        "letters": list(story.letters),
        "subject": story.subject,
        "started": story.started,
        "outcome": [asdict(end) for end in story.ends],
        "places": {
            letter: {who: asdict(place) for who, place in places.items()}
            for letter, places in story.places().items()
        },
        "steps": [_step(step) for step in story.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "after": round(step.after, 6),
        "host": step.host,
        "label": step.label,
        "ok": step.ok,
        "tries": [round(moment, 6) for moment in step.tries],
        "events": [to_record(event) for event in step.events],
        "dialogue": [{"speaker": said.speaker, "text": said.text} for said in step.said],
    }
