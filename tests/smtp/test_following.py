"""What is known from hearing both sides, and what the replies mean."""

from __future__ import annotations

import pytest

from labmail.smtp import State, dialogue, next_state, replies
from labmail.smtp.following import Following
from labmail.smtp.meaning import CODES, DETAIL, explain
from labmail.smtp.replies import Reply
from labmail.smtp.verbwords import STATES, WORDS, machine


def test_every_state_and_every_verb_of_the_table_has_its_words() -> None:
    assert set(STATES) == set(State)
    assert {verb for row in dialogue.TABLE.values() for verb in row} <= set(WORDS)


@pytest.mark.parametrize("state", State)
def test_the_machine_is_the_table(state: State) -> None:
    drawn = machine(state)
    assert set(drawn.allowed) == set(dialogue.TABLE[state])
    assert drawn.here.name == state.value
    for move in drawn.may:
        there = next_state(state, move.verb)
        assert move.leads == ("" if there is state else there.value)  # type: ignore[union-attr]
    for move in drawn.not_now:
        assert state.value not in move.when and move.when


def named_replies() -> list[Reply]:
    return [value for value in vars(replies).values() if isinstance(value, Reply)]


def test_every_reply_of_our_server_is_explained() -> None:
    for reply in named_replies():
        assert reply.code in CODES, reply
        meaning = explain(reply)
        assert meaning.verdict and meaning.sentence
        assert all(sign.says for sign in (*meaning.code, *meaning.enhanced))
        if reply.enhanced:
            _, subject, detail = reply.enhanced.split(".")
            assert f"{subject}.{detail}" in DETAIL or detail == "0", reply


def test_what_a_reply_means_depends_on_what_was_asked() -> None:
    ok = Reply(250, "OK")
    assert explain(ok, "MAIL").sentence != explain(ok, ".").sentence
    assert explain(ok).enhanced == ()


def follow(*turns: tuple[str, bytes]) -> Following:
    following = Following()
    for speaker, octets in turns:
        (following.client if speaker == "C" else following.server)(octets)
    return following


GREETED = (("S", b"220 x\r\n"), ("C", b"EHLO y\r\n"), ("S", b"250-x\r\n250 AUTH PLAIN\r\n"))


def test_a_reply_moves_only_when_it_says_yes() -> None:
    assert follow(("S", b"554 no\r\n")).state is State.REFUSED
    assert follow(*GREETED, ("C", b"MAIL FROM:<>\r\n")).asked == "MAIL"
    assert follow(*GREETED, ("C", b"MAIL FROM:<>\r\n"), ("S", b"451 x\r\n")).state is State.GREETED
    assert follow(*GREETED, ("S", b"421 x\r\n")).state is State.CLOSED


def test_a_secret_answer_is_masked_even_when_it_comes_in_pieces() -> None:
    following = follow(*GREETED, ("C", b"AUTH LOGIN\r\n"), ("S", b"334 VXNlcg==\r\n"))
    assert following.client(b"Ym9i") == [] and following.unfinished[0] == b"***"
    (line,) = following.client(b"\r\n")
    assert line.octets == b"***\r\n" and line.masked


def test_a_secret_said_ahead_of_the_question_is_masked_too() -> None:
    lines = follow(*GREETED).client(b"AUTH LOGIN\r\nYm9i\r\nc2VjcmV0\r\n")
    assert [line.octets for line in lines] == [b"AUTH LOGIN\r\n", b"***\r\n", b"***\r\n"]


def test_only_crlf_dot_crlf_ends_a_letter() -> None:
    start = (*GREETED, ("C", b"MAIL FROM:<>\r\n"), ("S", b"250 x\r\n"), ("C", b"RCPT TO:<a>\r\n"),
             ("S", b"250 x\r\n"), ("C", b"DATA\r\n"), ("S", b"354 x\r\n"))  # fmt: skip
    for near in (b"a\n.\r\n", b"a\r\n.\n", b"..\r\n", b"a\n.\n"):
        following = follow(*start, ("C", near))
        assert following.speaking == "content", near
    assert follow(*start, ("C", b".\r\n")).asked == "."


def test_what_follows_a_refused_data_is_commands() -> None:
    start = (*GREETED, ("C", b"DATA\r\nMAIL FROM:<>\r\n"))
    following = follow(*start, ("S", b"503 x\r\n"), ("S", b"250 x\r\n"))
    assert following.state is State.SENDER


def test_a_line_that_is_no_reply_is_called_so() -> None:
    for line in (b"hello\r\n", b"25 OK\r\n", b"2500 OK\r\n", b"\r\n"):
        (heard,) = Following().server(line)
        assert heard.meaning is not None and heard.meaning.verdict == ""


READY = (*GREETED, ("C", b"MAIL FROM:<>\r\n"), ("S", b"250 x\r\n"), ("C", b"RCPT TO:<a>\r\n"),
         ("S", b"250 x\r\n"))  # fmt: skip


def test_chunks_are_counted_not_read() -> None:
    following = follow(*READY, ("C", b"BDAT 6\r\nQUIT\r\nBDAT 0 LAST\r\n"))
    assert following.asked == "BDAT"
    following.server(b"250 x\r\n")
    assert (following.state, following.asked) == (State.CHUNKS, "BDAT LAST")
    following.server(b"250 x\r\n")
    assert following.state is State.GREETED


def test_a_chunk_that_is_not_all_there_is_awaited() -> None:
    following = follow(*READY, ("C", b"BDAT 4 LAST\r\nab"))
    assert (following.speaking, following.asked) == ("content", "")
    (line,) = following.client(b"c\nNOOP\r\n")[:1]
    assert line.octets == b"abc\n" and following.speaking == ""


def test_a_judged_letter_is_forgotten_and_a_misplaced_chunk_changes_nothing() -> None:
    chunk = ("C", b"BDAT 1 LAST\r\nx")
    assert follow(*READY, chunk, ("S", b"554 x\r\n")).state is State.GREETED
    assert follow(*GREETED, chunk, ("S", b"503 x\r\n")).state is State.GREETED
    assert follow(*READY, ("C", b"BDAT x\r\n"), ("S", b"501 x\r\n")).state is State.RECIPIENTS
