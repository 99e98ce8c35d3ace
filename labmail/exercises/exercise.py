"""Exercises: a number, a title, three hints, and a function that looks at the lab.

A chapter's exercises are functions in a file of this folder, each decorated with `exercise`::

    @exercise("00.1", "A letter of your own", hints=("…", "…", "…"))
    def own_letter(lab, answer):
        yield Claim("bob@ask.com has one new letter", len(new) == 1, …)

The student calls ``check("00.1", lab)``. A check never raises: what breaks inside it is our fault,
and is said so.
"""

from __future__ import annotations

import difflib
import os
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .claim import Claim, with_step
from .verdict import Verdict

if TYPE_CHECKING:
    from labmail.lab import Lab

Judge = Callable[["Lab", Any], Iterable[Claim]]

CHAPTERS = (
    *("start_here", "anatomy", "speaking_smtp", "serving_smtp", "patience"),
    *("names", "names_at_work", "routers", "debian", "relaying", "queueing"),
    "queue_reading",
    *("expansion", "forensics", "salvage"),
)
"""The files of this folder that hold exercises, in the order of the chapters."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise. ``hints``: where to look, which rule decides, what kind of change is needed."""

    id: str
    title: str
    hints: tuple[str, ...]
    judge: Judge


_known: dict[str, Exercise] = {}


def exercise(id: str, title: str, *, hints: tuple[str, ...]) -> Callable[[Judge], Judge]:
    """Registers the decorated function as the judge of an exercise."""

    def register(judge: Judge) -> Judge:
        _known[id] = Exercise(id, title, hints, judge)
        return judge

    return register


def all_exercises() -> dict[str, Exercise]:
    """All exercises by number."""
    for chapter in CHAPTERS:
        import_module(f"{__package__}.{chapter}")
    return dict(sorted(_known.items()))


def check(id: str, lab: Lab | None = None, answer: Any = None, *, hint: int = 0) -> Verdict:
    """Judges an exercise in ``lab``; ``answer`` where the exercise asks for one; ``hint`` 1 to 3.

    Raises ValueError only where there is no such exercise.
    """
    known = all_exercises()
    if id not in known:
        close = difflib.get_close_matches(str(id), known, 1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"there is no exercise {id!r}: expected one of {', '.join(known)}{meant}")
    task = known[id]
    shown = task.hints[: max(0, hint)]
    claims, trouble = _judge(task, lab, answer)
    return Verdict(id, task.title, claims, shown, len(task.hints) - len(shown), trouble)


def _judge(task: Exercise, lab: Lab | None, answer: Any) -> tuple[tuple[Claim, ...], str]:
    if lab is None:
        return (), f'it needs the lab that it is to look at: check("{task.id}", lab)'
    if not lab.is_open:
        return (), "the lab is closed: run the notebook again from its first cell"
    try:
        claims = tuple(with_step(claim, lab) for claim in task.judge(lab, answer))
    except Exception as error:
        return (), f"not your fault: {_where(error)}: {type(error).__name__}: {error}"
    return claims, "" if claims else "it has nothing to claim, which is not your fault"


def _where(error: Exception) -> str:
    """The line of labmail that was at work: ``labmail/exercises/start_here.py, line 40``."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    for frame in frames:
        _, ours, path = frame.filename.replace(os.sep, "/").rpartition("/labmail/")
        if ours:
            return f"labmail/{path}, line {frame.lineno}"
    return "labmail"
