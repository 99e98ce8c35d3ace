"""Which line of the tree a line of the generated configuration comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from labmail.exim.debian import Source, generate, owntree, read_answers
from labmail.exim.debian.generate import OUTPUT
from labmail.exim.debian.memory import Laid
from labmail.exim.debian.origins import origins, origins_of
from labmail.lab import Lab, read_town

ANSWERS = "dc_eximconfig_configtype=internet dc_use_split_config={} ue4c_keepcomments={}"


def laid(split: str, comments: str = "no", **more: str) -> dict[str, bytes]:
    """All files of a host, and some of its administrator's."""
    extra = {f"/etc/exim4/{path}": text.encode() for path, text in more.items()}
    answers = read_answers(ANSWERS.format(split, comments))
    return owntree.host(answers, "example.com", "mail.example.com", extra)


@pytest.mark.parametrize("comments", ["no", "yes"])
@pytest.mark.parametrize("split", ["true", "false"])
def test_every_line_that_was_passed_through_is_found_again(split: str, comments: str) -> None:
    files = laid(split, comments)
    text = files[OUTPUT].decode("latin-1")
    found = origins(Source(Laid(files), fqdn="mail.example.com"), text)
    lines = text.split("\n")
    assert len(found) > 500
    for number, origin in found.items():
        name, _, line = origin.rpartition(":")
        there = files[f"/etc/exim4/{name}"].decode("latin-1").split("\n")
        assert lines[number - 1] == there[int(line) - 1]


def test_macros_come_from_no_line() -> None:
    files = laid("true")
    text = files[OUTPUT].decode("latin-1")
    found = origins(Source(Laid(files), fqdn="mail.example.com"), text)
    number = text.split("\n").index("DCconfig_internet=1") + 1
    assert number not in found


def test_a_file_that_is_not_what_would_be_generated_has_none() -> None:
    files = laid("true")
    source = Source(Laid(files), fqdn="mail.example.com")
    text = generate(source).text
    assert origins(source, text)
    assert origins(source, text.replace("no_more", "more")) == {}
    assert origins(source, f"{text}# one more\n") == {}
    assert origins(source._replace(confdir="/nowhere"), text) == {}


def test_only_the_generated_file_has_any(tmp_path: Path) -> None:
    files = Laid(laid("true"))
    assert origins_of("/etc/exim4/exim4.conf", files) == {}
    assert origins_of(OUTPUT, Laid({})) == {}


VILLAGE = """
[hosts."mail.village.test"]
address = "198.51.100.7"
services = ["smtp", "dns"]
domains = ["village.test"]
[users."mira@village.test"]
"""


def test_an_explanation_names_the_file_to_be_edited() -> None:
    with Lab(read_town(VILLAGE, name="village"), threads=False) as lab:
        host = lab.host("mail.village.test")
        mine = "mine:\n  driver = redirect\n  local_parts = tom\n  data = mira\n"
        host.files.write_text("/etc/exim4/conf.d/router/250_mine", mine)
        host.update_exim4_conf()
        told = lab.explain("mira@village.test", router="mine")
        step = next(step for step in told.steps if step.router == "mine")
        assert step.origin == "conf.d/router/250_mine:3"
        place = f"({OUTPUT}:{step.line}, conf.d/router/250_mine:3)"
        assert str(told).count(f"local_parts = tom  {place}") == 2  # in the walk, and in the reach
        lists = [written for step in told.steps for written in step.lists]
        assert {one.origin.rpartition(":")[0] for one in lists} == {"conf.d/main/01_answers"}
        assert "check_local_user` of router local_user" in str(told)
        assert "conf.d/router/900_local_user:" in told.data()["ends"][0]["runs_as_by"]
        host.files.write_text(OUTPUT, host.files.read_text(OUTPUT) + "# by hand\n")
        assert all(not step.origin for step in lab.explain("mira@village.test").steps)
