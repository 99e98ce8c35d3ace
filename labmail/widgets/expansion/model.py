"""What the page is told of an expansion: plain data, made anew for each string.

    rows    the tree of the string from top to bottom: where each node stands in the text, how deep,
            what came of it and why
    stops   the rows at which one stops on the way, in the order in which they were computed

Text that stands for itself is a row but no stop: nothing happens there. Where something fails, what
lies around it fails too and says the same; only the innermost is a stop.

Every sentence comes from the engine: `why` of each step, and what an operator does from its own
description. The page only lays it out.

Try: ``model(explain("${uc:a}"))["stops"]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labmail.exim.expansion import operators
from labmail.exim.expansion.explaining import Explanation, Step

Model = dict[str, Any]

MOST_STOPS = 150
"""More than this are no picture any more: then the words tell it."""
MOST_ROWS = 400
LONGEST = 1000
"""Characters of a value that are on the page."""


def model(told: Explanation) -> Model:
    """Everything that is drawn."""
    rows = [_row(step, depth, above) for step, depth, above in _walk(told.step, 0, -1, [0])]
    stops = _stops(rows)
    return {
        "text": told.text,
        "value": None if told.value is None else short(told.value),
        "tainted": told.tainted,
        "failed": told.failed,
        "forced": told.forced,
        "help": told.help,
        "position": told.position,
        "rows": rows,
        "stops": stops,
        "long": len(stops) > MOST_STOPS or len(rows) > MOST_ROWS,
        "words": str(told),
    }


def _walk(step: Step, depth: int, above: int, count: list[int]) -> Iterator[tuple[Step, int, int]]:
    """Every node that a reader wants to see, with its depth and the row of the one above it."""
    row, count[0] = count[0], count[0] + 1
    yield step, depth, above
    if step.order:
        for below in step.steps:
            if below.order or below.kind != "mistake":
                yield from _walk(below, depth + 1, row, count)


def _row(step: Step, depth: int, above: int) -> Model:
    kind, _, name = step.kind.partition(" ")
    return {
        "kind": kind,
        "name": name or kind,
        "source": step.source,
        "start": step.start,
        "end": step.end,
        "depth": depth,
        "above": above,
        "order": step.order,
        "value": None if step.value is None else short(step.value),
        "tainted": step.tainted,
        "failed": step.failed,
        "why": step.why,
        "about": about(kind, name) if step.order else "",
        "numeric": [short(number) for number in step.numeric or ()],
        "rounds": [short(value) for value in step.rounds] if len(step.rounds) > 1 else [],
        "plain": kind == "text" and not step.steps,
    }


def _stops(rows: list[Model]) -> list[int]:
    """Rows in the order in which they were computed, without those where nothing happens."""
    asked = [at for at, row in enumerate(rows) if row["order"] and not row["plain"]]
    asked.sort(key=lambda at: rows[at]["order"])
    failed = [at for at in asked if rows[at]["failed"]]
    return [at for at in asked if at not in failed[1:]]


def about(kind: str, name: str) -> str:
    """What an operator does, in its own words.

    >>> about("operator", "lc")
    'Capital letters made small.'
    """
    found = operators.find(name) if kind == "operator" else None
    told = (found[0].function.__doc__ or "") if found else ""
    return " ".join(told.split("\n\n")[0].split()).replace("``", "")


def short(text: str) -> str:
    """A value that has room on a page.

    >>> short("a" * 2000)[-23:]
    'a… 1000 characters more'
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… {len(text) - LONGEST} characters more"
