"""The queue as data: what was tried, what will be, and what the page may ask for."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from labmail.lab import Lab
from labmail.lab.engine import RealMail
from labmail.mta import DEFAULT
from labmail.widgets.queue import QueueWidget, queue
from labmail.widgets.queue.future import rule_of

HOST = "mail.example.com"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def waiting(lab: Lab) -> QueueWidget:
    """A letter for a host that is down."""
    lab.down("mail.ask.com")
    lab.user("alice@example.com").send(to="bob@ask.com", subject="One")
    return queue(lab.host(HOST))


def ask(picture: QueueWidget, **wish: Any) -> dict[str, Any]:
    """What the page sends, and the view that comes back."""
    picture._asked(None, {"turn": picture.view["turn"] + 1, **wish}, None)
    return dict(picture.view)


def row(picture: QueueWidget) -> dict[str, Any]:
    (found,) = picture.rows
    return found


def test_a_letter_that_waits_has_its_whole_schedule(waiting: QueueWidget) -> None:
    found = row(waiting)
    assert (found["state"], found["to"], found["end"]) == ("deferred", ["bob@ask.com"], None)
    assert found["failures"] == ["Connection timed out"]
    assert found["why"] == "mail.ask.com [128.10.30.2]: Connection timed out"
    first = found["tries"][0]
    gaps = [round((time - first) / 60) for time in found["plan"]]
    assert gaps == [round(time / 60) for time in DEFAULT.schedule()][1:]
    assert found["rule"]["parts"] == ["F,2h,15m", "G,16h,1h,1.5", "F,4d,6h"]
    assert found["rule"]["current"] == 0
    file, _, line = found["rule"]["place"].partition(":")
    text = waiting._host.cat(file).splitlines()[int(line) - 1]
    assert "F,2h,15m; G,16h,1h,1.5; F,4d,6h" in text
    json.dumps(waiting.view)


def test_the_schedule_is_what_then_happens(waiting: QueueWidget) -> None:
    """Each try takes the two minutes in which a host that is down says nothing: the next one is
    counted from its end."""
    silence = row(waiting)["tries"][0] - row(waiting)["born"]
    for _ in range(3):
        planned = row(waiting)["plan"][0]
        ask(waiting, do="next")
        assert row(waiting)["tries"][-1] - planned == pytest.approx(silence, abs=1.0)
    assert len(row(waiting)["tries"]) == 4
    assert waiting.view["said"][0].startswith("lab.clock.advance(")


def test_to_the_end_of_all_patience(waiting: QueueWidget, lab: Lab) -> None:
    view = ask(waiting, do="advance", by="5d")
    found = row(waiting)
    assert found["state"] == "bounced" and found["plan"] == []
    assert found["why"].endswith("A report went to alice@example.com.")
    assert view["said"] == ['lab.clock.advance("5d")', "Every try in between was played."]
    ask(waiting, do="clear", id=found["id"])
    assert waiting.rows == []
    assert "bounce" in str(lab.story(found["letter"]))


def test_a_host_that_comes_back_gets_it(waiting: QueueWidget, lab: Lab) -> None:
    lab.up("mail.ask.com")
    ask(waiting, do="next")
    assert row(waiting)["state"] == "delivered"
    assert row(waiting)["why"] == "It was delivered, after 1 try in vain."


def test_by_hand(waiting: QueueWidget, lab: Lab) -> None:
    name = row(waiting)["id"]
    assert ask(waiting, do="-Mf", id=name)["said"][0] == f"exim -Mf {name}"
    assert (row(waiting)["state"], row(waiting)["plan"]) == ("frozen", [])
    ask(waiting, do="advance", by="1d")
    assert len(row(waiting)["tries"]) == 1  # queue runs pass it by
    assert "is being delivered" not in ask(waiting, do="next")["said"][1]
    assert waiting.view["said"] == ["", "no try is planned"]
    ask(waiting, do="-Mt", id=name)
    assert row(waiting)["state"] == "deferred"
    ask(waiting, do="-M", id=name)
    assert len(row(waiting)["tries"]) == 2
    ask(waiting, do="-Mrm", id=name)
    assert row(waiting)["state"] == "removed"
    assert row(waiting)["why"] == "root removed it after 2 tries. Nobody was told."
    assert f"{name} removed by root" in lab.host(HOST).mainlog


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"do": "-Mrm", "id": "1aaaaa-000000-00"}, "no letter '1aaaaa-000000-00' waits"),
        ({"do": "-Mg", "id": "x"}, "not known here: -Mg"),
        ({"do": "advance", "by": "400d"}, "by 30 days at most"),
        ({"do": "advance", "by": "soon"}, "soon"),
        ({"do": "__init__"}, "not known here"),
    ],
)
def test_a_wish_that_cannot_be_is_answered(waiting: QueueWidget, wish, told) -> None:
    before = waiting.view["now"]
    view = ask(waiting, **wish)
    assert told in view["said"][1] and view["said"][0] == ""
    assert view["now"] == before and view["turn"] == 1


def test_who_got_it_at_once_never_waited(lab: Lab) -> None:
    lab.user("alice@example.com").send(to="bob@ask.com", subject="At once")
    lab.run()
    picture = queue(lab.host(HOST))
    assert picture.rows == [] and "empty" in picture.text


def test_other_cells_are_seen(waiting: QueueWidget, lab: Lab) -> None:
    lab.host(HOST).freeze(row(waiting)["id"])
    waiting.look()
    assert row(waiting)["state"] == "frozen"


def test_of_those_that_have_left_only_the_last_are_drawn(lab: Lab) -> None:
    lab.refuse("mail.ask.com", "smtp")
    for n in range(9):
        lab.user("alice@example.com").send(to="bob@ask.com", subject=f"{n}", run=False)
    lab.settle()
    picture = queue(lab.host(HOST))
    born = [each["id"] for each in picture.rows]
    assert len(born) == 9 and picture.view["left"] == 0
    lab.allow("mail.ask.com", "smtp")
    lab.host(HOST).run_queue(force=True)
    picture.look()
    assert [each["id"] for each in picture.rows] == born[3:] and picture.view["left"] == 3
    assert {each["state"] for each in picture.rows} == {"delivered"}
    assert {each["why"] for each in picture.rows} == {"It was delivered, at its first try."}
    ask(picture, do="clear", id=born[-1])
    assert [each["id"] for each in picture.rows] == born[2:-1] and picture.view["left"] == 2


def test_a_letter_that_the_trace_has_forgotten_still_waits() -> None:
    with Lab("two_companies", remember=1) as lab:
        lab.down("mail.ask.com")
        lab.user("alice@example.com").send(to="bob@ask.com", subject="One")
        assert [each["to"] for each in queue(lab.host(HOST)).rows] == [["bob@ask.com"]]


def test_what_strangers_wrote_is_text(waiting: QueueWidget) -> None:
    page = waiting.to_html()
    assert "<b>" not in page.split("application/json")[1].split("</script>")[0]
    assert row(waiting)["id"] in page and "http:" not in page.replace("http://www.w3.org", "")


def test_a_widget_that_nobody_holds_goes(lab: Lab) -> None:
    picture = queue(lab.host(HOST))
    gone = weakref.ref(picture)
    picture.close()
    del picture
    gc.collect()
    assert gone() is None


def test_without_threads_it_is_shown_too() -> None:
    with Lab("two_companies", threads=False) as lab:
        lab.down("mail.ask.com")
        picture = queue(lab.host(HOST))
        lab.user("alice@example.com").send(to="bob@ask.com", subject="One")
        picture.look()
        assert row(picture)["state"] == "deferred"


def test_a_rule_is_read_from_what_an_event_says() -> None:
    attempt = DEFAULT.failed(10_000.0, DEFAULT.failed(0.0, None))
    assert rule_of(DEFAULT.explain(attempt)) == DEFAULT
    assert rule_of(("no retry rule holds for this failure, so it is not tried again",)) is None


def test_a_report_that_nobody_can_get_says_why_it_is_frozen(lab: Lab) -> None:
    robot = lab.talk(HOST, client="games.example.com")
    robot.say("EHLO x\nMAIL FROM:<robot@example.com>\nRCPT TO:<nemo@ask.com>\nDATA")
    robot.say("Subject: High score\n\n999 points\n.")
    picture = queue(lab.host(HOST))
    found = row(picture)
    assert (found["state"], found["from"], len(found["tries"])) == ("frozen", "<>", 1)
    assert found["failures"] == ["robot@example.com: Unrouteable address"]
    assert found["why"].startswith("robot@example.com: Unrouteable address. Who can be told")
    ask(picture, do="-Mt", id=found["id"])
    assert row(picture)["why"] == "robot@example.com: Unrouteable address"
    ask(picture, do="-M", id=found["id"])
    assert (row(picture)["state"], len(row(picture)["tries"])) == ("frozen", 2)


def test_what_was_frozen_by_hand_says_by_whom(waiting: QueueWidget) -> None:
    ask(waiting, do="-Mf", id=row(waiting)["id"])
    assert row(waiting)["why"] == "Connection timed out. root froze it."
    ask(waiting, do="-Mt", id=row(waiting)["id"])
    assert row(waiting)["why"] == "mail.ask.com [128.10.30.2]: Connection timed out"


def test_real_exim_keeps_its_queue_to_itself(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    host = lab.host(HOST)
    monkeypatch.setattr(host._host, "mail", RealMail.__new__(RealMail))
    with pytest.raises(ValueError, match="the lab's own engine") as refused:
        queue(host)
    assert f'lab.host("{HOST}").queue' in str(refused.value)
    monkeypatch.undo()
    assert queue(host).rows == []
