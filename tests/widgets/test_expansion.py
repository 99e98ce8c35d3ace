"""The expansion without a browser: what the page is told, and what it may ask."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from labmail.exim.errors import ConfigError
from labmail.lab import Lab
from labmail.lab.explaining import explain
from labmail.widgets.expansion import ExpansionWidget, model, unfold
from labmail.widgets.expansion.model import LONGEST, about

LOOKUP = "${lookup{${lc:$local_part}}lsearch{/etc/aliases}{$value}{nobody}}"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def ask(picture: ExpansionWidget, text: str) -> dict[str, Any]:
    """What the page does, and the view that comes back."""
    turn = picture.view["turn"] + 1
    picture._asked(None, {"do": "expand", "turn": turn, "text": text}, None)
    assert picture.view["turn"] == turn
    return picture.view


def stops(view: dict[str, Any]) -> list[str]:
    return [view["rows"][at]["source"] for at in view["stops"]]


def test_the_innermost_comes_first_and_text_is_no_step() -> None:
    told = model(explain("${uc:${substr_2_3:abcdefg}} and $local_part", local_part="bob"))
    assert stops(told) == [
        "${substr_2_3:abcdefg}",
        "${uc:${substr_2_3:abcdefg}}",
        "$local_part",
        "${uc:${substr_2_3:abcdefg}} and $local_part",
    ]
    assert told["value"] == "CDE and bob" and told["tainted"]
    assert [row["source"] for row in told["rows"] if row["plain"]] == ["abcdefg", " and "]


def test_every_row_stands_where_it_says_in_the_text() -> None:
    text = "${if eq{${lc:Ä$local_part}}{ä}{yes}{${uc:nö}}} ü"
    told = model(explain(text, local_part="ß"))
    for row in told["rows"]:
        assert text[row["start"] : row["end"]] == row["source"]
        above = told["rows"][row["above"]] if row["above"] >= 0 else row
        assert above["start"] <= row["start"] and row["end"] <= above["end"]


def test_what_is_not_asked_is_there_and_nothing_below_it() -> None:
    told = model(explain("${if eq{a}{b}{${uc:yes}}{no}}"))
    never = [row for row in told["rows"] if not row["order"]]
    assert [row["source"] for row in never] == ["${uc:yes}"]
    assert "yes" not in [row["source"] for row in told["rows"]]


def test_of_a_failure_the_innermost_is_the_last_step() -> None:
    told = model(explain("a ${uc:${bogus:b}} c"))
    assert stops(told) == ["${bogus:b}"]
    assert told["failed"] == 'unknown expansion operator "bogus"' and told["position"] == 7
    assert sum(bool(row["failed"]) for row in told["rows"]) == 3


def test_what_a_pattern_leaves_and_the_rounds_of_a_loop() -> None:
    told = model(explain(r"${if match{ab}{\N^(a)(b)\N}{$2$1}}${map{1:2}{<$item>}}"))
    match = next(row for row in told["rows"] if row["name"] == "match")
    assert match["numeric"] == ["ab", "a", "b"]
    assert ["<1>", "<2>"] in [row["rounds"] for row in told["rows"]]


def test_an_operator_says_what_it_does() -> None:
    assert about("operator", "uc") == "Small letters made capital."
    assert about("item", "sg") == about("operator", "nosuch") == ""


def test_where_a_lookup_found_it(lab: Lab) -> None:
    picture = unfold(LOOKUP, lab.host("mail.example.com"), local_part="Root")
    lookup = next(row for row in picture.view["rows"] if row["kind"] == "lookup")
    assert lookup["value"] == "alice" and "of /etc/aliases" in lookup["why"]
    assert picture.view["place"] == "mail.example.com"
    assert picture.view["given"] == ["$local_part is Root"]


def test_another_string_on_the_same_host(lab: Lab) -> None:
    picture = unfold(LOOKUP, lab.host("mail.example.com"), local_part="Root")
    view = ask(picture, "${lookup dnsdb{mx=$local_part.com}}!")
    assert view["value"] == "!" and view["text"] == picture.explanation.text
    assert ask(picture, "${lookup dnsdb{mx=ask.com}}")["value"] == "10 mail.ask.com"
    assert picture.expand("$local_part").value == picture.view["value"] == "Root"


def test_trouble_is_told_in_words(lab: Lab) -> None:
    picture = unfold("a", lab.host("mail.example.com"))
    with pytest.raises(ConfigError, match=r"in line 1 of the configuration given"):
        unfold("a", lab.host("mail.example.com"), "nosuch = 1\n")
    lab.host("mail.example.com").files.write_text("/etc/exim4/exim4.conf", "nosuch = 1\n")
    view = ask(picture, "b")
    assert "main option" in view["trouble"] and view["text"] == "a"


def test_a_lab_that_is_closed_is_told_of() -> None:
    with Lab("two_companies") as lab:
        picture = unfold("a", lab.host("mail.example.com"))
    assert "closed" in ask(picture, "b")["trouble"]


def test_a_string_that_is_too_much_for_a_picture() -> None:
    told = model(explain("".join("${uc:a}" for _ in range(500))))
    assert told["long"] and told["words"].count("operator uc") == 500
    assert len(model(explain("${map{1}{" + "x" * 5000 + "}}"))["value"]) < LONGEST + 40


def test_hostile_words_are_inert(lab: Lab) -> None:
    bad = "</script><img src=x onerror=alert(1)>\x1b[2J\u202e"
    picture = unfold("$local_part $h_subject:", None, message=f"Subject: {bad}\n", local_part=bad)
    html = picture.to_html()
    assert "<img" not in html and html.count("</script>") == 2
    for told in (html, picture.text, json.dumps(picture.view, ensure_ascii=False)):
        assert "\x1b" not in told and "\u202e" not in told


def test_it_is_shown_in_words_too_and_the_same_on_each_run() -> None:
    def shown() -> str:
        with Lab("two_companies") as lab:
            picture = unfold("$tod_log ${randint:1000000} $pid", lab.host("mail.example.com"))
            bundle, _ = picture._repr_mimebundle_()
            assert bundle["text/plain"] == str(picture) == repr(picture)
            assert "application/vnd.jupyter.widget-view+json" in bundle
            return bundle["text/plain"] + bundle["text/html"]

    assert shown() == shown()


def test_the_face_has_both() -> None:
    code = "from labmail import explain, unfold; print(explain('${uc:a}'), unfold('${uc:a}').text)"
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.count("operator uc: ${uc:a} = A") == 2
