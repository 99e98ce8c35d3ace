"""An explanation says what happened, in which order, and why."""

from __future__ import annotations

import json

from hypothesis import given, settings

from labmail.exim.expansion import Context, explain, parse

from .around import acl, answer, context, tainted
from .test_tree import TEXTS


def find(step, kind):
    """The first step of a kind."""
    if step.kind == kind:
        return step
    return next((got for below in step.steps if (got := find(below, kind))), None)


def test_the_value_is_the_same():
    line = "${if eq{${uc:a}}{A}{${map{x:y}{<$item>}}}{no}}"
    told = explain(line, context())
    assert told.value == answer(line, context()) == "<x>:<y>"


def test_the_branch_that_was_not_asked():
    told = explain("${if eq{a}{b}{yes}{no}}", context())
    assert [step.order > 0 for step in told.step.steps] == [True, False, True]
    assert told.step.why == "the condition is false: the second branch counts"
    assert told.step.steps[0].why == '"a" and "b" differ'


def test_places():
    line = "x${uc:abc}y"
    step = find(explain(line, context()).step, "operator uc")
    assert (step.source, line[step.start : step.end], step.value) == ("${uc:abc}",) * 2 + ("ABC",)


def test_numbers_are_told():
    told = explain("${if match{abc}{(b)}{$1}}", context())
    assert find(told.step, "condition match").numeric == ("b", "b")


def test_rounds_are_told():
    told = explain("${map{a:b:c}{<$item>}}", context())
    assert [s.rounds for s in told.step.steps if s.rounds[0] == "<a>"] == [("<a>", "<b>", "<c>")]


def test_where_a_lookup_found_it():
    told = explain("${lookup{root}lsearch{/etc/passwd}{yes}{no}}", context())
    assert "/etc/passwd" in told.step.why


def test_which_item_decided():
    told = explain("${if match_domain{a.b}{*.c : *.b}{y}{n}}", context())
    assert "a.b ends in .b" in find(told.step, "condition match_domain").why


def test_a_failure_is_an_answer():
    told = explain("ab${uc:$nosuch}", context())
    assert (told.value, told.failed, told.position) == (
        None,
        'unknown variable name "nosuch"',
        7,
    )
    assert find(told.step, "mistake").source == "$nosuch}"


def test_taint_is_told():
    told = explain("a$local_part", context(variables={"local_part": tainted("bob")}))
    assert told.tainted
    assert "(tainted)" in str(told)


def test_it_is_plain_data():
    verdict = acl("accept message = x$acl_arg1")
    told = explain("${acl{v}{a}} ${if def:domain{a}{b}} $value", context(acls={"v": verdict}))
    assert json.loads(json.dumps(told.data()))["value"] == "xa b "


def test_the_drawing():
    assert str(explain("${if eq{${uc:a}}{A}{yes}{no}}", context())).splitlines() == [
        "${if eq{${uc:a}}{A}{yes}{no}} = yes",
        "└ if: ${if eq{${uc:a}}{A}{yes}{no}} = yes; the condition is true: the first branch counts",
        '  ├ condition eq: eq{${uc:a}}{A} = true; "A" and "A" are the same',
        "  │ ├ operator uc: ${uc:a} = A",
        "  │ │ └ text: a = a",
        "  │ └ text: A = A",
        "  ├ text: yes = yes",
        "  └ text: no: not asked",
    ]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_any_text_can_be_explained(text):
    told = explain(text, context(run=None))
    assert told.failed or told.value == answer(text, context(run=None))
    json.dumps(told.data())
    assert str(told)
    assert parse(text) is parse(text)


def test_strings_that_are_expanded_in_turn_have_trees_of_their_own() -> None:
    told = explain(r"${expand:\${uc:a\}\${expand:\\\$nosuch\}}", Context())
    (again,) = told.step.then
    assert [step.source for step in again.steps] == ["${uc:a}", r"${expand:\$nosuch}"]
    (last,) = again.steps[1].then
    assert (last.source, last.failed) == ("$nosuch", 'unknown variable name "nosuch"')
    assert "└ then mistake: $nosuch" in str(told)
    assert told.data()["step"]["then"][0]["then"] == []


def test_a_string_that_expands_itself_is_told_once() -> None:
    text = "${expand:$primary_hostname}"
    told = explain(text, Context(settings={"primary_hostname": text}))
    assert told.failed.endswith(
        "nested too deep: strings that expand strings, one inside the other"
    )
    assert str(told).count("─ then ") + str(told).count("└ then ") == 1
