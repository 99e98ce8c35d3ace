"""Phrases: what a router was asked about an address, and what came of it, in half a sentence.

The routers' own notes are for whoever reads a configuration with both eyes (`labmail explain`);
in the story of a letter there is room for "ask.com is in +local_domains".

Try: ``phrase(step)`` for a `Step` of `labmail.exim.routing.desk`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labmail.exim.routing.steps import Step

_PLAIN = re.compile(r"\s*(!?)\s*(\+\w+|[\w.*-]+)\s*")
"""A list of one item, which can be shown as it is."""


def phrase(step: Step) -> str:
    """The step in a few words, without a full stop."""
    make = _PHRASES.get(step.option)
    return (make(step) if make else "") or step.why or f"{step.question} {step.answer}"


def _listed(step: Step) -> str:
    """``ask.com is not in +local_domains``, where the list is short enough."""
    plain = _PLAIN.fullmatch(step.value)
    if plain is None:
        return ""
    local, _, domain = step.address.rpartition("@")
    subject = domain if step.option == "domains" else local
    inside = (step.answer == "yes") != bool(plain[1])
    within = "in " if plain[2].startswith("+") else ""
    return f"{subject} is {'' if inside else 'not '}{within}{plain[2]}"


def _user(step: Step) -> str:
    knows = "knows" if step.answer == "yes" else "does not know"
    return f"/etc/passwd {knows} {step.question.split()[1]}"


def _files(step: Step) -> str:
    path = step.question.removeprefix("is ").removesuffix(" there?")
    return f"there is {'a' if step.answer == 'yes' else 'no'} {path}"


def _affix(step: Step) -> str:
    kind = step.option.removeprefix("local_part_")
    return f"it does not have the {kind} {step.value}"


def _condition(step: Step) -> str:
    return f"its condition is {'true' if step.answer == 'yes' else 'false'}: {step.why}"


_PHRASES = {
    "domains": _listed,
    "local_parts": _listed,
    "check_local_user": _user,
    "require_files": _files,
    "local_part_prefix": _affix,
    "local_part_suffix": _affix,
    "condition": _condition,
}
