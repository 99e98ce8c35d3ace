"""Macros: defining and splicing."""

from __future__ import annotations

import pytest

from labmail.exim.config.mistakes import report
from tests.exim.config.reading import banner, message, read_text, refused

B = "smtp_banner = "


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"A=\n{B}xAx", "xx"),
        (f"A= x  \n{B}[A]", "[x]"),
        (f'A="x"\n{B}A', "x"),
        (f"A=x=y\n{B}A", "x=y"),
        (f"A=b\n{B}aAa_A_AA", "aba_b_bb"),
        (f" A=x\n{B}A", "x"),
        (f"A=x\\\ny\n{B}A", "xy"),
        (f"A=B\nB=c\n{B}A", "c"),
        (f"B=c\nA=B\n{B}A", "c"),
        (f"A=xA\n{B}A", "xA"),
        (f"A=B\nB=A\n{B}AB", "BB"),
        (f"AAB = two\nAA = one\n{B}AAB AA", "two one"),
        (f"A = x\nA == y\n{B}A", "y"),
        (f"A = start\nA == A end\n{B}A", "start end"),
        (f"A=1\nA===2\n{B}A", "=2"),
        ("NAME = smtp_ban\nhide NAMEner = x", "x"),
        (f"X=1\n{B}a\\\nX=2", "a1=2"),
        (f"X=1\nY = a\\\nX\n{B}Y", "a1"),
        (f"X = #y\n{B}a\\\nX\nb", "ab"),
        (f"X=\nX {B}a", "a"),
        ("F=two\n.include F\n", "in two"),
    ],
)
def test_spliced(text: str, value: str) -> None:
    assert banner(text, two=f"{B}in two") == value


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("_HAVE_TLS", "y"),
        ("_HAVE_TLS_x", "y_x"),
        ("[_HAVE_X _HAVE_TLS]", "[_HAVE_X y]"),
        ("a_HAVE_TLS", "ay"),
        ("_OPT_MAIN_TLS_ALPN", "y"),
        ("X _HAVE_TLS", "X _HAVE_TLS"),
        ("_hAVE _HAVE_TLS", "_hAVE _HAVE_TLS"),
    ],
)
def test_predefined_ones_are_looked_for_after_an_underscore_that_comes_first(
    line: str, value: str
) -> None:
    assert banner(B + line) == value


def test_a_predefined_one_in_a_definition() -> None:
    assert banner(f"X=_HAVE_TLS\n{B}X") == "y"
    assert banner(f"A=a\n{B}A _HAVE_TLS") == "a _HaVE_TLS"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("A", "malformed macro definition"),
        ("A :", "malformed macro definition"),
        ("A-=1", "malformed macro definition"),
        ("A b = c", "malformed macro definition"),
        ("A\xe9=1", "malformed macro definition"),
        ("A" * 64 + "=1", "macro name too long (maximum is 63 characters)"),
        ("A == 1", 'can\'t redefine an undefined macro "A"'),
        ("A=1\nA=2", 'macro "A" is already defined (use "==" if you want to redefine it)'),
        ("A=1\nA = = 2", 'macro "A" is already defined (use "==" if you want to redefine it)'),
        ("_A=1", "option setting expected: _A=1"),
    ],
)
def test_not_defined(text: str, error: str) -> None:
    assert message(text) == error


@pytest.mark.parametrize(
    ("text", "name", "older"),
    [
        ("A=1\nAB=2", "AB", "A"),
        ("A=1\nBA=2", "BA", "A"),
        ("X_HAVE_TLS=1", "X_HAVE_TLS", "_HAVE_TLS"),
    ],
)
def test_a_name_must_not_contain_an_older_one(text: str, name: str, older: str) -> None:
    assert message(text) == (
        f'"{name}" cannot be defined as a macro because previously defined macro '
        f'"{older}" is a substring'
    )


def test_how_the_mistake_is_told() -> None:
    stamp = "2026-11-23 05:12:00"
    error = refused("A=1\nA=2")
    assert report(error, stamp).startswith(f'{stamp} Exim configuration error:\n  macro "A"')
    assert report(error, stamp, listing=True).startswith("LOG: PANIC\n  Exim configuration error:")
    error = refused("A")
    assert report(error, stamp, listing=True) == (
        "LOG: PANIC\n  Exim configuration error in line 1 of /exim.conf:\n"
        "  malformed macro definition\n"
    )
    error = refused("a")
    assert report(error, stamp, listing=True).startswith("LOG: PANIC DIE\n")


def test_the_command_line_wins() -> None:
    text = f"A=2\nA==3\n{B}[A]"
    assert banner(text) == "[3]"
    assert banner(text, macros=(("A", "1"),)) == "[1]"
    assert banner(f"A==2\n{B}[A]", macros=(("A", "1"),)) == "[1]"
    assert banner(f"B=x\n{B}A", macros=(("A", "B"),)) == "x"
    assert banner(f"{B}A AB", macros=(("A", "1"), ("AB", "2"))) == "1 1B"
    assert refused("AB=1", (("A", "1"),)).message.startswith('"AB" cannot be defined')


def test_the_last_one() -> None:
    macros = read_text("A=1\nB=2\nA==3\n").macros
    assert (macros.latest, macros["A"], macros["_HAVE_TLS"]) == ("B", "3", "y")
    assert list(macros.all())[:1] == ["_HAVE_TLS_RESUME"]


def test_macros_that_grow_without_end_are_refused() -> None:
    text = "".join(f"A{n}_ = A{n + 1}_A{n + 1}_\n" for n in range(60)) + f"{B}A0_"
    assert "longer than" in message(text)
    assert "longer than" in message(f"A={'x' * 10_000_000}\n{B}{'A' * 10_000_000}")


def test_many_lines_of_much_are_refused() -> None:
    assert "longer than" in message(f"X={'x' * 10_000_000}\n" + "# X\n" * 100)
