"""How operators are found, what they ask for, and that each one shows what it does."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from labmail.exim.expansion import operators
from labmail.exim.expansion.operators import FAMILIES, find, names
from labmail.exim.expansion.operators.__main__ import main
from labmail.exim.expansion.operators.operator import OPERATORS, operator

HOME = "labmail.exim.expansion.operators"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_table_tells_where_each_lives(family):
    module = import_module(f"{HOME}.{family}")
    living = {one.name for one in OPERATORS.values() if one.function.__module__ == module.__name__}
    assert living == set(FAMILIES[family].split())


@pytest.mark.parametrize("module", [*FAMILIES, "operator", "numbered", "charsets", "__init__"])
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


def test_the_chapter_at_work(capsys):
    main([])
    told = capsys.readouterr().out
    assert "lc                           Capital letters made small." in told
    assert all(name in told for name in names())
    main(["uc", "caf\xe9", "noir"])
    main(["rfc2047d", "=?iso-8859-1?q?caf=e9?="])
    main(["eval", "1+"])
    main(["nope"])
    main(["md5"])
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["CAF\xe9 NOIR", "caf\xe9"]
    assert told[2].startswith("Failed: error in expression evaluation")
    assert told[3] == 'unknown expansion operator "nope"'
    assert told[4] == "MD5, 32 digits."
