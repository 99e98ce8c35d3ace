"""The walk as questions and answers: what decided, where it is written, what would change it."""

from __future__ import annotations

import json
from pathlib import Path

from labmail.exim.drive import drive
from labmail.exim.routing import follow
from labmail.exim.routing.explain import explain
from labmail.exim.text import Text
from tests.exim.routing.asking import HEAD, desk

TOWN = """\
aliases:
  driver = redirect
  domains = lab.test
  local_parts = team
  data = root, |/bin/count
  pipe_transport = program
people:
  driver = accept
  domains = lab.test
  check_local_user
  transport = box
far:
  driver = manualroute
  domains = ! lab.test
  transport = smtp
  route_list = * 192.0.2.9
"""


def test_each_answer_names_the_option_that_decided(tmp_path: Path) -> None:
    told = explain("bob@far.test", desk(tmp_path, TOWN))
    first = told.steps[0]
    assert (first.router, first.option, first.answer) == ("aliases", "domains", "no")
    assert first.value == "lab.test"
    assert first.file == str(tmp_path / "exim.conf")
    assert first.line == HEAD.count("\n") + 3
    assert "far.test" in first.why


def test_what_would_have_to_change(tmp_path: Path) -> None:
    changes = explain("bob@far.test", desk(tmp_path, TOWN)).changes()
    assert changes == dict.fromkeys(("aliases", "people"), "far.test would have to be lab.test")


def test_as_whom_it_would_run(tmp_path: Path) -> None:
    told = explain("team@lab.test", desk(tmp_path, TOWN))
    ends = told.data()["ends"]
    assert [(end["address"], end["transport"]) for end in ends] == [
        ("root@lab.test", "box"),
        ("|/bin/count", "program"),
    ]
    assert ends[0]["runs_as"] == ends[1]["runs_as"] == "nobody (65534)"
    assert ends[0]["runs_as_by"].startswith("`user` of transport box, ")
    assert ends[0]["parents"] == ["team@lab.test"]
    assert "would run as nobody (65534)" in str(told)


def test_a_transport_s_user_goes_before_the_router_s(tmp_path: Path) -> None:
    own = TOWN.replace("transport = box", "transport = own")
    text = f"{own}begin transports\nown:\n  driver = appendfile\n  file = /dev/null\n"
    found = {}
    for line in (
        "",
        "  user = ${if eq{$local_part_data}{root}{nobody}}\n",
        "  user = ${lc:NIXDA}\n",
    ):
        end = explain("root@lab.test", desk(tmp_path, text + line, tail="")).data()["ends"][0]
        found[line] = (end["runs_as"], end["runs_as_by"].rpartition(",")[0])
    assert list(found.values()) == [
        ("root (0)", "`check_local_user` of router people"),
        ("nobody (65534)", "`user` of transport own"),
        ('"nixda", whom nobody knows', "`user` of transport own"),
    ]


def test_it_is_plain_data(tmp_path: Path) -> None:
    told = explain("team@lab.test", desk(tmp_path, TOWN)).data()
    assert json.loads(json.dumps(told)) == told


def test_nothing_is_noted_where_nobody_asks_why(tmp_path: Path) -> None:
    at = desk(tmp_path, TOWN)
    drive(follow(Text("bob@far.test"), at))
    assert at.steps is None
