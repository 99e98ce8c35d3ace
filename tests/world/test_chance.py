"""Chance: the same names give the same throw, and no other names do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.world import Chance

NAMES = st.lists(st.text(max_size=8), max_size=4).map(tuple)


@given(NAMES, NAMES)
def test_different_names_never_share_an_id(one, other):
    chance = Chance("seed")
    assert (chance.id(*one, size=64) == chance.id(*other, size=64)) == (one == other)


def test_names_do_not_run_together():
    chance = Chance()
    ids = [chance.id(*names) for names in (("a", "b"), ("ab",), ("a\0b",), ("a', 'b",), ("a,b",))]
    assert len(set(ids)) == 5


def test_numbers_are_names_by_how_they_look():
    assert Chance().id("queue", 1) == Chance().id("queue", "1")


def test_another_seed_is_another_world():
    assert Chance("a").id("x") != Chance("b").id("x")


def test_who_asks_first_does_not_matter():
    one, other = Chance(), Chance()
    assert [one.id("a"), one.id("b")] == [other.id("b"), other.id("a")][::-1]


def test_an_id_is_known_for_ever():
    """Recorded stories hold ids: they must not change with the version of labmail or Python."""
    assert Chance("labmail").id("boundary", "alice@example.com/1") == "78f50aa9a06e4a76"
    assert Chance("labmail").number("query", 1, below=65536) == 6746


@pytest.mark.parametrize("size", [0, 1, 16, 64])
def test_the_size_of_an_id(size):
    assert len(Chance().id("x", size=size)) == size
    assert set(Chance().id("x", size=size)) <= set("0123456789abcdef")


@given(st.integers(1, 2**40), st.integers())
def test_a_number_is_below_its_limit(below, name):
    assert 0 <= Chance().number(name, below=below) < below


def test_random_is_a_stream_of_its_own_for_each_name():
    chance = Chance()
    one = chance.random("retry", 1)
    assert [one.random(), one.random()] != [chance.random("retry", 2).random()] * 2
    assert chance.random("retry", 1).random() == chance.random("retry", 1).random()


def test_any_name_will_do():
    """Names come from the wire, where a byte that is no UTF-8 becomes a surrogate."""
    assert Chance().id("\udc80", b"\xff", None, 1.5)
