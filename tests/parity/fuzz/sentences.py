"""What is asked: sentences of every sort, in the order of a seed.

A `Case` is asked as one line of ``-be`` (in bulk, many to a process) or, if it brings its own
configuration, as one call with arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from .conditions import CONDITIONS
from .configurations import Configuration, configuration
from .items import ITEMS
from .lookups import LOOKUPS
from .operators import OPERATORS
from .redirection import configuration as listed
from .routing import configuration as chain
from .slips import slip
from .speech import Speech, Tables

SLIPS = 0.14
"""How many sentences have a slip."""
LETTERS = 0.3
"""How many sentences are said about a letter."""
CONFIGURATIONS = 0.08
"""How many cases are configurations."""
ROUTING = 0.04
"""How many are chains of routers."""
LISTS = 0.03
"""How many are alias files and forward files."""


RESET = "${if match{}{}{${bogus:}}}"
"""Empties the numeric variables: after ``prvscheck`` Exim's point into memory used again."""


class Case(NamedTuple):
    """One question to both engines: a line, or a configuration with arguments."""

    number: int
    features: frozenset[str]
    line: str = ""
    config: Configuration | None = None
    letter: bool = False
    """Is it said about a letter (``-bem``)?"""


def cases(count: int, seed: int) -> Iterator[Case]:
    """The questions of a seed."""
    r = Random(seed)
    tables = Tables(ITEMS, OPERATORS, CONDITIONS)
    for number in range(count):
        roll = r.random()
        made = _configuration(roll, r)
        if made is not None:
            yield Case(number, made.features, config=made)
            continue
        case = _sentence(number, tables, r)
        yield case
        if "item prvscheck" in case.features:
            yield Case(number, frozenset({"reset"}), line=RESET, letter=case.letter)


def _configuration(roll: float, r: Random) -> Configuration | None:
    """A configuration of one of the kinds, or none: then it is a sentence's turn."""
    for often, write in ((CONFIGURATIONS, configuration), (ROUTING, chain), (LISTS, listed)):
        if roll < often:
            return write(r)
        roll -= often
    return None


def _sentence(number: int, tables: Tables, r: Random) -> Case:
    """A sentence about whatever was said least often."""
    speech = Speech(tables, r)
    text = _root(speech, tables, r)
    if r.random() < 0.25:
        text = speech.say(deeper=0.0) + text + speech.say(deeper=0.3)
    if r.random() < SLIPS and "operator randint" not in speech.features:
        text = slip(text, r)
        speech.features.add("slip")
    tables.said.update(speech.features)
    line = text.replace("\n", " ").replace("\0", "").rstrip("\\")
    letter = r.random() < LETTERS
    return Case(number, frozenset(speech.features), line=_harmless(line), letter=letter)


def _root(speech: Speech, tables: Tables, r: Random) -> str:
    """Whatever was said least often; now and then two of them."""
    groups = {"item ": tables.items, "operator ": tables.operators, "condition ": tables.conditions,
              "lookup ": LOOKUPS}  # fmt: skip
    every = [(prefix, name) for prefix, names in groups.items() for name in names]
    parts = []
    for _ in range(2 if r.random() < 0.3 else 1):
        prefix, name = min(every, key=lambda pair: (tables.said["".join(pair)], r.random()))
        parts.append(_about(speech, prefix, name))
    return r.choice(["", " ", "-"]).join(parts)


def _about(speech: Speech, prefix: str, name: str) -> str:
    if prefix == "condition ":
        speech.features.add("item if")
        return f"${{if {speech.condition(name)}{speech.branches(value=False)}}}"
    if prefix == "lookup ":
        speech.features.add("item lookup")
        return LOOKUPS[name](speech)
    return speech.expansion(name)


def _harmless(line: str) -> str:
    """A line that begins with a capital would define a macro, and what follows would change."""
    return f"-{line}" if line[:1].isupper() else line
