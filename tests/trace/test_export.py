"""Mermaid and JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from labmail.trace import events_as_json, from_record, mermaid, story_as_json
from labmail.trace.mermaid import bare, safe
from tests.trace.scenes import ALICE, CAST, LETTER, SCENES, ordinary, three
from tests.trace.test_story import HOSTILE


def test_mermaid_says_who_spoke_to_whom() -> None:
    lines = mermaid(ordinary().story(LETTER, CAST)).splitlines()
    assert lines[0] == "sequenceDiagram"
    assert lines[1] == "  accTitle: Lunch on Friday?"
    assert lines[2].startswith("  accDescr: Alice, to bob@ask.com")
    assert lines[3:5] == ["  actor p1 as Alice", "  participant p2 as mail.example.com"]
    assert any(line.startswith("  p1->>p2: 2. AUTH: Yes, it is Alice") for line in lines)
    assert any(line.startswith("  p1->>p2: 4. DATA") for line in lines)
    assert any(line.startswith("  Note over p2: 6. router") for line in lines)
    assert any(line.startswith("  p4->>p5: 15. RETR") for line in lines)
    assert len(lines) == 3 + 5 + 15


def test_mermaid_draws_a_call_in_vain_with_a_cross() -> None:
    assert any(
        line.startswith("  p2-xp6: 16. try 1")
        for line in three().story(LETTER, CAST).mermaid.splitlines()
    )


def test_mermaid_cannot_be_broken_by_a_subject() -> None:
    text = mermaid(ordinary(subject=HOSTILE + "%%{init: {}}%%\nend").story(LETTER, CAST))
    assert len(text.splitlines()) == 3 + 5 + 15
    body = "".join(text.splitlines()[1:])
    assert "<" not in body and "%%" not in body and "{" not in body and "\x1b" not in body
    text.encode("utf-8")


@pytest.mark.parametrize(
    "word", ["a;b", "a#b", "a<b", 'a"b', "a{b}", "a%%b", "a\nb", "a`b", "a\\b"]
)
def test_only_plain_characters_stay(word: str) -> None:
    assert not set(safe(word).replace("#", "").replace(";", "")) & set(';<"{}%\n`\\')
    assert not set(bare(word)) & set(';#<"{}%\n`\\')


@pytest.mark.parametrize("scene", SCENES)
def test_events_go_out_as_json_and_come_back(scene: str) -> None:
    trace = SCENES[scene]()
    data = json.loads(json.dumps(events_as_json(trace.events)))
    assert (data["labmail"], data["version"]) == ("trace", 1)
    assert [from_record(record) for record in data["events"]] == trace.events


def test_a_story_goes_out_as_json() -> None:
    data = json.loads(json.dumps(story_as_json(three().story(LETTER, CAST))))
    assert (data["labmail"], data["version"], data["letter"]) == ("story", 1, LETTER)
    assert [end["state"] for end in data["outcome"]] == ["delivered", "bounced", "deferred"]
    step = data["steps"][2]
    assert (step["number"], step["label"], len(step["events"])) == (3, "ACL", 3)
    assert step["events"][0]["story"]["answer"] == "Accepted: she is authenticated."
    assert step["dialogue"][0] == {"speaker": "C", "text": f"MAIL FROM:<{ALICE}>\r\n"}
    assert data["places"][LETTER]["carol@late.example"]["state"] == "deferred"


@pytest.mark.parametrize(("args", "start"), [([], "Lunch on Friday?"), (["picture"], "<svg ")])
def test_the_chapter_can_be_run(args: list[str], start: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "labmail.trace", *args], capture_output=True, timeout=60, check=True
    )
    assert done.stdout.decode().startswith(start)
