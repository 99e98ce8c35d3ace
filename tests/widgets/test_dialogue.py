"""The dialogue console without a browser: what the page is told, and what it may ask."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from labmail.lab import Lab
from labmail.smtp import dialogue
from labmail.widgets.dialogue import DialogueWidget, model, speak
from labmail.widgets.dialogue.runs import runs


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def ask(console: DialogueWidget, deed: str, **more: Any) -> dict[str, Any]:
    """What the page does, and the view that comes back."""
    turn = console.view["turn"] + 1
    console._asked(None, {"do": deed, "turn": turn, **more}, None)
    assert console.view["turn"] == turn
    return console.view


def said(view: dict[str, Any]) -> list[str]:
    return ["".join(text for _, text in line["runs"]) for line in view["log"] if "runs" in line]


def test_what_is_typed_is_said_and_explained(lab: Lab) -> None:
    console = speak(lab, "mail.ask.com")
    view = ask(console, "say", line="DATA")
    assert said(view)[-1].startswith("503 5.5.1")
    assert view["log"][-1]["meaning"]["verdict"] == "no"
    assert [sign[0] for sign in view["log"][-1]["meaning"]["code"]] == ["5", "0", "3"]
    view = ask(console, "say", line="EHLO my.laptop")
    here = [node["name"] for node in view["machine"]["nodes"] if node["here"]]
    assert here == ["greeted"]
    may = {move["verb"] for move in view["machine"]["may"]}
    assert may == set(dialogue.TABLE[dialogue.State.GREETED]) - {"AUTH"}


def test_a_line_end_can_be_chosen(lab: Lab) -> None:
    view = ask(speak(lab, "mail.ask.com"), "say", line="NOOP", end="LF")
    assert view["log"][-2]["runs"] == [["text", "NOOP"], ["tag", "LF"]]
    assert said(view)[-1].startswith("500")


def test_the_roles_can_be_swapped_and_back(lab: Lab) -> None:
    console = speak(lab, "mail.ask.com")
    view = ask(console, "again", role="server")
    assert view["title"] == "You are mail.ask.com" and view["over"]
    view = ask(console, "call")
    assert view["asked"] == "its call" and len(view["prospects"]) == 5
    assert [p["end"] for p in view["prospects"]] == ["", "deferred", "bounced", "deferred",
                                                    "deferred"]  # fmt: skip
    view = ask(console, "say", line=view["prospects"][0]["line"])
    assert view["asked"] == "EHLO mail.example.com"
    view = ask(console, "hang up")
    assert view["over"] and "When is bob@ask.com tried again?" in view["log"][-1]["note"]
    view = ask(console, "again", role="client", service="pop3")
    assert view["place"] == "128.10.30.2:110" and said(view)[0].startswith("+OK")
    assert ask(console, "again", service="smtp")["log"][0]["runs"][0][1].startswith("220")


def test_trouble_is_told_in_words(lab: Lab) -> None:
    console = speak(lab, "mail.ask.com")
    ask(console, "say", line="QUIT")
    assert "is over" in ask(console, "say", line="NOOP")["trouble"]
    lab.refuse("mail.ask.com", "smtp")
    assert "refused" in str(ask(console, "again")["trouble"])
    lab.allow("mail.ask.com", "smtp")
    assert ask(console, "again")["trouble"] == ""
    lab.close()
    assert "closed" in ask(console, "say", line="NOOP")["trouble"]


def test_another_cell_speaks_and_the_page_follows(lab: Lab) -> None:
    console = speak(lab, "mail.ask.com")
    console.talk.say("NOOP")
    until = time.monotonic() + 5
    while "250 2.0.0 OKCRLF" not in said(console.view) and time.monotonic() < until:
        time.sleep(0.02)
    assert "250 2.0.0 OKCRLF" in said(console.view)


def test_no_secret_is_in_what_the_page_is_told(lab: Lab) -> None:
    bob = lab.user("bob@ask.com")
    console = speak(lab, "mail.ask.com", "pop3")
    ask(console, "say", line="USER bob")
    view = ask(console, "say", line=f"PASS {bob.password}")
    assert "PASS ***CRLF" in said(view)
    for told in (json.dumps(view), console.to_html(), console.text):
        assert bob.password not in told


def test_hostile_words_are_inert_in_the_page(lab: Lab) -> None:
    console = speak(lab, "mail.ask.com")
    ask(console, "say", line="NOOP </script><img src=x onerror=alert(1)>\x1b[2J\u202e")
    page = console.to_html()
    assert "<img" not in page and page.count("</script>") == 2
    assert "\x1b" not in page and "\u202e" not in page


def test_octets_are_seen_for_what_they_are() -> None:
    assert runs("Grüße\r\n".encode()) == [["text", "Grüße"], ["tag", "CRLF"]]
    assert runs(b"a\rb\n") == [["text", "a"], ["tag", "CR"], ["text", "b"], ["tag", "LF"]]
    assert runs(b"\xe2\x82") == [["tag", "xE2"], ["tag", "x82"]]
    assert runs(b"a" * 5000)[-1] == ["tag", "… 3000 octets more"]


def test_a_long_dialogue_is_cut_on_the_page_only(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com")
    talk.say("\n".join(["NOOP"] * 300))
    told = model(talk, lab)
    assert len(told["log"]) == 400 and told["first"] == 601 - 400
    assert talk.transcript.count("C: NOOP") == 300


def test_it_is_shown_in_words_too_and_the_same_on_each_run() -> None:
    def shown() -> str:
        with Lab("two_companies") as lab:
            console = speak(lab, "mail.ask.com")
            ask(console, "say", line="EHLO my.laptop")
            bundle, _ = console._repr_mimebundle_()
            assert bundle["text/plain"] == str(console)
            assert "application/vnd.jupyter.widget-view+json" in bundle
            return bundle["text/plain"] + bundle["text/html"]

    assert shown() == shown()


def test_closing_gives_the_port_back(lab: Lab) -> None:
    console = speak(lab, "mail.ask.com", role="server")
    console.close()
    assert lab.talk("mail.ask.com").say("NOOP").code == 250
