"""The server, spoken to byte by byte: order, pipelining, limits, time, and bad input."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from labmail.smtp import Limits, Reply, events
from labmail.trace import Said

from .gates import OpenGate
from .talk import Stage, on_stage

LETTER = b"From: alice@example.com\r\nSubject: lunch\r\n\r\nNoon?\r\n"
ENVELOPE = (b"MAIL FROM:<alice@example.com>\r\n", b"RCPT TO:<bob@ask.com>\r\n", b"DATA\r\n")


def codes(text: str) -> list[str]:
    """The codes of the replies in ``text``, one for each reply."""
    return [line[:3] for line in text.splitlines() if line[3:4] == " "]


def test_pipelined_commands_are_answered_in_order_also_behind_the_dot() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.send(
            b"EHLO a.test\r\n", *ENVELOPE, LETTER, b".\r\n", *ENVELOPE, LETTER, b".\r\n"
        )
        await talk.send(b"RSET\r\nNOOP\r\nQUIT\r\n")
        everything = await talk.rest()
        once = ["250", "250", "354", "250"]
        assert codes(everything) == ["220", "250", *once, *once, "250", "250", "221"]
        assert [letter.content for letter in stage.gate.letters] == [LETTER, LETTER]

    on_stage(main)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_does_not_matter_how_the_bytes_are_cut(size: int) -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        wire = b"".join([b"EHLO a.test\r\n", *ENVELOPE, b"..x\r\n" + LETTER, b".\r\nQUIT\r\n"])
        for at in range(0, len(wire), size):
            await talk.send(wire[at : at + size])
            await asyncio.sleep(0.001)
        assert codes(await talk.rest()) == ["220", "250", "250", "250", "354", "250", "221"]
        assert stage.gate.letters[0].content == b".x\r\n" + LETTER

    on_stage(main)


def test_a_client_that_has_said_all_and_half_closes_is_still_answered() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.send(b"EHLO a.test\r\n", *ENVELOPE, LETTER, b".\r\nNOOP\r\n")
        talk.writer.write_eof()
        assert codes(await talk.rest())[-2:] == ["250", "250"]
        assert len(stage.gate.letters) == 1

    on_stage(main)


def test_ehlo_in_the_middle_forgets_the_letter() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        for verb in ("EHLO b.test", "HELO b.test", "RSET"):
            assert (await talk.say("MAIL FROM:<a@b.c>"))[:3] == "250"
            assert (await talk.say(verb))[:3] == "250"
            assert (await talk.say("RCPT TO:<bob@ask.com>"))[:3] == "503"

    on_stage(main)


def test_hello_names() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        for name in ("a.test", "pc_1", "localhost", "[192.0.2.1]", "[IPv6:2001:db8::1]", "a.test."):
            assert f"Hello {name} [" in await talk.say(f"EHLO {name}")
        for name in ("", "a b", "[192.0.2]", "a..b", "-a", "<a>", "a@b"):
            assert (await talk.say(f"EHLO {name}"))[:3] == "501"

    on_stage(main, OpenGate(limits=Limits(errors=50)))


def test_after_helo_there_are_no_parameters() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        assert await talk.say("HELO a.test") == "250 mail.ask.com Hello a.test [128.10.12.4]"
        assert (await talk.say("MAIL FROM:<a@b.c> SIZE=10"))[:3] == "555"
        assert (await talk.say("MAIL FROM:<a@b.c>"))[:3] == "250"
        assert (await talk.say("RCPT TO:<a@b.c> X=Y"))[:3] == "555"

    on_stage(main)


def test_every_reply_but_the_greetings_has_an_enhanced_code() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        stage.gate.refuse["x@b.c"] = Reply(550, "no code of mine")
        for line in ("NOOP", "HELP", "VRFY bob", "EXPN list", "MAIL FROM:<x@b.c>",
                     "MAIL FROM:<>", "RCPT TO:<b@c.d>", "XYZZY", "DATA x", "RSET", "RCPT",
                     "HELP MAIL"):  # fmt: skip
            for part in (await talk.say(line)).splitlines():
                assert part[4] in "245" and part[5] == "." and part[4] == part[0], part

    on_stage(main)


def test_size_is_looked_at_before_and_after() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        assert (await talk.say("MAIL FROM:<a@b.c> SIZE=101")).startswith("552 5.3.4")
        assert (await talk.say("MAIL FROM:<a@b.c> SIZE=100"))[:3] == "250"
        await talk.say("RCPT TO:<b@c.d>")
        await talk.say("DATA")
        await talk.send(b"x" * 101, b"\r\n.\r\n")
        assert (await talk.hear()).startswith("552 5.3.4")
        assert (await talk.say("NOOP"))[:3] == "250"
        assert (await talk.say("RCPT TO:<b@c.d>"))[:3] == "503"
        [refused] = stage.trace.find(events.ContentRefused)
        assert refused.size == 106 and not refused.ok  # type: ignore[attr-defined]

    on_stage(main, OpenGate(limits=Limits(message=100)))


def test_100_megabytes_over_the_limit_take_no_memory() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(*ENVELOPE)
        for _ in range(3):
            await talk.hear()
        chunk = b"0123456789abcdef" * 4096
        tracemalloc.start()
        for _ in range(1600):
            await talk.send(chunk)
        await talk.send(b"\r\n.\r\n")
        assert (await talk.hear())[:3] == "552"
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8_000_000
        assert stage.gate.letters == []
        said = [e for e in stage.trace.find(Said) if e.elided]  # type: ignore[attr-defined]
        assert len(said) == 1

    on_stage(main, OpenGate(limits=Limits(message=1_000_000)))


def test_ten_thousand_recipients() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(b"MAIL FROM:<a@b.c>\r\n")
        await talk.send(*[b"RCPT TO:<u%d@ask.com>\r\n" % n for n in range(10_001)])
        await talk.send(b"DATA\r\n")
        heard = [await talk.hear() for _ in range(10_003)]
        assert heard[-2].startswith("452 4.5.3") and heard[-1][:3] == "354"
        await talk.send(LETTER, b".\r\n")
        assert (await talk.hear())[:3] == "250"
        assert len(stage.gate.letters[0].recipients) == 10_000
        assert len(stage.trace.find(events.CommandRefused)) == 1

    on_stage(main, OpenGate(limits=Limits(recipients=10_000)))


def test_a_client_that_says_nothing_is_hung_up_on() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        started = stage.world.clock.time()
        assert (await talk.rest()).startswith("421 4.4.2")
        assert stage.world.clock.time() - started == 300
        assert stage.trace.events[-1].reason == "nothing was heard for too long"  # type: ignore[attr-defined]

    on_stage(main)


def test_a_client_that_dribbles_is_hung_up_on_too() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()

        async def dribble() -> None:
            while True:
                await talk.send(b"x")
                await asyncio.sleep(100)

        task = asyncio.create_task(dribble())
        assert (await talk.rest()).startswith("421")
        task.cancel()
        assert stage.world.clock.time() - stage.world.clock._epoch == 300

    on_stage(main)


def test_a_client_that_stops_in_the_middle_of_a_letter() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(*ENVELOPE, b"Subject: half\r\n")
        assert codes(await talk.rest()) == ["250", "250", "354", "421"]
        talk = await stage.greeted()
        await talk.send(*ENVELOPE, b"Subject: half\r\n")
        talk.writer.close()
        await stage.world.clock.settle()
        assert stage.gate.letters == []
        assert "middle of a letter" in stage.trace.events[-1].answer

    on_stage(main)


def test_slow_work_of_ours_is_not_the_clients_silence() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(*ENVELOPE, LETTER, b".\r\n")
        for _ in range(3):
            await talk.hear()
        assert (await talk.hear())[:3] == "250"
        assert (await talk.say("NOOP"))[:3] == "250"

    async def sleep() -> None:
        await asyncio.sleep(1000)

    on_stage(main, OpenGate(before_message=sleep))


def test_a_letter_that_is_being_stored_is_stored_though_the_client_goes() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(*ENVELOPE, LETTER, b".\r\n")
        for _ in range(3):
            await talk.hear()
        talk.writer.transport.abort()
        await asyncio.sleep(10)
        assert len(stage.gate.letters) == 1

    async def sleep() -> None:
        await asyncio.sleep(5)

    on_stage(main, OpenGate(before_message=sleep))


def test_a_client_that_does_not_listen_is_reset_in_the_end() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        talk.writer.transport.pause_reading()
        for _ in range(400):
            talk.writer.write(b"HELP\r\n" * 100)
        await asyncio.sleep(400)
        assert not [end for end in stage.world.network.ends if end.server]
        assert stage.trace.events[-1].answer == "Nothing was heard for too long."

    on_stage(main)


def test_too_many_errors_end_the_conversation() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        heard = [await talk.say("XYZZY") for _ in range(10)]
        assert codes("\n".join(heard)) == ["500"] * 9 + ["421"]
        assert await talk.rest() == ""

    on_stage(main)


def test_a_letter_that_got_through_wipes_the_slate() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        for _ in range(3):
            for _ in range(9):
                assert (await talk.say("XYZZY"))[:3] == "500"
            await talk.send(*ENVELOPE, LETTER, b".\r\n")
            assert codes("\n".join([await talk.hear() for _ in range(4)]))[-1] == "250"

    on_stage(main)


def test_refused_recipients_are_no_errors() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("MAIL FROM:<a@b.c>")
        for _ in range(100):
            assert await talk.say("RCPT TO:<no@ask.com>") == "550 5.1.1 unknown"
        assert (await talk.say("DATA")).startswith("503 5.5.1 No valid recipient")

    on_stage(main, OpenGate(refuse={"no@ask.com": Reply(550, "unknown", "5.1.1")}))


@pytest.mark.parametrize("method", ["GET / HTTP/1.1", "POST /x HTTP/1.1", "CONNECT a:25 HTTP/1.0"])
def test_a_web_browser_is_shown_the_door(method: str) -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.send(
            method, "\r\nHost: mail\r\n\r\nEHLO x.test\r\n", *ENVELOPE, LETTER, b".\r\n"
        )
        assert codes(await talk.rest()) == ["220", "554"]
        assert stage.gate.letters == []

    on_stage(main)


def test_lines_without_end() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        tracemalloc.start()
        for _ in range(100):
            await talk.send(b"x" * 65_536)
        assert (await talk.say("")).startswith("500 5.5.2 Command line too long")
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()
        assert (await talk.say("NOOP"))[:3] == "250"
        assert (await talk.say("NOOP " + "x" * 505))[:3] == "250"
        assert (await talk.say("NOOP " + "x" * 506))[:3] == "500"
        assert (await talk.say("AUTH PLAIN " + "x" * 20_000)).startswith("500 5.5.6")

    on_stage(main)


def test_a_text_line_may_be_long_but_has_a_limit() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        for size, code in ((998, "250"), (65_534, "250"), (65_535, "500")):
            await talk.send(*ENVELOPE, b"x" * size, b"\r\n.\r\n")
            heard = [await talk.hear() for _ in range(4)]
            assert heard[-1][:3] == code
        assert "5.6.0" in heard[-1]

    on_stage(main)


def test_a_loop_is_found() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        for hops, code in ((30, "250"), (31, "554")):
            await talk.send(*ENVELOPE, b"Received: by x\r\n" * hops, b"\r\n\r\n.\r\n")
            heard = [await talk.hear() for _ in range(4)]
            assert heard[-1][:3] == code
        assert heard[-1].startswith("554 5.4.6")

    on_stage(main)


@pytest.mark.parametrize(
    "line", [b"NOOP\n", b"NOOP\nNOOP\n", b"NOOP\nNOOP\r\n", b"NOOP \nNOOP\r\n"]
)
def test_a_bare_line_feed_ends_no_command_but_is_answered(line: bytes) -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(line)
        assert (await talk.hear()).startswith("500 5.5.2 A line ends with CR LF")
        assert (await talk.say("VRFY x"))[:3] == "252"

    on_stage(main)


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r"])
def test_no_letter_is_smuggled(end: bytes) -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(*ENVELOPE, LETTER[:-2] + end, *ENVELOPE, b"smuggled\r\n.\r\nQUIT\r\n")
        assert codes(await talk.rest()) == ["250", "250", "354", "250", "221"]
        assert len(stage.gate.letters) == 1

    on_stage(main)


def test_a_letter_keeps_every_byte() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        odd = bytes(range(256)).replace(b"\r\n", b"") * 3 + b"\r\n"
        await talk.send(*ENVELOPE, odd, b".\r\nQUIT\r\n")
        assert codes(await talk.rest())[-2:] == ["250", "221"]
        assert stage.gate.letters[0].content == odd

    on_stage(main)


def test_nothing_unprintable_comes_back() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        for line in (b"\x00\x01", b"NOOP \x00", b"EHLO \x07", b"MAIL FROM:<a\x00@b.c>",
                     b"HELP \x1b[2J", b"RCPT TO:<\xff@b>", b"VRFY \x00", b"\xff\xfb\x01",
                     b"DATA\x00"):  # fmt: skip
            reply = await talk.say(line)
            assert reply.isascii() and reply.replace("\n", "").isprintable(), reply
            assert reply[0] == "5"

    on_stage(main)


def test_help_and_vrfy_and_expn() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        assert (await talk.say("HELP")).startswith("214-2.0.0 ")
        assert await talk.say("help rcpt") == (
            "214 2.0.0 Syntax: RCPT TO:<bob@ask.com> [NOTIFY=SUCCESS,FAILURE]"
            " [ORCPT=rfc822;bob@ask.com]"
        )
        assert (await talk.say("HELP me"))[:3] == "504"
        assert (await talk.say("VRFY"))[:3] == "501"
        assert (await talk.say("VRFY bob"))[:3] == "252"
        assert (await talk.say("VRFY nobody"))[:3] == "550"
        assert (await talk.say("EXPN list"))[:3] == "502"
        assert (await talk.say("EXPN"))[:3] == "501"
        stage.gate.expand = _expand  # type: ignore[attr-defined]
        assert await talk.say("EXPN list") == "250-2.1.5 <bob@ask.com>\n250 2.1.5 <carol@ask.com>"

    async def _expand(session: object, text: str) -> Reply:
        return Reply(250, "<bob@ask.com>\n<carol@ask.com>", "2.1.5")

    on_stage(main, OpenGate(refuse={"nobody": Reply(550, "no such", "5.1.1")}))


def test_a_greeting_that_refuses_leaves_only_quit() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        assert await talk.hear() == "554 No service for you"
        assert (await talk.say("EHLO a.test"))[:3] == "503"
        assert (await talk.say("QUIT"))[:3] == "221"
        assert await talk.rest() == ""

    on_stage(main, OpenGate(greeting=Reply(554, "No service for you")))


def test_421_anywhere_closes() -> None:
    async def main(stage: Stage) -> None:
        stage.gate.refuse["x@b.c"] = Reply(421, "busy", "4.3.2")
        talk = await stage.greeted()
        assert await talk.say("MAIL FROM:<x@b.c>") == "421 4.3.2 busy"
        assert await talk.rest() == ""
        stage.gate.greeting = Reply(421, "later")
        assert await (await stage.call()).rest() == "421 later\r\n"

    on_stage(main)


def test_a_gate_may_drop_the_connection_behind_its_reply() -> None:
    class Dropping(OpenGate):
        async def recipient(self, session, transaction, path):  # type: ignore[no-untyped-def]
            session.drop = True
            return Reply(550, "goodbye", "5.7.1")

    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("MAIL FROM:<>")
        assert await talk.say("RCPT TO:<a@b.c>") == "550 5.7.1 goodbye"
        assert await talk.rest() == ""

    on_stage(main, Dropping())


def test_a_gate_that_breaks_is_451_and_the_conversation_goes_on(caplog: object) -> None:
    class Broken(OpenGate):
        async def sender(self, session, path, params):  # type: ignore[no-untyped-def]
            raise ZeroDivisionError("in the gate")

        async def message(self, session, transaction, content):  # type: ignore[no-untyped-def]
            raise OSError(28, "No space left on device")

    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        assert (await talk.say("MAIL FROM:<a@b.c>")).startswith("451 4.3.0")
        Broken.sender = OpenGate.sender  # type: ignore[method-assign]
        await talk.send(*ENVELOPE, LETTER, b".\r\n")
        heard = [await talk.hear() for _ in range(4)]
        assert heard[-1].startswith("451 4.3.0")
        assert (await talk.say("NOOP"))[:3] == "250"
        told = [e.answer for e in stage.trace.find(events.Broke)]
        assert "ZeroDivisionError: in the gate" in told[0]
        assert "OSError: [Errno 28] No space left on device" in told[1]

    on_stage(main, Broken())


def test_closing_the_server_tells_everybody() -> None:
    async def main(stage: Stage) -> None:
        talk, idle = await stage.greeted(), await stage.call()
        await idle.hear()
        stage.server.close()
        assert (await talk.rest()).startswith("421 4.3.2")
        assert (await idle.rest()).startswith("421 4.3.2")
        assert not stage.server.is_serving()
        with pytest.raises(ConnectionRefusedError):
            await stage.call()

    on_stage(main)


def test_a_port_in_use() -> None:
    async def main(stage: Stage) -> None:
        with pytest.raises(OSError, match="in use"):
            await stage.world.network.listen("128.10.30.2", 25, asyncio.Protocol)

    on_stage(main)


def test_the_gate_hears_of_the_end() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("QUIT")
        await stage.world.clock.settle()
        [session] = stage.gate.closed_sessions
        assert session.helo == "mail.example.com" and session.protocol == "esmtp"
        assert stage.trace.events[-1].answer == "Quit."

    on_stage(main)


def test_transaction_and_session_say_what_was_said() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("MAIL FROM:<a@b.c> SIZE=77 BODY=8BITMIME AUTH=x+2By@b.c")
        await talk.say('RCPT TO:<"b c"@[192.0.2.9]>')
        await talk.say("DATA")
        await talk.send(LETTER, b".\r\n")
        await talk.hear()
        [letter] = stage.gate.letters
        assert (letter.transaction.size, letter.transaction.body) == (77, "8BITMIME")
        assert letter.transaction.auth == "x+y@b.c"
        assert letter.recipients == ['"b c"@[192.0.2.9]']
        assert letter.session.client == ("128.10.12.4", 49152)
        assert letter.session.server == ("128.10.30.2", 25)
        assert letter.session.connection == "128.10.12.4:49152>128.10.30.2:25"

    on_stage(main)


def test_a_letter_from_outside_is_named_by_the_gate_and_forgotten_behind_the_reply() -> None:
    class Naming(OpenGate):
        async def sender(self, session, path, params):  # type: ignore[no-untyped-def]
            session.letter = session.letter or f"mail.ask.com/{len(self.letters) + 1}"

    async def main(stage: Stage) -> None:
        talk = await stage.call()
        talk.link().door = True
        await talk.hello()
        await talk.send(*ENVELOPE, LETTER, b".\r\nRSET\r\n", *ENVELOPE, b".\r\nQUIT\r\n")
        await talk.rest()
        named = [
            (e.letter, e.text[:3])  # type: ignore[attr-defined]
            for e in stage.trace.find(Said, speaker="S")
        ]
        first, second = "mail.ask.com/1", "mail.ask.com/2"
        assert named[-10:] == [
            *((first, code) for code in ("250", "250", "354", "250")),
            (None, "250"),
            *((second, code) for code in ("250", "250", "354", "250")),
            (None, "221"),
        ]

    on_stage(main, Naming())


def test_the_room_shows_itself(capsys: pytest.CaptureFixture[str]) -> None:
    from labmail.smtp.__main__ import main

    main()
    assert "S: 550 5.1.1 unknown user" in capsys.readouterr().out
    main("dialogue")
    assert "stateDiagram-v2" in capsys.readouterr().out
    main("replies")
    assert "TOO_MANY_HOPS" in capsys.readouterr().out
