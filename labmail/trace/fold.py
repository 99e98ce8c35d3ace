"""Tries that are alike, told as one step.

A host that is down for four days is called 28 times. The first try is a step of its own; what
follows is the same again and again, and is told as "8 tries", "6 tries", "13 tries": a step for
each part of the retry rule, which shows in the rhythm of the pauses::

    every 15 minutes   │││││││││
    growing by half          │  │   │     │        │
    every 6 hours                                    │    │    │    │    │
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .causes import Node
from .event import kind_of

LONGEST = 8
"""A try has at most so many steps: asked the router, asked the name server, called, put off, …"""


@dataclass(slots=True)
class Fold:
    """Nodes that are told as one step; ``tries`` are those that failed, if they are many tries."""

    nodes: list[Node]
    tries: list[Node] = field(default_factory=list)


def fold(nodes: Sequence[Node], failed: Callable[[Node], bool]) -> list[Fold]:
    """Folds repeated tries; everything else stays a step for itself."""
    keys = [_key(node) for node in nodes]
    seen: set[object] = set()
    folds: list[Fold] = []
    at = 0
    while at < len(nodes):
        length, times = _repeats(keys, at)
        cycle = nodes[at : at + length]
        sore = next((i for i, node in enumerate(cycle) if failed(node)), None)
        if times < 2 or sore is None:
            cycle, times = nodes[at : at + 1], 1
        elif keys[at + sore] in seen and times > 1:
            run = nodes[at : at + length * times]
            folds += _by_rhythm([run[i : i + length] for i in range(0, len(run), length)], failed)
            at += length * times
            continue
        folds += [Fold([node]) for node in cycle]
        seen |= {_key(node) for node in cycle if failed(node)}
        at += len(cycle)
    return folds


def _key(node: Node) -> object:
    event = node.first
    who = frozenset(event.recipient for event in node.events)
    return kind_of(event), event.host, event.component, event.letter, who


def _repeats(keys: Sequence[object], at: int) -> tuple[int, int]:
    """(length, times) of the shortest run of steps that repeats itself from ``at`` on."""
    for length in range(1, min(LONGEST, (len(keys) - at) // 2) + 1):
        cycle, times = keys[at : at + length], 1
        while keys[at + times * length : at + (times + 1) * length] == cycle:
            times += 1
        if times > 1:
            return length, times
    return 1, 1


def _by_rhythm(cycles: list[Sequence[Node]], failed: Callable[[Node], bool]) -> Iterator[Fold]:
    sore = [_sorest([node for node in cycle if failed(node)]) for cycle in cycles]
    parts = rhythm([node.first.time for node in sore])
    for start, end in parts if len(parts) <= 4 else [(0, len(cycles))]:
        nodes = [node for cycle in cycles[start:end] for node in cycle]
        yield Fold(nodes, sore[start:end])


def _sorest(nodes: Sequence[Node]) -> Node:
    """Of the failing steps of a try, the call itself, if there was one."""
    return next((node for node in nodes if node.first.role == "talk"), nodes[0])


def rhythm(times: Sequence[float]) -> list[tuple[int, int]]:
    """Cuts moments into parts with even or evenly growing pauses: (start, end) of each part.

    >>> rhythm([0, 15, 30, 45, 105, 195, 330])
    [(0, 4), (4, 7)]
    """
    parts: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(times)):
        pauses = [times[i] - times[i - 1] for i in range(max(start, 1), end + 1)]
        if len(pauses) > 1 and not _even(pauses):
            parts.append((start, end))
            start = end
    return [*parts, (start, len(times))] if times else []


def _even(pauses: Sequence[float]) -> bool:
    """Do all pauses follow from the first two, by staying the same or by growing in proportion?"""
    ratios = [b / a if a > 0 else 0.0 for a, b in pairwise(pauses)]
    return min(ratios) > 0.95 and max(ratios) < 3 and max(ratios) - min(ratios) < 0.1
