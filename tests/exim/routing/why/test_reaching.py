"""What would have to change for a router to take an address: told, and then tried."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from labmail.exim.routing.why import Reach, explain
from tests.exim.routing.asking import HEAD, desk

TOWN = """\
aliases:
  driver = redirect
  domains = lab.test
  data = ${lookup{$local_part}lsearch{{DIR}/aliases}}
copies:
  driver = accept
  local_parts = both
  unseen
  transport = box
hubs:
  driver = manualroute
  domains = ! lab.test : ! *.lab.test
  route_list = hub.test 192.0.2.9
  transport = smtp
literal:
  driver = ipliteral
  domains = ! lab.test
  transport = smtp
  no_more
wards:
  driver = accept
  local_part_prefix = real- : x*-
  check_local_user
  require_files = $home/letters : !/nix
  condition = ${if or{{eq{$domain}{lab.test}}{eq{$local_part}{root}}}}
  transport = box
last:
  driver = accept
  senders = : ann@lab.test
  transport = box
"""


def reach(tmp_path: Path, address: str, router: str, text: str = TOWN) -> Reach:
    (tmp_path / "aliases").write_text("team: root\n")
    told = explain(address, desk(tmp_path, text.replace("{DIR}", str(tmp_path))), router=router)
    return told.reaches[0]


def turns(told: Reach) -> list[str]:
    return [step.turn for step in told.changes]


def test_it_took_it(tmp_path: Path) -> None:
    told = reach(tmp_path, "x@hub.test", "hubs")
    assert (told.verdict, told.changes) == ("took it", [])
    assert str(told) == "x@hub.test: hubs took it\n"
    assert reach(tmp_path, "both@[192.0.2.1]", "copies").verdict == "took it"


def test_a_driver_that_declined_tells_what_it_looked_for(tmp_path: Path) -> None:
    told = reach(tmp_path, "bob@lab.test", "aliases")
    assert told.verdict == "declined"
    where = f"{tmp_path}/aliases has no entry for bob"
    assert turns(told) == [f"`data` would have to come to a list of addresses: {where}"]
    assert told.changes[0].option == "data" and told.changes[0].line == HEAD.count("\n") + 4
    told = reach(tmp_path, "x@far.test", "hubs")
    assert turns(told) == [
        "a rule of `route_list` would have to be for far.test: they are for hub.test"
    ]
    told = reach(tmp_path, "x@far.test", "literal")
    assert turns(told)[0] == "the address would have to be x@[192.0.2.1], or another number"


def test_all_preconditions_are_told_not_only_the_first(tmp_path: Path) -> None:
    home = pwd.getpwnam("root").pw_dir
    told = reach(tmp_path, "root@lab.test", "wards")
    assert turns(told) == [
        "the address would have to be real-root@lab.test or xx-root@lab.test",
        f"{home}/letters would have to be there",
    ]
    assert told.verdict == "stood aside"


def test_what_decided_in_a_string(tmp_path: Path) -> None:
    text = """\
one:
  driver = accept
  condition = ${if and{{!eq{$local_part}{bob}}{eq{a}{b}}}{yes}}
  transport = box
two:
  driver = accept
  domains = ${if eq{$local_part}{ann}{*}}
  transport = box
"""
    assert turns(reach(tmp_path, "bob@x.test", "one", text)) == [
        '`condition` would have to come to yes: eq{$local_part}{bob}: "bob" and "bob" are the same'
    ]
    assert turns(reach(tmp_path, "bob@x.test", "two", text)) == [
        "x.test would have to match what `domains` comes to"
    ]


def test_what_depends_on_a_user_is_not_told_without_one(tmp_path: Path) -> None:
    told = reach(tmp_path, "real-nixda@lab.test", "wards")
    assert turns(told) == ["nixda would have to be a user of this host: a line in /etc/passwd"]
    assert "require_files: it speaks of $home, which has a value once check_local_user" in str(told)


def test_it_was_not_reached_since_another_took_it(tmp_path: Path) -> None:
    told = reach(tmp_path, "team@lab.test", "wards")
    assert told.verdict == "was not reached"
    assert told.why.startswith("aliases (") and told.why.endswith(
        "made other addresses of it first"
    )
    assert [step.turn for step in told.before] == [
        "lab.test would have to not be lab.test",
        f"`data` would have to come to nothing: team is in line 1 of {tmp_path}/aliases",
    ]
    assert "wards would have to stand before aliases" in str(told)


def test_the_end_of_the_walk_is_in_the_way(tmp_path: Path) -> None:
    told = reach(tmp_path, "x@far.test", "last")
    assert told.why.startswith("literal declined, and `more` ends the walk there")
    assert told.before[-1].turn == "`more` would have to be true"
    assert told.changes == [] and "it would take the address if it came to it" in str(told)


def test_those_between_are_told(tmp_path: Path) -> None:
    told = reach(
        tmp_path,
        "root@[192.0.2.1]",
        "last",
        TOWN.replace("  local_part_prefix = real- : x*-\n", "").replace("$home/letters", "$home"),
    )
    assert told.then == ("wards",)
    assert "then wards would have to let it go as well" in str(told)


def test_it_began_further_down(tmp_path: Path) -> None:
    text = TOWN.replace("  domains = lab.test\n  data", "  redirect_router = last\n  data")
    (tmp_path / "aliases").write_text("team: root\n")
    told = explain(
        "team@lab.test", desk(tmp_path, text.replace("{DIR}", str(tmp_path))), router="wards"
    )
    assert "began its way at last" in told.reaches[1].why


@pytest.mark.parametrize(
    ("address", "router", "wrong", "right"),
    [
        ("x@far.test", "hubs", "hub.test 192", "far.test 192"),
        ("real-root@lab.test", "wards", "$home/letters : ", ""),
        ("x@far.test", "last", "  no_more\n", ""),
        ("team@lab.test", "last", "  domains = lab.test\n  data", "  domains = x\n  data"),
    ],
)
def test_once_it_is_changed_the_router_takes_it(
    tmp_path: Path, address: str, router: str, wrong: str, right: str
) -> None:
    """The words are worth something only if obeying them helps."""
    assert reach(tmp_path, address, router).verdict != "took it"
    assert wrong in TOWN
    assert reach(tmp_path, address, router, TOWN.replace(wrong, right)).verdict == "took it"


def test_asking_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "aliases").write_text("team: root\n")
    at = desk(tmp_path, TOWN.replace("{DIR}", str(tmp_path)))
    plain = explain("team@lab.test", at)
    before = dict(at.context.variables)
    asked = explain("team@lab.test", at, router="last")
    assert (asked.short, list(asked.steps)) == (plain.short, list(plain.steps))
    assert at.context.variables == before and at.steps is None
