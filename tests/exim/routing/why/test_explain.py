"""The walk as questions and answers: what decided, where it is written, what would change it."""

from __future__ import annotations

import json
import pwd
from pathlib import Path

from labmail.exim.drive import drive
from labmail.exim.routing import follow
from labmail.exim.routing.why import explain
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


WINDING = """\
lists:
  driver = redirect
  local_part_prefix = *-owner-
  local_part_suffix = +*
  local_part_suffix_optional
  address_data = ${lc:NO}
  data = root
  redirect_router = people
copies:
  driver = accept
  local_parts = both
  set = r_x = no
  unseen
  transport = box
back:
  driver = manualroute
  domains = back.test
  transport = smtp
  route_list = * 127.0.0.1
  self = pass
  pass_router = people
strict:
  driver = accept
  local_parts = strict
  senders = : ann@lab.test
  transport = box
unsure:
  driver = accept
  domains = unsure.test
  condition = ${if match_domain{$domain}{+nowhere}}
  transport = box
people:
  driver = accept
  domains = lab.test
  check_local_user
  no_more
  transport = own
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = /dev/null
own:
  driver = appendfile
  directory = $home/Maildir/$local_part_data
"""


def _said(tmp_path: Path, address: str, router: str, text: str = WINDING) -> list[tuple[str, ...]]:
    told = explain(address, desk(tmp_path, text, tail=""))
    steps = [step for step in told.steps if step.router == router]
    return [(step.option, step.answer, step.why) for step in steps]


def test_what_a_router_takes_off_and_finds_out(tmp_path: Path) -> None:
    said = _said(tmp_path, "x-owner-team+news@lab.test", "lists")
    assert said[:4] == [
        ("local_part_prefix", "yes", "x-owner-, which leaves team+news"),
        ("local_part_suffix", "yes", "+news, which leaves team"),
        ("address_data", "no", ""),
        ("redirect_router", "people", ""),
    ]
    assert _said(tmp_path, "team@lab.test", "lists") == [
        ("local_part_prefix", "no", "team does not begin so")
    ]


def test_data_that_is_forced_to_fail(tmp_path: Path) -> None:
    told = explain(
        "x-owner-a@lab.test",
        desk(tmp_path, WINDING.replace("${lc:NO}", "${if eq{a}{b}{c}fail}"), tail=""),
    )
    assert told.changes()["lists"] == "`address_data` would have to get a value"


def test_where_an_address_goes_on(tmp_path: Path) -> None:
    assert ("unseen", "yes", "the address goes on to the next router") in _said(
        tmp_path, "both@lab.test", "copies"
    )
    assert ("pass_router", "people", "") in _said(tmp_path, "root@back.test", "back")
    text = str(explain("both@lab.test", desk(tmp_path, WINDING, tail="")))
    assert "\n      unseen  (" in text
    ended = TOWN.replace("route_list = *", "no_more\n  route_list = near.test")
    assert "\n      no_more  (" in str(explain("a@far.test", desk(tmp_path, ended)))


def test_an_answer_that_looks_like_a_no_is_none(tmp_path: Path) -> None:
    told = explain("x-owner-a@lab.test", desk(tmp_path, WINDING, tail=""), router="lists")
    assert told.reaches[0].verdict == "took it"
    told = explain("both@lab.test", desk(tmp_path, WINDING, tail=""), router="copies")
    assert told.reaches[0].verdict == "took it"


def test_nobody_is_in_a_list_of_senders(tmp_path: Path) -> None:
    at = desk(tmp_path, WINDING, tail="")
    at.context.variables["sender_address"] = Text("eve@lab.test")
    changes = explain("strict@lab.test", at).changes()
    assert changes["strict"] == "eve@lab.test would have to match one of: <>, ann@lab.test"


def test_what_cannot_be_told_is_told(tmp_path: Path) -> None:
    told = explain("a@unsure.test", desk(tmp_path, WINDING, tail=""))
    last = told.steps[-1]
    assert (last.router, last.option, last.answer) == ("unsure", "condition", "cannot be told")
    assert '"+nowhere"' in last.why
    assert "unsure could not say" in str(
        explain("a@unsure.test", desk(tmp_path, WINDING, tail=""), router="unsure").reaches[0]
    )
    listed = WINDING.replace("domains = unsure.test", "domains = +nowhere")
    assert _said(tmp_path, "a@unsure.test", "unsure", listed) == [
        ("domains", "cannot be told", 'unknown named domain list "+nowhere"')
    ]
    files = WINDING.replace("senders = : ann@lab.test", "require_files = nobodyknows:/etc/passwd")
    assert _said(tmp_path, "strict@lab.test", "strict", files)[-1] == (
        "require_files",
        "cannot be told",
        'user "nobodyknows" for require_files not found',
    )


def test_an_address_that_counts_as_not_there(tmp_path: Path) -> None:
    text = TOWN.replace(
        "  route_list",
        "  ignore_target_hosts = 192.0.2.0/24\n  host_find_failed = decline\n  route_list",
    )
    told = explain("bob@far.test", desk(tmp_path, text))
    step = next(step for step in told.steps if step.option == "ignore_target_hosts")
    assert step.question == "is 192.0.2.9 in `ignore_target_hosts`?"
    assert "192.0.2.0/24" in step.why
    assert step.line == HEAD.count("\n") + text.split("\n").index(f"  {step.written}") + 1
    assert f"({tmp_path / 'exim.conf'}:{step.line})" in str(told)


def test_the_mailbox_is_named(tmp_path: Path) -> None:
    told = explain("root@lab.test", desk(tmp_path, WINDING, tail=""))
    path = f"{pwd.getpwnam('root').pw_dir}/Maildir/root"
    assert told.mailboxes == [path]
    assert f": to transport own, into {path}, would run as root (0)" in str(told)
    tainted = WINDING.replace("local_part_data\n", "local_part\n")
    assert explain("root@lab.test", desk(tmp_path, tainted, tail="")).mailboxes == [""]
    broken = WINDING.replace("$home/Maildir", "${lookup{x}nothing{y}}")
    assert explain("root@lab.test", desk(tmp_path, broken, tail="")).mailboxes == [""]
