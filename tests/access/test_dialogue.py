from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.access.pop3 import dialogue
from labmail.access.pop3.dialogue import TABLE, Command, Refused, State, allowed, check, parse
from labmail.access.pop3.replies import LONGEST, Reply
from labmail.access.pop3.session import Bye, Login, Say, Send, Session, Update
from labmail.access.pop3.telling import masked
from labmail.store import StoredMessage

MAIL = tuple(StoredMessage(n, f"uid{n}", n * 100) for n in (1, 2, 3))
VERBS = st.sampled_from([*TABLE, "XYZ", "", "quit "]).map(str.encode)
WORDS = st.lists(st.sampled_from([b"1", b"2", b"9", b"0", b"-1", b"x", b"bob"]), max_size=3)


def in_state(state: State) -> Session:
    session = Session()
    if state is not State.AUTHORIZATION:
        session.receive(b"USER bob\r\n")
    if state is State.TRANSACTION:
        session.accept(MAIL)
    return session


def test_the_drawing_in_the_head_is_the_table() -> None:
    head = (dialogue.__doc__ or "").splitlines()
    assert dialogue.drawing() in "\n".join(line.removeprefix("    ") for line in head)


@pytest.mark.parametrize("state", [State.AUTHORIZATION, State.NAMED, State.TRANSACTION])
@pytest.mark.parametrize("name", TABLE)
def test_every_command_in_every_state(state: State, name: str) -> None:
    verb = TABLE[name]
    line = " ".join([name, *["1"] * verb.fewest]).encode() + b"\r\n"
    session = in_state(state)
    answer = session.receive(line)
    refused = isinstance(answer, Say) and not answer.reply.ok
    assert refused == (state not in verb.leads), answer
    after = verb.leads.get(state, (state,))
    assert session.state in after or isinstance(answer, Login)


def test_after_quit_nothing_is_allowed() -> None:
    assert allowed(State.UPDATE) == ()


@given(st.sampled_from(State), st.one_of(st.binary(max_size=300), st.binary(max_size=9)))
def test_no_line_breaks_a_session(state: State, octets: bytes) -> None:
    if state is State.UPDATE:
        return
    answer = in_state(state).receive(octets.replace(b"\n", b"") + b"\r\n")
    if isinstance(answer, Say):
        wire = answer.reply.wire()
        assert len(wire) <= LONGEST and wire.endswith(b"\r\n") and wire.count(b"\n") == 1
        assert all(32 <= octet < 127 for octet in wire[:-2])


@given(st.lists(st.tuples(VERBS, WORDS).map(lambda c: b" ".join([c[0], *c[1]])), max_size=30))
def test_nothing_is_removed_but_what_was_marked(lines: list[bytes]) -> None:
    session, marked = in_state(State.TRANSACTION), set[int]()
    for line in lines:
        answer = session.receive(line + b"\r\n")
        words = line.decode().split()
        if words and isinstance(answer, Say) and answer.reply.ok:
            if words[0] == "DELE":
                marked.add(int(words[1]))
            if words[0] == "RSET":
                marked.clear()
        if isinstance(answer, Update):
            assert words == ["QUIT"] or words == ["quit"]
            assert answer.deleted == sorted(marked)
            return
        assert session.deleted == marked and not isinstance(answer, Login)


def test_a_password_is_taken_as_it_is() -> None:
    assert parse(b"PASS  two  words \r\n") == Command("PASS", (" two  words ",))
    assert parse("pass Köln\r\n".encode()) == Command("PASS", ("Köln",))
    with pytest.raises(Refused, match="printable ASCII"):
        parse(b"PASS a\0b\r\n")


@pytest.mark.parametrize("line", [b"ST\0AT\r\n", b"\xffSTAT\r\n", b"STAT\r\r\n", b"STAT\t\r\n"])
def test_control_characters_and_8_bit_are_refused(line: bytes) -> None:
    with pytest.raises(Refused, match="printable ASCII"):
        parse(line)


def test_spaces_at_the_end_do_no_harm() -> None:
    assert parse(b"STAT  \r\n") == Command("STAT") and parse(b"STAT\n") == Command("STAT")


def test_a_space_in_front_does() -> None:
    with pytest.raises(Refused, match="unknown command"):
        check(State.TRANSACTION, parse(b" STAT\r\n"))


def test_too_many_errors_in_a_row() -> None:
    session = in_state(State.TRANSACTION)
    answers = [session.receive(b"NONSENSE\r\n") for _ in range(100)]
    assert all(isinstance(answer, Say) for answer in answers)
    session.receive(b"NOOP\r\n")
    assert isinstance(session.receive(b"NONSENSE\r\n"), Say)
    answers = [session.receive(b"NONSENSE\r\n") for _ in range(100)]
    assert isinstance(answers[-1], Bye)


def test_the_server_is_asked_to_send() -> None:
    session = in_state(State.TRANSACTION)
    assert session.receive(b"RETR 2\r\n") == Send(MAIL[1])
    assert session.receive(b"TOP 2 5\r\n") == Send(MAIL[1], 5)


def test_a_reply_is_never_too_long() -> None:
    assert len(Reply(False, "x" * 1000, "SYS/TEMP").wire()) == LONGEST
    assert Reply(True, "a\r\nb\xe4").wire() == b"+OK a??b?\r\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"PASS secret word\r\n", b"PASS ***\r\n"),
        (b" pAsS secret\n", b" pAsS ***\n"),
        (b"PASSsecret\r\n", b"PASS***\r\n"),
        (b"APOP bob 0123\r\n", b"APOP bob ***\r\n"),
        (b"AUTH PLAIN AGJvYg==\r\n", b"AUTH PLAIN ***\r\n"),
        (b"PASS\r\n", b"PASS\r\n"),
        (b"USER bob\r\n", b"USER bob\r\n"),
    ],
)
def test_secrets_are_masked(line: bytes, shown: bytes) -> None:
    assert masked(line) == shown
