"""The table: every cell, and the drawing made from it."""

import pytest

from labmail.smtp import Reply, State, allowed, mermaid, next_state
from labmail.smtp.dialogue import TABLE, VERBS

ALWAYS = {"NOOP", "HELP", "VRFY", "EXPN", "QUIT"}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", [*VERBS, "XYZZY"])
def test_each_cell_leads_somewhere_or_says_why_not(state: State, verb: str) -> None:
    there = next_state(state, verb)
    if verb in TABLE[state]:
        assert there is TABLE[state][verb]
    else:
        assert isinstance(there, Reply) and there.code == 503 and there.enhanced == "5.5.1"


def test_the_ordinary_road() -> None:
    state: State | Reply = State.CONNECTED
    for verb in ("EHLO", "MAIL", "RCPT", "RCPT", "DATA", ".", "QUIT"):
        assert isinstance(state, State)
        state = next_state(state, verb)
    assert state is State.CLOSED


def test_what_the_standard_says_about_order() -> None:
    for state in (State.CONNECTED, State.GREETED, State.SENDER, State.RECIPIENTS):
        assert set(allowed(state)) >= ALWAYS | {"EHLO", "HELO", "RSET"}  # RFC 5321 §4.1.4
        for verb in ALWAYS - {"QUIT"}:
            assert next_state(state, verb) is state
        again = State.CONNECTED if state is State.CONNECTED else State.GREETED
        assert next_state(state, "RSET") is again
    assert next_state(State.RECIPIENTS, "EHLO") is State.GREETED
    assert next_state(State.RECIPIENTS, "STARTTLS") is State.CONNECTED  # RFC 3207 §4.2
    assert str(next_state(State.SENDER, "AUTH")).startswith("503")  # RFC 4954 §4
    assert allowed(State.REFUSED) == ("QUIT",)  # RFC 5321 §3.1


@pytest.mark.parametrize(
    ("state", "verb", "hint"),
    [
        (State.CONNECTED, "MAIL", "HELO or EHLO required"),
        (State.CONNECTED, "AUTH", "EHLO required"),
        (State.GREETED, "RCPT", "MAIL comes first"),
        (State.GREETED, "DATA", "MAIL comes first"),
        (State.SENDER, "DATA", "RCPT comes first"),
        (State.SENDER, "MAIL", "already given"),
        (State.RECIPIENTS, "MAIL", "already given"),
        (State.RECIPIENTS, "AUTH", "handed over"),
        (State.REFUSED, "EHLO", "only QUIT"),
    ],
)
def test_a_503_says_what_should_have_come(state: State, verb: str, hint: str) -> None:
    assert hint in str(next_state(state, verb))


def test_the_diagram_is_drawn_from_the_table() -> None:
    drawn = mermaid().splitlines()
    assert drawn[0] == "stateDiagram-v2"
    assert "    sender_known --> recipients_known: RCPT" in drawn
    arrows = {(s, t) for s, row in TABLE.items() for t in row.values() if s is not t}
    assert len(drawn) == len(arrows) + 3
