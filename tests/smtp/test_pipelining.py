"""Commands in one go: each answer belongs to its command, and the story is that of one by one."""

from __future__ import annotations

from typing import Any

import pytest

from labmail.message.outcome import Deferred, Delivered, Failed
from labmail.smtp import Client, Reply, events
from labmail.trace import Said
from labmail.world import World

from .gates import OpenGate
from .talk import Stage, on_stage
from .test_client import against, call

LETTER = b"Subject: lunch\r\n\r\nNoon?\r\n"
THREE = ["ann@ask.com", "no@ask.com", "cy@ask.com"]
NOBODY = Reply(550, "unknown", "5.1.1")
HELLO = b"220 x\r\n", b"250-x\r\n250 PIPELINING\r\n"


async def handed_over(stage: Stage, one_by_one: bool, **more: Any) -> Any:
    client = await call(stage.world, stage.trace)
    client.one_by_one = one_by_one
    sent = await client.send("a@b.c", more.get("recipients", THREE), LETTER)
    assert client.signs.pipelining is not one_by_one
    await client.quit()
    await stage.world.clock.settle()
    return sent


@pytest.mark.parametrize("refuse", [{}, {"no@ask.com": NOBODY}, {"a@b.c": NOBODY}])
def test_the_same_story_as_one_by_one(refuse: dict[str, Reply]) -> None:
    def told(one_by_one: bool) -> tuple[Any, Any, Any]:
        async def main(stage: Stage) -> tuple[Any, Any, Any]:
            sent = await handed_over(stage, one_by_one)
            names = {e.name: n for n, e in enumerate(stage.trace.find(events.Answered))}
            steps = [
                (type(e).__name__, e.answer, names.get(e.cause or ""))
                for e in stage.trace.events
                if not isinstance(e, Said)
            ]
            replies = [each.reply for each in stage.trace.find(events.Answered)]
            return steps, replies, {who: type(came) for who, came in sent.outcomes.items()}

        return on_stage(main, OpenGate(refuse=refuse))

    assert told(True) == told(False)


def test_the_dialogue_is_told_as_a_dialogue() -> None:
    def said(one_by_one: bool) -> list[tuple[str, str]]:
        async def main(stage: Stage) -> list[tuple[str, str]]:
            await handed_over(stage, one_by_one)
            return [(each.speaker, each.text) for each in stage.trace.find(Said)]

        return on_stage(main, OpenGate(refuse={"no@ask.com": NOBODY}))

    lines = said(False)
    assert lines == said(True)
    at = lines.index(("C", "RCPT TO:<no@ask.com>\r\n"))
    assert [speaker for speaker, _ in lines[at - 2 : at + 4]] == ["C", "S", "C", "S", "C", "S"]
    assert lines[at + 1] == ("S", "550 5.1.1 unknown\r\n")


def test_it_saves_the_way_there_and_back_for_each_command() -> None:
    def seconds(one_by_one: bool) -> float:
        async def main(stage: Stage) -> float:
            stage.world.network.latency = 0.1
            client = await call(stage.world, stage.trace)
            client.one_by_one = one_by_one
            began = stage.world.clock.time()
            await client.send("a@b.c", THREE, LETTER)
            return stage.world.clock.time() - began

        return on_stage(main)

    assert seconds(True) == pytest.approx(6 * 0.2)  # MAIL, three RCPT, DATA, the letter
    assert seconds(False) == pytest.approx(2 * 0.2)


def test_the_next_letter_after_one_that_nobody_wanted() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        first = await client.send("a@b.c", ["no@ask.com"], LETTER)
        assert isinstance(first.outcomes["no@ask.com"], Failed) and client.connected
        assert (await client.send("a@b.c", ["ann@ask.com"], LETTER)).delivered
        assert len(stage.gate.letters) == 1

    on_stage(main, OpenGate(refuse={"no@ask.com": NOBODY}))


def test_many_recipients_in_one_go() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        many = [f"user{n}@ask.com" for n in range(900)]
        sent = await client.send("a@b.c", many, LETTER)
        assert sent.delivered == tuple(many)
        assert stage.gate.letters[0].recipients == many

    on_stage(main)


def test_what_follows_a_no_in_one_go_is_no_mistake() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        many = [f"user{n}@ask.com" for n in range(40)]  # ten mistakes would end it
        for _ in range(3):
            assert not (await client.send("no@b.c", many, LETTER)).delivered
        assert client.connected
        assert (await client.send("a@b.c", many, LETTER)).delivered
        assert stage.trace.find(events.CommandRefused) == ()
        talk = await stage.greeted()
        for number in range(1, 10):
            assert (await talk.say("DATA"))[:3] == "503"  # out of the blue it is one
            assert len(stage.trace.find(events.CommandRefused)) == number
        assert (await talk.say("RCPT TO:<a@b.c>"))[:3] == "421"

    on_stage(main, OpenGate(refuse={"no@b.c": NOBODY}))


# ── servers that misbehave ───────────────────────────────────────────────────────────────────────


def answers(*replies: bytes) -> Any:
    """A server that hears a line and answers, whatever it was, and then hangs up."""

    async def server(reader: Any, writer: Any) -> None:
        for number, reply in enumerate((*HELLO, *replies)):
            if number:
                await reader.readline()
            writer.write(reply)
        writer.close()

    return server


@pytest.mark.parametrize(
    ("replies", "outcomes", "why"),
    [
        ((b"250 ok\r\n", b"550 no\r\n", b"550 no\r\n", b"354 go on\r\n"), "FF", "RCPT TO:<ann"),
        ((b"250 ok\r\n", b"450 no\r\n", b"250 ok\r\n"), "DD", "RCPT TO:<ann"),
        ((b"250 ok\r\n", b"250 ok\r\n"), "DD", "closed connection in response to pipelined RCPT"),
        ((b"250 ok\r\n", b"hello\r\n"), "DD", "in response to pipelined RCPT TO:<ann@ask.com>"),
        ((b"421 busy\r\n",), "DD", "after pipelined MAIL FROM:<a@b.c>: 421 busy"),
        ((b"550 no\r\n", b"503 x\r\n", b"503 x\r\n", b"354 go on\r\n"), "FF", "pipelined MAIL"),
        (
            (b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"451 no\r\n"),
            "DD",
            "after pipelined DATA",
        ),
    ],
)
def test_what_comes_back_belongs_to_its_command(
    replies: tuple[bytes, ...], outcomes: str, why: str
) -> None:
    async def main(world: World) -> None:
        client: Client = await call(world)
        sent = await client.send("a@b.c", ["ann@ask.com", "ben@ask.com"], LETTER)
        kinds = {Delivered: "+", Deferred: "D", Failed: "F"}
        assert "".join(kinds[type(each)] for each in sent.outcomes.values()) == outcomes
        assert any(why in each.why for each in sent.outcomes.values())
        if replies[-1].startswith(b"354"):  # it waits for a letter that will not come
            assert not client.connected

    against(answers(*replies), main)
