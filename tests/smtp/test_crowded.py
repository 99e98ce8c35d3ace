"""More clients than places, letters that dribble, floods: words, and a way on for the honest."""

from __future__ import annotations

import asyncio
import gc

from labmail.smtp import Limits, events
from labmail.smtp.conversation import GRACE
from labmail.trust import LabCA
from labmail.world import seconds

from .gates import OpenGate
from .talk import Stage, Talk, on_stage

LETTER = "MAIL FROM:<a@b.c>\r\nRCPT TO:<bob@ask.com>\r\nDATA\r\n"


def test_the_silent_make_room_for_who_has_something_to_say() -> None:
    async def main(stage: Stage) -> None:
        honest = await stage.greeted()
        silent = [await stage.call() for _ in range(20)]
        await honest.send(LETTER, "Subject: x\r\n.\r\n")
        assert [(await honest.hear())[:3] for _ in range(4)] == ["250", "250", "354", "250"]
        for talk in silent[:17]:
            assert await talk.hear() == "220 mail.ask.com ESMTP labmail"
            assert (await talk.rest()).startswith("421 4.7.0 Too many connections: this one")
        newcomer = await stage.greeted()
        assert (await newcomer.say("NOOP"))[:3] == "250"
        assert "It had to make room for another." in [
            event.answer for event in stage.trace.find(events.Ended)
        ]

    on_stage(main, OpenGate(limits=Limits(connections=10, connections_of_one=4)))


def test_who_is_being_worked_for_is_not_sent_away() -> None:
    gate = OpenGate(limits=Limits(connections=1, connections_of_one=1))
    started, go = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        started.set()
        await go.wait()

    gate.before_message = slowly

    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(LETTER, "Subject: x\r\n.\r\n")
        await started.wait()
        other = await stage.call()
        assert (await other.rest()).startswith("421 4.7.0 Too many connections, please")
        go.set()
        assert [(await talk.hear())[:3] for _ in range(4)] == ["250", "250", "354", "250"]
        assert len(stage.gate.letters) == 1

    on_stage(main, gate)


def test_of_too_many_letters_the_largest_makes_room() -> None:
    async def main(stage: Stage) -> None:
        letters = [await stage.greeted() for _ in range(3)]
        for talk, lines in zip(letters, (10, 60, 20), strict=True):
            await talk.send(LETTER, (b"x" * 98 + b"\r\n") * lines)
            assert [(await talk.hear())[:3] for _ in range(3)] == ["250", "250", "354"]
        assert stage.server.load.total == 9000
        small, largest, other = letters
        await small.send((b"x" * 98 + b"\r\n") * 15)
        assert (await largest.rest()).startswith("421 4.3.1 Too much mail")
        for talk in (small, other):
            await talk.send(".\r\n")
            assert (await talk.hear())[:3] == "250"
        assert stage.server.load.total == 0
        assert "Its letter was the largest of too many." in [
            event.answer for event in stage.trace.find(events.Ended)
        ]
        assert len(stage.gate.letters) == 2

    on_stage(main, OpenGate(limits=Limits(under_way=10_000)))


def test_one_that_is_too_much_by_itself_has_to_go() -> None:
    async def main(stage: Stage) -> None:
        for opening in (LETTER, LETTER.replace("DATA", "BDAT 20000")):
            talk = await stage.greeted()
            await talk.send(opening, b"x" * 15_000)
            assert "421 4.3.1 Too much mail" in await talk.rest()
        refused = await stage.greeted()  # octets that are read past are nobody's load
        await refused.send("BDAT 9000\r\n", b"x" * 9000, "BDAT 9000\r\n", b"x" * 9000, "NOOP\r\n")
        assert [(await refused.hear())[:3] for _ in range(3)] == ["503", "503", "250"]
        assert stage.server.load.total == 0 and not stage.gate.letters

    on_stage(main, OpenGate(limits=Limits(under_way=10_000)))


async def dribble(talk: Talk, octets: bytes, pause: str) -> None:
    for octet in octets:
        await talk.send(bytes([octet]))
        await asyncio.sleep(seconds(pause))


def test_a_line_that_dribbles_in_has_five_minutes() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        began = stage.world.clock.time()
        dribbling = asyncio.create_task(dribble(talk, b"NOOP " + b"x" * 50, "20s"))
        assert (await talk.rest()).startswith("421 4.4.2 Nothing heard")
        assert stage.world.clock.time() - began <= 301
        dribbling.cancel()

    on_stage(main)


def test_a_letter_that_dribbles_in_has_an_hour() -> None:
    async def main(stage: Stage) -> None:
        for opening in (LETTER, LETTER.replace("DATA", "BDAT 5000")):
            talk = await stage.greeted()
            await talk.send(opening)
            began = stage.world.clock.time()
            dribbling = asyncio.create_task(dribble(talk, b"x" * 50, "4m"))
            assert (await talk.rest()).endswith(
                "421 4.4.2 The letter comes too slowly, closing connection\r\n"
            )
            assert 3600 < stage.world.clock.time() - began < 4000
            dribbling.cancel()
        assert not stage.gate.letters

    on_stage(main)


def test_an_honest_letter_may_take_its_time() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.send(LETTER)
        for _ in range(100):
            await talk.send(b"x" * 76 + b"\r\n")
            await asyncio.sleep(30)
        await talk.send(b".\r\n")
        assert [(await talk.hear())[:3] for _ in range(4)] == ["250", "250", "354", "250"]

    on_stage(main)


def test_who_leaves_in_the_middle_of_the_handshake_leaves_nothing_behind() -> None:
    async def main(stage: Stage) -> None:
        for words in (b"", b"\x16\x03\x01", b"no TLS at all\r\n"):
            talk = await stage.greeted()
            assert (await talk.say("STARTTLS"))[:3] == "220"
            await talk.send(words)
            talk.writer.close()
            await stage.world.clock.settle()
        stage.talks.clear()
        del talk
        await asyncio.sleep(GRACE + 1)
        gc.collect()
        assert len(stage.server.conversations) == 0, "something still holds them"
        assert not stage.trace.find(events.Broke)

    on_stage(main, OpenGate(tls=LabCA().server_context("mail.ask.com")))
