"""How operators are found, what they ask for, and that each one shows what it does."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from labmail.exim.expansion import operators
from labmail.exim.expansion.operators import FAMILIES, find, names
from labmail.exim.expansion.operators.operator import OPERATORS, operator

HOME = "labmail.exim.expansion.operators"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_table_tells_where_each_lives(family):
    module = import_module(f"{HOME}.{family}")
    living = {one.name for one in OPERATORS.values() if one.function.__module__ == module.__name__}
    assert living == set(FAMILIES[family].split())


@pytest.mark.parametrize("module", [*FAMILIES, "operator", "numbered", "__init__"])
def test_examples(module):
    name = HOME if module == "__init__" else f"{HOME}.{module}"
    result = doctest.testmod(import_module(name))
    assert result.attempted or module in ("address", "file", "operator")
    assert not result.failed


def test_a_name_with_its_own_underscore_comes_first():
    assert find("quote_local_part")[0].name == "quote_local_part"
    assert find("quote_pgsql") == (find("quote")[0], "pgsql")
    assert find("substr_2_3") == (find("substr")[0], "2_3")
    assert find("time_eval_x") is None
    assert find("LC") is None


def test_a_family_is_imported_when_it_is_needed(monkeypatch):
    monkeypatch.delitem(OPERATORS, "lc")
    monkeypatch.setattr(operators, "import_module", lambda name: OPERATORS.update(lc=name))
    assert find("lc") == (f"{HOME}.case", None)


def test_what_is_left_of_a_stranger():
    """A digest is our own text; small letters are still the stranger's."""
    fresh = {name for name in names() if find(name)[0].fresh}
    assert {"md5", "strlen", "eval", "mask", "listcount"} <= fresh
    assert not {"lc", "quote", "base64", "address", "rfc2047d", "hash", "hex2b64"} & fresh


def test_an_operator_says_what_it_needs(monkeypatch):
    monkeypatch.setattr(f"{HOME}.operator.OPERATORS", known := {})

    @operator("both", "alike")
    def asks(text: str, argument: str | None, name: str) -> str:
        return f"{name}({text}, {argument})"

    assert known["both"]("a", "1", None) == "both(a, 1)"
    assert known["alike"]("a", None, None) == "alike(a, None)"
