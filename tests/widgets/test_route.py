"""What the page is told of a walk, and what the widget does with wishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import labmail
from labmail.exim.errors import ConfigError
from labmail.lab import Lab
from labmail.widgets.route import RouteWidget, route
from tests.widgets.routes import CONFIGURATION

COPIES = """\
keep_environment =
begin routers
copies:
  driver = redirect
  domains = ask.com
  data = |/bin/cat, tim@x.test
  pipe_transport = t
  unseen
never:
  driver = accept
  condition = ${if eq{a}{b}}
  transport = t
last:
  driver = accept
  transport = t
begin transports
t:
  driver = pipe
  user = root
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def picture(lab: Lab) -> RouteWidget:
    host = lab.host("mail.example.com")
    return route("bob@ask.com", CONFIGURATION, host, compare="postmaster@example.com")


def hops(picture: RouteWidget, chain: int = 0, turn: int = 0) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = picture.view["chains"][chain]["passes"][turn]["hops"]
    return told


def test_each_hop_has_verdict_and_line(picture: RouteWidget) -> None:
    told = [(hop["router"], hop["verdict"]) for hop in hops(picture)]
    assert told == [("aliases", "declines"), ("local_user", "declines"), ("far", "accepts")]
    question = hops(picture)[0]["asked"][0]
    line = CONFIGURATION.split("\n").index("  domains = +ours") + 1
    assert (question["mark"], question["line"], question["file"]) == ("no", line, "")
    assert hops(picture)[0]["change"] == "ask.com would have to be in +ours"


def test_the_hosts_names_and_files_answer(picture: RouteWidget) -> None:
    ends = picture.view["chains"][0]["passes"][0]["ends"]
    assert ends[0]["hosts"][0].startswith("mail.ask.com [")
    assert hops(picture, 1)[0]["out"] == ["root@example.com"]
    assert hops(picture, 1)[0]["asked"][1]["text"].startswith("data = ${lookup")
    again = picture.view["chains"][1]["passes"]
    assert [one["of"].split("@")[0] for one in again] == ["postmaster", "root", "alice"]
    assert again[0]["rest"] == ["local_user", "far"]
    assert again[2]["ends"][0]["transport"] == "box"


def test_where_two_part(picture: RouteWidget) -> None:
    assert picture.view["difference"] == 0
    picture.follow("bob@ask.com", "carol@ask.com")
    assert picture.view["difference"] is None


def test_what_cannot_be_told_is_at_its_router(picture: RouteWidget) -> None:
    picture.follow("bob@ask.com", configuration=CONFIGURATION.replace("! +ours", "! +our"))
    hop = hops(picture)[-1]
    assert (hop["router"], hop["sign"], hop["verdict"]) == ("far", "wait", "cannot say now")
    asked = hop["asked"][-1]
    assert (asked["mark"], asked["text"]) == ("wait", "domains = ! +our")
    assert asked["why"] == 'unknown named domain list "+our"'


def test_a_question_without_a_reason_is_the_reason(picture: RouteWidget) -> None:
    wants = CONFIGURATION.replace(
        "  local_parts = alice : root", "  require_files = /etc/no : /etc"
    )
    picture.follow("alice@example.com", configuration=wants)
    asked = hops(picture)[1]["asked"][-1]
    assert asked["text"] == "require_files = /etc/no : /etc"
    assert asked["why"] == "is /etc/no there? no"


def test_the_mailbox_is_where_it_goes(picture: RouteWidget) -> None:
    assert picture.view["chains"][1]["summary"] == ["goes by box to /var/mail/alice"]


def test_lines_of_a_generated_file_say_where_they_come_from(lab: Lab) -> None:
    picture = route("bob@ask.com", None, lab.host("mail.example.com"))
    asked = hops(picture)[-1]["asked"]
    assert {one["origin"].partition(":")[0] for one in asked if one["line"]} == {
        "conf.d/router/200_primary"
    }
    picture.follow("bob@ask.com", configuration=f"# mine\n{picture.configuration}")
    assert {one["origin"] for one in hops(picture)[-1]["asked"]} == {""}


