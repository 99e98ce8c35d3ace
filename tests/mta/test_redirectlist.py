"""Aliases and redirection lists: what they say, and where a slip in them is."""

import pytest

from labmail.mta.routers.lsearch import parse_lsearch, whole_file
from labmail.mta.routers.redirectlist import RedirectError, parse_items


def items(text: str) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in parse_items(whole_file(text, "/x"))]


def addresses(text: str) -> list[str]:
    return [item for kind, item in items(text) if kind == "address"]


def error(text: str) -> str:
    with pytest.raises(RedirectError) as caught:
        parse_items(parse_lsearch(text, "/etc/aliases")["x"])
    return str(caught.value)


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def test_keys_values_comments_and_lines_that_go_on() -> None:
    table = parse_lsearch(
        "# people\n\nsales: bob,\n\t carol\n# more\n  dora\nUPPER ann\n"
        '"two words": ben\nempty:\nsales: never\n'
    )
    assert {key: value.text for key, value in table.items()} == {
        "sales": "bob, carol dora",
        "upper": "ann",
        "two words": "ben",
        "empty": "",
    }


def test_a_blank_in_front_swallows_a_key() -> None:
    table = parse_lsearch("a: ann\n b: ben\n")
    assert "b" not in table
    assert table["a"].text == "ann b: ben"


def test_every_letter_knows_its_place() -> None:
    value = parse_lsearch("a: ann,\n    ben,\n\tcara\n", "/etc/aliases")["a"]
    assert str(value.place(value.text.index("ann"))) == "/etc/aliases, line 1, column 4"
    assert str(value.place(value.text.index("ben"))) == "/etc/aliases, line 2, column 5"
    assert str(value.place(value.text.index("ara"))) == "/etc/aliases, line 3, column 3"


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ann, ben , cara@lab.test", ["ann", "ben", "cara@lab.test"]),
        ("ann\nben\n", ["ann", "ben"]),
        ("# a note\nann\n  # another\nben", ["ann", "ben"]),
        ('"ann lee"@lab.test', ['"ann lee"@lab.test']),
        ('"Lee, Ann" <ann@lab.test>', ["ann@lab.test"]),
        ("Ann <ann@lab.test>, ben", ["ann@lab.test", "ben"]),
        (r"\ann, ben", ["ann", "ben"]),
        ("ann,,ben,", ["ann", "ben"]),
        ("mail/ann", ["mail/ann"]),
        ("", []),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (":blackhole:", [("blackhole", "")]),
        (":fail: This mailbox, alas,\n  is closed", [("fail", "This mailbox, alas, is closed")]),
        (":defer:", [("defer", "")]),
        ("ann, :fail: no", [("address", "ann"), ("fail", "no")]),
        (":include:/etc/list", [("include", "/etc/list")]),
        (":unknown:", [("unknown", "")]),
        ('"|/usr/local/bin/handle --list x"', [("pipe", "/usr/local/bin/handle --list x")]),
        ("|/bin/cat", [("pipe", "/bin/cat")]),
        ("/var/archive/mail", [("file", "/var/archive/mail")]),
    ],
)
def test_other_items(text: str, found: list[tuple[str, str]]) -> None:
    assert items(text) == found


# ── slips ────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_comma_is_found() -> None:
    assert error("y: bob\nx: ann, ben cara\n") == (
        "error in redirect data: malformed address: cara may not follow ben;"
        " separate addresses by commas (/etc/aliases, line 2, column 13)"
    )


def test_a_missing_comma_at_a_line_end_is_found() -> None:
    assert "cara may not follow ben" in error("x: ann,\n   ben\n   cara\n")
    assert "line 3, column 4" in error("x: ann,\n   ben\n   cara\n")


def test_a_missing_bracket_is_found() -> None:
    assert error("x: <ann@lab.test\n") == (
        "error in redirect data: '>' missing at end of address in \"<ann@lab.test\""
        " (/etc/aliases, line 1, column 4)"
    )


def test_a_malformed_address_is_found() -> None:
    told = error("x: ann@@lab.test\n")
    assert told.startswith('error in redirect data: malformed address "ann@@lab.test": ')
    assert "line 1, column 8" in told
