"""Lists with names: lists in lists, what is remembered of them, and those that are circles."""

from __future__ import annotations

import doctest
import importlib
import time

import pytest

from labmail.exim.drive import drive
from labmail.exim.errors import Deferred, EximError
from labmail.exim.expansion.lists import match_address, match_domain, match_ip, match_local_part
from labmail.exim.regex import Panic
from labmail.exim.text import Text

from .around import make_context

MODULES = [
    "addresses",
    "asking",
    "hosts",
    "match",
    "mx",
    "names",
    "nets",
    "pattern",
    "scan",
    "special",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"labmail.exim.expansion.lists.{name}")
    assert doctest.testmod(module).failed == 0


def test_split_examples():
    from labmail.exim.config import split

    assert doctest.testmod(split).failed == 0


def domain(context, text, listed, **how):
    return drive(match_domain(context, Text(text), Text(listed), **how))


def test_why():
    context = make_context({"domainlist ours": "ask.com : *.ask.com"})
    match = domain(context, "www.ask.com", "! +ours : b.com")
    assert not match
    assert match.item == "! +ours"
    assert match.why == (
        "www.ask.com is in the domain list ours: www.ask.com ends in .ask.com; ! excludes it"
    )
    match = domain(context, "b.com", "! +ours")
    assert match.why == "no item matches b.com, and the last one is negative: all others are in"


@pytest.mark.parametrize(
    "lists",
    [
        {"domainlist a": "x.com : +a"},
        {"domainlist a": "+b", "domainlist b": "! +c", "domainlist c": "y.com : +a"},
    ],
)
def test_a_list_that_includes_itself_is_told_and_does_not_hang(lists):
    context = make_context(lists)
    with pytest.raises(Deferred, match="includes itself: a includes "):
        domain(context, "q.com", "+a")


def test_a_list_that_asks_for_itself_in_an_expansion():
    context = make_context({"domainlist a": "${if match_domain{q.com}{+a}{q.com}{r.com}}"})
    with pytest.raises(EximError):
        domain(context, "q.com", "+a")


def test_two_lists_that_use_a_third_are_no_circle():
    context = make_context(
        {"domainlist a": "+c : x.com", "domainlist b": "+c : y.com", "domainlist c": "z.com"}
    )
    assert domain(context, "y.com", "+a : +b")


def test_answers_are_remembered_for_lists_that_do_not_change():
    context = make_context(
        {
            "domainlist fixed": "a.com",
            "domainlist open": "$domain",
            "domainlist_cache told": "${lc:A.COM}",
            "domainlist outer": "+open : b.com",
        }
    )
    cache: dict = {}
    for name in ("fixed", "open", "told", "outer"):
        first = domain(context, "a.com", f"+{name}", cache=cache)
        again = domain(context, "a.com", f"+{name}", cache=cache)
        assert first.matched and again.matched
        assert first.value == again.value
    assert {asked[-1] for asked in cache} == {"fixed", "told", "+fixed", "+told"}


def test_an_option_is_expanded_before_use():
    context = make_context(variables={"domain": Text("b.com")})
    assert domain(context, "a.com", "$domain : a.com", expand=True)
    assert not domain(context, "a.com", "${if eq{a}{b}{x}fail} : a.com", expand=True)
    with pytest.raises(Deferred) as later:
        domain(context, "a.com", "$nosuchvariable", expand=True)
    assert "failed to expand" in later.value.help


def test_where_the_value_comes_from_decides_about_taint():
    context = make_context()
    subject = Text("a.com", tainted=True)
    clean = drive(match_domain(context, subject, Text("a.com : b.com")))
    assert clean.value == Text("a.com")
    assert clean.numeric == (Text("a.com", tainted=True),)
    dirty = drive(match_domain(context, subject, Text("a.com", tainted=True)))
    assert dirty.value == Text("a.com", tainted=True)


def test_caseful_from_the_start():
    context = make_context()

    def ask(listed, **how):
        return bool(drive(match_local_part(context, Text("Bob"), Text(listed), **how)))

    assert ask("bob") and not ask("bob", caseful=True) and ask("Bob", caseful=True)


def test_addresses_longer_than_a_buffer():
    context = make_context()
    address = Text("a" * 100_000 + "@ask.com")
    assert not drive(match_address(context, address, Text("*@ask.com")))


def test_a_file_that_a_stranger_chose_is_not_opened(tmp_path):
    (tmp_path / "keys").write_text("a.com\n")
    context = make_context(
        {
            "domainlist file": f"{tmp_path}/$local_part",
            "domainlist keys": f"lsearch;{tmp_path}/$local_part",
        },
        variables={"local_part": Text("keys", tainted=True)},
    )
    for name in ("file", "keys"):
        with pytest.raises(Panic):
            domain(context, "a.com", f"+{name}")


def test_lists_in_lists_in_lists_have_an_end():
    chain = {f"domainlist l{place}": f"+l{place + 1}" for place in range(5000)}
    context = make_context({**chain, "domainlist l5000": "a.com", "domainlist d50": "+l4960"})
    assert domain(context, "a.com", "+d50")
    with pytest.raises(Deferred, match="inside 60 others"):
        domain(context, "a.com", "+l0")


def test_a_very_long_list_is_read_quickly():
    listed = " : ".join(f"d{place}.com" for place in range(100_000))
    begun = time.monotonic()
    assert domain(make_context(), "d99999.com", listed)
    assert time.monotonic() - begun < 10  # a third of a second on a quiet machine


def test_only_lists_of_addresses_of_hosts_are_expanded_by_conditions():
    context = make_context(variables={"sender_host_address": Text("10.0.0.1")})
    listed = Text("$sender_host_address")
    assert drive(match_ip(context, Text("10.0.0.1"), listed))
    assert not domain(context, "10.0.0.1", listed.text)
    with pytest.raises(Deferred) as later:
        drive(match_ip(context, Text("10.0.0.1"), Text("$nosuch : *")))
    assert later.value.message == "NULL"
