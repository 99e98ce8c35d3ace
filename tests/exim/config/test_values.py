"""Values of each kind, as the real program reads and prints them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from labmail.exim.config.kinds import EXPANDED_GROUP, USER, USERS, Around, People
from labmail.exim.errors import ConfigError, ExpansionFailed
from tests.exim.config.original import HEAD, ask
from tests.exim.config.reading import read_text
from tests.exim.config.tree import Tree
from tests.exim.config.vocabulary import MAIN

ROWS = json.loads((Path(__file__).parent / "data" / "values.json").read_text())


def setting(option: str, text: str) -> tuple[str | None, str]:
    """As `-bP` shows it, or the sentence for what is wrong."""
    try:
        configuration = read_text(f"{option} = {text}\n")
    except ConfigError as error:
        return None, error.message
    value = configuration.main[option]
    return MAIN[option].kind.show(option, value, configuration.people), ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}={row[1][:20]!r}")
def test_value(row: list[str]) -> None:
    option, text, shown, error = [*row, ""][:4]
    assert setting(option, text) == (shown, error)


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("option", sorted({row[0] for row in ROWS}))
def test_original_still_says_so(option: str, folder: Path) -> None:
    path = folder / "exim.conf"
    for _, text, *answer in (row for row in ROWS if row[0] == option):
        path.write_bytes(f"{HEAD.format(folder=folder)}{option} = {text}\n".encode("latin-1"))
        out, error = ask(path, "-bP", option)
        assert (out.rstrip("\n") or None, error.split("\n  ")[-1].rstrip("\n")) == (
            answer[0],
            [*answer, ""][1],
        )


def around(expand: Callable[[str], str]) -> Around:
    return Around(People(Tree({})), expand)


def test_lists_of_users_are_expanded() -> None:
    assert USERS.read("$all", "never_users", around(lambda text: "root:mail")) == [0, 8]


def test_an_expansion_that_fails_is_named() -> None:
    def expand(text: str) -> str:
        raise ExpansionFailed('unknown variable name "x"')

    with pytest.raises(
        ConfigError, match='failed to expand never_users: unknown variable name "x"'
    ):
        USERS.read("$x", "never_users", around(expand))


def test_a_host_without_people() -> None:
    with pytest.raises(ConfigError, match="user root was not found"):
        USERS.read("root", "never_users", Around())


def test_half_a_line_of_passwd_is_nobody() -> None:
    people = People(Tree({"/etc/passwd": b"root:x:zero:0\n# c:x:1:1:::\nroot:x:0:0::/:/\n"}))
    assert people.user("root") is not None
    assert people.user_name(1) is None


def test_owners_that_are_not_set() -> None:
    nobody = People(None)
    assert USER.show("system_filter_user", None, nobody) == "system_filter_user = "
    assert EXPANDED_GROUP.show("group", None, nobody) == "group = "
    assert EXPANDED_GROUP.show("group", "$x", nobody) == "group = $x"
    assert USERS.show("never_users", None, nobody) == "never_users ="