def test_a_mistake_leaves_the_old_path(picture: RouteWidget) -> None:
    before = picture.view["chains"]
    bad = CONFIGURATION.replace("driver = dnslookup", "driver = dnslokup")
    wish = {"do": "route", "turn": 3, "address": "bob@ask.com", "compare": ""}
    picture._asked(None, {**wish, "configuration": bad}, None)
    assert picture.view["chains"] == before
    assert "dnslokup" in picture.view["trouble"]["message"]
    assert picture.view["trouble"]["line"] is not None and picture.view["turn"] == 3
    picture._asked(None, {**wish, "configuration": CONFIGURATION}, None)
    assert picture.view["trouble"] is None and len(picture.view["chains"]) == 1
    picture._asked(None, {**wish, "address": "a@@b", "configuration": CONFIGURATION}, None)
    assert picture.view["trouble"]["message"].startswith("This is no address")


def test_a_circle_is_walked_pass_by_pass(lab: Lab) -> None:
    circle = """\
keep_environment =
begin routers
one:
  driver = redirect
  data = $local_part@loop.test
two:
  driver = redirect
  data = $local_part@ask.com
"""
    told = route("bob@ask.com", circle, lab.host("mail.example.com"))
    passes = told.view["chains"][0]["passes"]
    assert passes[0]["hops"][0]["out"] == ["bob@loop.test"]
    last = passes[-1]["hops"]
    assert [hop["verdict"] for hop in last] == ["declines", "declines"]
    assert "came from itself" in last[0]["change"]
    assert passes[-1]["ends"][0]["text"] == "Unrouteable address"


def test_wishes_without_sense_do_no_harm(picture: RouteWidget) -> None:
    picture._asked(None, {}, None)
    assert picture.view["trouble"] and picture.view["chains"]


def test_copies_files_and_programs(lab: Lab) -> None:
    told = route("bob@ask.com", COPIES, lab.host("mail.example.com"))
    first = told.view["chains"][0]["passes"][0]
    assert first["hops"][0]["verdict"] == "accepts"
    assert "tim@x.test" in first["hops"][0]["out"]
    made = [end for one in told.view["chains"][0]["passes"] for end in one["ends"]]
    assert ("|/bin/cat", "t") in [(end["address"], end["transport"]) for end in made]


def test_mistakes_in_a_cell_are_raised(lab: Lab, picture: RouteWidget) -> None:
    with pytest.raises(ValueError, match="needs a configuration"):
        route("a@b.test")
    bare = lab.host("ns.example.com")
    bare.files.write_text("/etc/exim4/exim4.conf", "qualify_domain = b.test\n")
    with pytest.raises(ValueError, match="has no routers"):
        route("a@b.test", host=bare)
    with pytest.raises(ConfigError):
        picture.follow("a@b.test", configuration="nonsense = 1\n")
    assert picture.explanation.address == "bob@ask.com"


def test_text_twin_file_and_page(tmp_path: Path) -> None:
    path = tmp_path / "my.conf"
    path.write_text(CONFIGURATION)
    told = labmail.route("alice@example.com", path)
    assert str(told).startswith("alice@example.com\n  router = local_user, transport = box\n")
    assert told.view["name"] == str(path)
    assert str(told) == told.view["words"]
    page = told.to_html(tmp_path / "route.html")
    assert "local_user" in page and "connect-src" not in page
    assert told._repr_mimebundle_()[0]["text/plain"] == str(told)


def test_it_ends_where_no_router_is(tmp_path: Path) -> None:
    told = route("a@b.test", "keep_environment =\n")
    assert told.view["chains"][0]["passes"][0]["hops"] == []
    assert "Unrouteable" in told.view["chains"][0]["summary"][0]
