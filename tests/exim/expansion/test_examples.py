"""The examples in the chapter's own words are true, and the chapter can be run."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from labmail.exim.expansion.__main__ import EXAMPLES, main

MODULES = [
    "acl",
    "branches",
    "context",
    "cursor",
    "escapes",
    "evaluator",
    "explaining",
    "operation",
    "parser",
    "reasons",
    "tree",
    "conditions",
    "conditions.compare",
    "items",
    "items.extracting",
    "items.json",
    "items.running",
    "variables",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = import_module(f"labmail.exim.expansion.{name}")
    assert doctest.testmod(module).failed == 0


def test_the_chapter_runs(capsys):
    main(EXAMPLES)
    told = capsys.readouterr().out
    assert "${uc:$local_part}@$domain = BOB@ask.com  (tainted)" in told
    assert "a stranger: not asked" in told
