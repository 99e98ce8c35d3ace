"""The sentences of an explanation: why a node has the value it has.

Where a node has said why itself (a lookup where it found something, a list which item decided),
that counts; the others are told from what was seen.

Try: ``print(explain("${if eq{a}{b}{yes}{no}}", context))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .branches import Branches
from .conditions import Condition, Not
from .conditions.defined import Defined
from .conditions.grouping import Group
from .items.decisions import If
from .tree import Failure, Number, Variable

if TYPE_CHECKING:
    from .explaining import Observer
    from .tree import Node

WORDS = {
    "eq": ("are the same", "differ"),
    "eqi": ("are the same but for capitals", "differ"),
    "match": ("match", "do not match"),
}


def reason(node: Node, observer: Observer) -> str:
    """A sentence, or nothing."""
    if isinstance(node, If):
        return _decided(node, observer)
    if isinstance(node, Condition):
        return _compared(node, observer)
    if isinstance(node, Group):
        return _grouped(node, observer)
    if isinstance(node, Not):
        return "the other way round"
    if isinstance(node, Defined):
        return "it is there" if _true(node, observer) else "it is not there, or empty"
    if isinstance(node, (Variable, Number)):
        seen = observer.last(node)
        return "nothing is known of it" if seen and seen.value and not seen.value.text else ""
    if isinstance(node, Failure):
        return "here the reading ended"
    branches = next((below for below in node.below() if isinstance(below, Branches)), None)
    return _found(branches, observer) if branches else ""


def _true(node: Node, observer: Observer) -> bool:
    seen = observer.last(node)
    return bool(seen and seen.value and seen.value.text == "true")


def _decided(node: If, observer: Observer) -> str:
    if observer.last(node.condition) is None:
        return ""
    if _true(node.condition, observer):
        return "the condition is true: the first branch counts"
    which = "the second branch counts" if node.branches.no else "there is no second branch"
    return f"the condition is false: {which}"


def _compared(node: Condition, observer: Observer) -> str:
    texts = [observer.last(given) for given in node.given]
    said = [f'"{seen.value.text}"' for seen in texts if seen and seen.value]
    if len(said) != len(node.given) or not said:
        return ""
    if node.name in WORDS and len(said) == 2:
        return f"{said[0]} and {said[1]} {WORDS[node.name][not _true(node, observer)]}"
    told = "" if _true(node, observer) else "not "
    return f"{told}{node.name} with {' and '.join(said)}" if told else f"{' and '.join(said)}: yes"


def _grouped(node: Group, observer: Observer) -> str:
    asked = sum(observer.last(member) is not None for member in node.members)
    rest = len(node.members) - asked
    return f"decided after {asked}; {rest} not asked" if rest else ""


def _found(branches: Branches, observer: Observer) -> str:
    if branches.yes is not None and observer.last(branches.yes):
        return "found: the first branch counts"
    if branches.no is not None and observer.last(branches.no):
        return "nothing found: the second branch counts"
    return ""
