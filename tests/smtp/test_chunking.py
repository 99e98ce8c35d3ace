"""The letter in pieces: put together to the byte, however it is cut; shown; flat in memory."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.smtp import Limits, events
from labmail.smtp.chunking import Assembly, read_chunk
from labmail.trace import Said

from .gates import OpenGate
from .talk import Stage, on_stage

ENVELOPE = "MAIL FROM:<a@b.c> BODY=8BITMIME\r\nRCPT TO:<bob@ask.com>\r\n"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.binary(max_size=12) | st.sampled_from([b"\r\n.\r\n", b"QUIT\r\n"]), max_size=8),
    st.integers(1, 50),
)
def test_however_it_is_cut_the_letter_is_the_same(pieces: list[bytes], cut: int) -> None:
    chunks = b"".join(b"BDAT %d\r\n%s" % (len(piece), piece) for piece in pieces)
    wire = ENVELOPE.encode() + chunks + b"BDAT 0 LAST\r\nNOOP\r\n"

    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        for at in range(0, len(wire), cut):
            await talk.send(wire[at : at + cut])
        replies = [await talk.hear() for _ in range(len(pieces) + 4)]
        assert all(reply.startswith("250") for reply in replies)
        whole = b"".join(pieces)
        end = b"" if whole.endswith(b"\r\n") or not whole else b"\r\n"
        assert stage.gate.letters[0].content == whole + end

    on_stage(main)


def test_what_went_over_the_wire_is_told_piece_by_piece() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(ENVELOPE, "BDAT 14\r\nSubject: x\r\n\r\n", "BDAT 4 LAST\r\nhi\r\n")
        assert [(await talk.hear())[:3] for _ in range(4)] == ["250"] * 4
        said = [each.text for each in stage.trace.find(Said, speaker="C")]
        assert said[-4:] == ["BDAT 14\r\n", "Subject: x\r\n\r\n", "BDAT 4 LAST\r\n", "hi\r\n"]
        [taken] = stage.trace.find(events.ContentTaken)
        assert taken.label == "BDAT" and taken.size == 18
        assert taken.answer.endswith("in pieces whose size was said before.")

    on_stage(main)


def test_a_client_that_leaves_within_a_piece_leaves_nothing() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(ENVELOPE, "BDAT 100 LAST\r\nSubject: x\r\n")
        talk.writer.write_eof()
        await talk.rest()
        assert not stage.gate.letters
        assert stage.trace.events[-1].answer == "The client went away in the middle of a letter."

    on_stage(main)


def test_a_piece_that_is_far_too_big_is_read_past_in_flat_memory() -> None:
    assembly = Assembly(1000)
    for _ in range(1000):
        assembly.feed(b"x" * 1000)
    taken = assembly.finish()
    assert taken.letter is None and taken.wire_size == 1_000_000

    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(ENVELOPE, "BDAT 3000000 LAST\r\n", b"x" * 3_000_000, "NOOP\r\n")
        assert [(await talk.hear())[:3] for _ in range(4)] == ["250", "250", "552", "250"]
        [refused] = stage.trace.find(events.ContentRefused)
        assert (refused.label, refused.size) == ("BDAT", 3_000_000)

    on_stage(main, OpenGate(limits=Limits(message=1000)))


def test_a_gate_may_keep_it_to_itself() -> None:
    class Shy(OpenGate):
        def offers(self, session: object, extension: str) -> bool:
            return False

    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        hello = await talk.say("EHLO a.test")
        assert not any(word in hello for word in ("CHUNKING", "SMTPUTF8", "DSN", "EXPN"))
        await talk.send(ENVELOPE, "BDAT 6\r\nQUIT\r\n")
        assert [(await talk.hear())[:3] for _ in range(3)] == ["250", "250", "502"]
        await talk.say("RSET")
        assert (await talk.say("MAIL FROM:<a@b.c> RET=FULL"))[:3] == "555"
        assert (await talk.say("MAIL FROM:<a@b.c> SMTPUTF8"))[:3] == "555"
        assert (await talk.say("MAIL FROM:<\xc3\xa9@b.c> SMTPUTF8"))[:3] == "553"

    on_stage(main, Shy())


def test_the_argument() -> None:
    for text in ("", "x", "1 2", "1LAST", "LAST", "1 LAST x", "+1", "1e3", "9" * 21):
        assert read_chunk(text) is None
