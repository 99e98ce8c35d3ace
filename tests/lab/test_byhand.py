"""Letters by hand: what becomes of them, what is logged, and what their stories tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labmail.lab import Lab

HOST = "mail.example.com"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        lab.down("mail.ask.com")
        lab.user("alice@example.com").send(to="bob@ask.com", subject="One")
        yield lab


def state(lab: Lab) -> tuple[str, str]:
    """Where the letter is for bob, and what the trace says to that."""
    place = lab.trace.places("alice@example.com/1")["bob@ask.com"]
    return place.state, place.detail


def test_frozen_and_thawed(lab: Lab) -> None:
    host = lab.host(HOST)
    (waiting,) = host.queue
    host.freeze(waiting)
    assert state(lab) == ("frozen", "root froze it")
    lab.clock.advance("1d")
    host.run_queue()
    assert host.mainlog.count("Connection timed out") == 2  # the first try, and no other
    host.thaw(waiting.id)
    assert state(lab) == ("deferred", "root thawed it")
    assert host.queue[0].recipients[0].next_try > lab.clock.time()
    lab.up("mail.ask.com")
    lab.clock.advance("20m")
    assert state(lab)[0] == "delivered" and not host.queue


def test_tried_now_whatever_the_rule_says(lab: Lab) -> None:
    host = lab.host(HOST)
    lab.up("mail.ask.com")
    host.run_queue()  # not due yet: the host is known to be down
    assert len(host.queue) == 1
    host.try_now(host.queue[0])
    assert not host.queue and state(lab)[0] == "delivered"


def test_a_frozen_letter_is_thawed_by_trying_it(lab: Lab) -> None:
    host = lab.host(HOST)
    host.freeze(host.queue[0])
    lab.up("mail.ask.com")
    host.try_now(host.queue[0])
    assert state(lab)[0] == "delivered"
    assert "Unfrozen by forced delivery" in host.mainlog


def test_given_up_its_sender_is_told(lab: Lab) -> None:
    host = lab.host(HOST)
    host.give_up(host.queue[0])
    assert not host.queue and state(lab)[0] == "bounced"
    (bounce,) = lab.user("alice@example.com").fetch()
    assert "delivery cancelled by administrator" in bounce.text
    assert "What did root do with" in str(lab.story("alice@example.com/1"))


def test_removed_nobody_is_told(lab: Lab) -> None:
    host = lab.host(HOST)
    host.remove(host.queue[0])
    assert not host.queue and state(lab) == ("bounced", "root removed it")
    lab.clock.advance("6d")
    assert lab.user("alice@example.com").fetch() == []


def test_a_bounce_that_is_given_up_is_gone(lab: Lab) -> None:
    """There is nobody to tell: it ends, and causes no other bounce."""
    host = lab.host(HOST)
    (letter,) = host._mta.queue
    letter.head.sender = ""
    host.give_up(letter.id)
    assert not host.queue
    lab.run()
    assert lab.user("alice@example.com").fetch() == []


def test_changes_survive_a_restart(lab: Lab) -> None:
    host = lab.host(HOST)
    (waiting,) = host.queue
    host.freeze(waiting)
    host.restart("smtp")
    (again,) = host.queue
    assert again.id == waiting.id and again.recipients[0].state == "frozen"


def test_what_does_not_wait_is_named(lab: Lab) -> None:
    host = lab.host(HOST)
    with pytest.raises(KeyError, match=f"no letter 'x' waits on {HOST}; there is "):
        host.freeze("x")
    with pytest.raises(ValueError, match="no mail transport agent"):
        lab.host("ns.example.com").freeze("x")
