"""What is known of a message in a mailbox: whose letter it is, and which delivery put it there."""

from __future__ import annotations

from typing import Any

from labmail.lab import Lab
from labmail.lab.stored import Stored
from labmail.mta.events import Stored as StoredEvent
from labmail.trace import Recorder


def store(trace: Recorder, uid: str) -> None:
    facts: dict[str, Any] = {"store": "maildir", "mailbox": "/home/bob/Maildir", "file": "new/1"}
    facts |= {"id": "1vN0aC-00000000Tk4-0fRa", "address": "bob@ask.com", "letter": f"a/{uid}"}
    trace.tell(StoredEvent, host="mail.ask.com", recipient="bob@ask.com", uid=uid, **facts)
    assert not trace.faults


def test_the_newest_are_known() -> None:
    trace = Recorder(lambda: 0.0)
    store(trace, "1")
    stored = Stored(trace, most=3)
    for uid in "2345":
        store(trace, uid)
    find = stored.find
    assert find("mail.ask.com", "/home/bob/Maildir", "1") is None
    assert find("mail.ask.com", "/home/bob/Maildir", "2") is None
    assert find("mail.ask.com", "/home/bob/Maildir", "3") == (
        "a/3",
        "bob@ask.com",
        "mail.ask.com#3",
    )
    assert find("mail.ask.com", "/home/carol/Maildir", "3") is None
    assert find("ns.ask.com", "/home/bob/Maildir", "3") is None


def test_what_an_earlier_run_stored_is_known() -> None:
    trace = Recorder(lambda: 0.0)
    store(trace, "1")
    assert Stored(trace).find("mail.ask.com", "/home/bob/Maildir", "1")


def test_a_letter_that_is_fetched_after_a_pause_has_one_story(tmp_path: Any) -> None:
    with Lab("two_companies", root=tmp_path) as lab:
        letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
    with Lab("two_companies", root=tmp_path) as lab:
        lab.user("bob@ask.com").fetch()
        assert lab.story(letter).recipients["bob@ask.com"].state == "fetched"


def test_a_lab_that_is_told_to_remember_little_still_carries_mail() -> None:
    with Lab("two_companies", remember=200) as lab:
        alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
        for number in range(10):
            letter = alice.send(to="bob@ask.com", subject=f"Letter {number}")
            bob.fetch()
        assert len(lab.trace) <= 200
        assert lab.story(letter).recipients["bob@ask.com"].state == "fetched"
