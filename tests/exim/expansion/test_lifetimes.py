"""How long $1, $value and $item live: as long as in the original."""

from __future__ import annotations

from labmail.exim.text import Text

from .around import acl, answer, context


def said(*lines: str, **slots) -> list[str]:
    """Lines of one run: each sees what those before left behind."""
    around = context(**slots)
    return [answer(line, around) for line in lines]


def test_numbers_live_until_the_end_of_if():
    assert said("${if match{abc}{a(b)}{$1${if match{xy}{x(.)}{$1}}$1}}|$1") == ["byb|"]


def test_numbers_of_one_condition_are_seen_by_the_next():
    assert said("${if and{{match{abc}{(b)}}{eq{$1}{b}}}{$1}}") == ["b"]


def test_a_failure_leaves_them_behind():
    assert said("${if match{abc}{a(b)}{$nosuch}}", "$0 $1", "${if eq{a}{a}{$1}}") == [
        'Failed: unknown variable name "nosuch"',
        "ab b",
        "b",
    ]


def test_a_filter_leaves_them_behind():
    assert said("${filter{a:b}{match{$item}{(b)}}} $1") == ["b b"]


def test_sg_puts_them_back():
    assert said(r"${if match{xyz}{(y)}{${sg{abc}{(b)}{<\$1>}}$1}}") == ["a<b>cy"]


def test_value_in_the_second_branch_is_the_old_one():
    assert said("${extract{a}{a=1}{$value${extract{b}{a=1}{x}{$value}}}{n}}|$value") == ["11|"]


def test_run_leaves_its_value_behind():
    assert said("${run{/bin/echo a}}$value", "$value", "${if eq{a}{a}{$value}}") == [
        "a\na\n",
        "a\n",
        "a\n",
    ]


def test_reduce_puts_value_and_item_back():
    assert said("${reduce{a:b}{}{$value$item}}|$value|$item") == ["ab||"]


def test_acl_variables_stay_and_arguments_go():
    verdict = acl("accept set acl_m_x = <$acl_arg1>\n message = $acl_narg")
    lines = ("${acl{v}{a}{b}}|$acl_narg|$acl_arg1", "$acl_m_x")
    assert said(*lines, acls={"v": verdict}) == ["2|0|", "<a>"]


def test_strict_variables():
    settings = {"strict_acl_vars": True}
    assert said("$acl_m_x", settings=settings) == [
        'Failed: unknown variable name "acl_m_x" (strict_acl_vars is set)'
    ]


def test_variables_of_the_caller():
    variables = {"local_part": Text("bob"), "domain": Text("ask.com")}
    assert said("$local_part@${domain}", variables=variables) == ["bob@ask.com"]
