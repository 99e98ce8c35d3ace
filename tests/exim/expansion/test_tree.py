"""The tree: it covers its text, whatever the text is, and a mistake has its place in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.drive import drive
from labmail.exim.errors import EximError, ExpansionFailed
from labmail.exim.expansion import Context, expand, parse
from labmail.exim.expansion.tree import Failure, Literal, Node

from .around import answer

WORDS = """
    ${ { } $ \\ : } }} {} fail a 1 ! ${if eq ${uc: ${extract ${map ${sg ${sort ${lookup lsearch
    ${run ${filter ${reduce forany and or def h_x: \\N < = $value $1 ${acl ${prvscheck
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\t", "\x00", "\xff"])
TEXTS = st.lists(st.one_of(PIECES, st.characters(max_codepoint=255)), max_size=30).map("".join)


def nodes(node: Node):
    yield node
    for below in node.below():
        yield from nodes(below)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_has_a_value_or_fails(text):
    try:
        drive(expand(text, Context()))
    except EximError as failed:
        assert isinstance(failed.message, str)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_tree_covers_the_text(text):
    tree = parse(text)
    assert (tree.start, tree.end) == (0, len(text))
    for node in nodes(tree):
        assert 0 <= node.start <= node.end <= len(text), node.told()


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_is_skipped_is_looked_at(text):
    """A mistake in the form is found in a branch that is not taken, too."""
    tree = parse(text)
    if any(type(node) is Failure for node in nodes(tree)) and not any(
        node.told() in ("item extract", "item run", "fail", "item prvscheck")
        for node in nodes(tree)
    ):
        with pytest.raises(ExpansionFailed):
            tree.skip()


def test_a_tree_is_kept():
    assert parse("${uc:a$domain}") is parse("${uc:a$domain}")


def test_plain_text_is_one_node():
    tree = parse(r"a\x41b\n")
    assert type(tree) is Literal
    assert tree.text.text == "aAb\n"


@pytest.mark.parametrize(
    "text, at",
    [("ab$nosuch", 2), ("${nosuch}", 0), ("a$", 1), ("${uc:a", 6), ("x${if nosuch{a}}", 6)],
)
def test_a_mistake_has_its_place(text, at):
    with pytest.raises(ExpansionFailed) as failed:
        drive(expand(text, Context()))
    assert failed.value.position == at


def test_a_mistake_counts_when_it_is_come_to():
    around = Context()
    assert answer("${base32:x}${nosuch}", around).startswith("Failed: argument for base32")
    assert answer("${if eq{a}{b}{${base32:x}}{no}}", around) == "no"
    assert answer("${if eq{a}{b}{${nosuch}}{no}}", around).startswith("Failed: unknown variable")
