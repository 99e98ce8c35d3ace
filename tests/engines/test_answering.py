"""Somebody answers in the place of a host, in a lab without a past: Exim remembers who failed."""

import pytest

from labmail.engines import ENGINES

from .conftest import start


@pytest.mark.parametrize("engine", ENGINES)
def test_a_host_that_somebody_plays_turns_everybody_away(engine):
    lab = start(engine=engine)
    if lab is None:
        return
    with lab:
        desk = lab.answer("mail.ask.com")
        alice = lab.user("alice@example.com")
        letter = alice.send(to="bob@ask.com", subject="Lunch?", text="At noon.\n", run=False)
        assert "mail.example.com" in str(desk.let_call())
        assert "QUIT" in str(desk.say("554 no mail here"))
        desk.close()
        lab.run()
        there = lab.story(letter).recipients["bob@ask.com"]
        assert there.state == "bounced"
        assert "554 no mail here" in there.detail
        assert len(alice.fetch()) == 1
