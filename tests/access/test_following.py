"""POP3 followed from outside: states, replies of many lines, words for everything."""

from __future__ import annotations

import pytest

from labmail.access.pop3 import replies
from labmail.access.pop3.dialogue import TABLE, State
from labmail.access.pop3.following import Following
from labmail.access.pop3.meaning import CODES, STATES, WORDS, explain, machine
from labmail.access.pop3.replies import Reply


def test_every_state_and_every_command_has_its_words() -> None:
    assert set(STATES) == set(State)
    assert set(WORDS) == set(TABLE)


@pytest.mark.parametrize("state", State)
def test_the_machine_is_the_table(state: State) -> None:
    drawn = machine(state)
    assert set(drawn.allowed) == {name for name, verb in TABLE.items() if state in verb.leads}
    assert {m.verb for m in (*drawn.may, *drawn.not_now)} == set(TABLE)


def test_every_response_code_of_our_server_is_explained() -> None:
    for reply in (value for value in vars(replies).values() if isinstance(value, Reply)):
        assert not reply.code or reply.code in CODES
        assert explain(reply.wire()).verdict in ("no", "not now")


def test_replies_of_many_lines_end_at_the_dot() -> None:
    following = Following()
    following.server(b"+OK\r\n")
    following.client(b"CAPA\r\nUSER bob\r\n")
    following.server(b"+OK follows\r\n+OK is a capability here\r\n")
    assert following.asked == "more"
    following.server(b".\r\n+OK\r\n")
    assert (following.asked, following.state) == ("", State.NAMED)


def test_a_wrong_password_leads_back_and_a_broken_line_removes_nothing() -> None:
    following = Following()
    following.server(b"+OK\r\n")
    following.client(b"USER bob\r\nPASS x\r\n")
    following.server(b"+OK\r\n-ERR [AUTH] no\r\n")
    assert following.state is State.AUTHORIZATION
    following.closed()
    assert following.machine().allowed == ()
