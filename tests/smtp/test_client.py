"""The client: one outcome for each recipient, in the server's own words, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from labmail.message.outcome import Deferred, Delivered, Failed
from labmail.smtp import Client, Limits, NoSession, Reply, events
from labmail.trace import Recorder
from labmail.trust import LabCA
from labmail.world import World, simulate

from .gates import OpenGate
from .talk import CLIENT, SERVER, Stage, on_stage

CA = LabCA()
LETTER = b"Subject: lunch\r\n\r\nNoon?\r\n.dot\r\n"


async def call(world: World, trace: Recorder | None = None, **options: Any) -> Client:
    options = {
        "helo": "mail.example.com",
        "host": "mail.example.com",
        "target": "mail.ask.com",
    } | options
    return await Client.connect(
        world.network,
        CLIENT,
        SERVER,
        options.pop("port", 25),
        trace=Recorder.off() if trace is None else trace,
        **options,
    )


def test_a_letter_for_three_of_whom_one_is_unknown() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        assert set(client.extensions) == {
            "SIZE",
            "8BITMIME",
            "PIPELINING",
            "CHUNKING",
            "SMTPUTF8",
            "DSN",
            "ENHANCEDSTATUSCODES",
            "HELP",
        }
        sent = await client.send(
            "alice@example.com", ["bob@ask.com", "no@ask.com", "carol@ask.com"], LETTER
        )
        taken = Delivered("250 2.0.0 OK id=1", "mail.ask.com", SERVER, reports=True)
        assert sent.outcomes == {
            "bob@ask.com": taken,
            "no@ask.com": Failed(
                "SMTP error from remote mail server after RCPT TO:<no@ask.com>: "
                "550-5.1.1 unknown\n550 5.1.1 user",
                "mail.ask.com",
                SERVER,
                "5.1.1",
                "550-5.1.1 unknown\n550 5.1.1 user",
            ),
            "carol@ask.com": taken,
        }
        assert list(sent.outcomes) == ["bob@ask.com", "no@ask.com", "carol@ask.com"]
        assert sent.delivered == ("bob@ask.com", "carol@ask.com")
        assert sent.reply == Reply(250, "OK id=1", "2.0.0")
        [letter] = stage.gate.letters
        assert letter.content == LETTER and letter.transaction.size == len(LETTER)
        assert letter.transaction.body == "7BIT"
        await client.quit()
        assert not client.connected
        await stage.world.clock.settle()
        assert stage.trace.events[-1].answer == "Quit."

    on_stage(main, OpenGate(refuse={"no@ask.com": Reply(550, "unknown\nuser", "5.1.1")}))


def test_several_letters_on_one_connection() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        for n, sender in enumerate(("a@b.c", "", "no@b.c", "x@b.c"), 1):
            sent = await client.send(sender, ["bob@ask.com"], b"n: %d\r\n\r\n\xe9\r\n" % n)
            assert bool(sent.delivered) is (sender != "no@b.c")
        assert [letter.sender for letter in stage.gate.letters] == ["a@b.c", "", "x@b.c"]
        assert stage.gate.letters[0].transaction.body == "8BITMIME"

    on_stage(main, OpenGate(refuse={"no@b.c": Reply(550, "no", "5.7.1")}))


@pytest.mark.parametrize(
    ("refuse", "kind", "errno", "code", "after"),
    [
        ({"a@b.c": Reply(451, "later", "4.7.1")}, Deferred, -45, "4.7.1", "pipelined MAIL"),
        ({"a@b.c": Reply(550, "never")}, Failed, 0, "5.0.0", "pipelined MAIL FROM:<a@b.c>"),
        (
            {"bob@ask.com": Reply(450, "busy", "4.2.1")},
            Deferred,
            -44,
            "4.2.1",
            "RCPT TO:<bob@ask.com>",
        ),
        ({"bob@ask.com": Reply(552, "full", "5.2.2")}, Failed, 0, "5.2.2", "RCPT TO:<bob@ask.com>"),
        ({"message": Reply(451, "scan", "4.3.0")}, Deferred, -46, "4.3.0", "end of data"),
        ({"message": Reply(554, "spam", "5.7.1")}, Failed, 0, "5.7.1", "end of data"),
        ({"a@b.c": Reply(421, "closing", "4.3.2")}, Deferred, -45, "4.3.2", "pipelined MAIL"),
    ],
)
def test_refusals(refuse: dict[str, Reply], kind: type, errno: int, code: str, after: str) -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        sent = await client.send("a@b.c", ["bob@ask.com"], LETTER)
        [outcome] = sent.outcomes.values()
        assert type(outcome) is kind
        assert outcome.code == code and outcome.host == "mail.ask.com"
        assert f"after {after}" in outcome.why
        if isinstance(outcome, Deferred):
            assert outcome.errno == errno
        if refuse.get("a@b.c", Reply(250)).code != 421:
            stage.gate.refuse.clear()
            assert (await client.send("a@b.c", ["bob@ask.com"], LETTER)).delivered

    on_stage(main, OpenGate(refuse=refuse))


def test_refused_by_size_before_it_is_sent() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        sent = await client.send("a@b.c", ["bob@ask.com"], b"x" * 200)
        assert isinstance(sent.outcomes["bob@ask.com"], Failed)
        assert "552 5.3.4" in sent.outcomes["bob@ask.com"].why
        assert stage.trace.find(events.ContentTaken) == ()

    on_stage(main, OpenGate(limits=Limits(message=100)))


def test_addresses_that_would_say_more_than_an_address() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        bad = [
            "a@b.c>\r\nRCPT TO:<x@y.z",
            "a b@c.d",
            "\udce9@b.c",
            "<a@b.c>",
            "a@b.c> SIZE=1",
            "bob",
            "",
        ]
        sent = await client.send("a@b.c", [*bad, "bob@ask.com"], LETTER)
        assert sent.delivered == ("bob@ask.com",)
        assert all(isinstance(sent.outcomes[b], Failed) for b in bad)
        assert all(sent.outcomes[b].code == "5.1.3" for b in bad)  # type: ignore[union-attr]
        assert stage.gate.letters[0].recipients == ["bob@ask.com"]
        sent = await client.send("a@b.c>\r\nDATA", ["bob@ask.com"], LETTER)
        assert isinstance(sent.outcomes["bob@ask.com"], Failed)
        assert sent.outcomes["bob@ask.com"].code == "5.1.7" and client.connected

    on_stage(main)


def test_what_a_client_must_not_send_it_does_not_send() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        await client.send("a@b.c", ["bob@ask.com"], b"Subject: x\n\n\n.\r\nMAIL FROM:<x@y.z>\rend")
        [letter] = stage.gate.letters
        assert letter.content == b"Subject: x\r\n\r\n\r\n.\r\nMAIL FROM:<x@y.z>\r\nend\r\n"

    on_stage(main)


def test_submission_with_tls_and_login() -> None:
    async def main(stage: Stage) -> None:
        trace = stage.trace
        client = await call(stage.world, trace, letter="alice@example.com/1")
        assert "AUTH" not in client.extensions
        await client.starttls(CA.client_context(), "mail.ask.com")
        assert client.extensions["AUTH"] == "PLAIN LOGIN"
        with pytest.raises(NoSession) as caught:
            await client.login("alice", "wrong")
        assert caught.value.outcome.code == "5.7.8" and client.connected
        assert len(trace.find(events.Authenticated)) == 1
        await client.login("alice", "s\u00e9cret word")
        sent = await client.send(
            "alice@example.com", ["bob@ask.com"], LETTER, letter="alice@example.com/1", submitter=""
        )
        assert sent.delivered
        assert stage.gate.letters[0].session.user == "alice"
        assert stage.gate.letters[0].transaction.auth == ""
        assert trace.find(events.Offered) == ()  # the login has introduced her
        await client.quit()

    on_stage(
        main,
        OpenGate(
            service="submission",
            tls=CA.server_context("mail.ask.com"),
            mechanisms=("PLAIN", "LOGIN"),
        ),
    )


def test_a_certificate_of_somebody_else() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        with pytest.raises(NoSession) as caught:
            await client.starttls(LabCA().client_context(), "mail.ask.com")
        assert (
            isinstance(caught.value.outcome, Deferred)
            and "certificate" in str(caught.value).lower()
        )
        assert not client.connected
        assert not (await client.send("a@b.c", ["bob@ask.com"], LETTER)).delivered

    on_stage(main, OpenGate(tls=CA.server_context("mail.ask.com")))


def test_no_tls_where_none_is_offered() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        with pytest.raises(NoSession, match="STARTTLS"):
            await client.starttls(CA.client_context(), "mail.ask.com")
        client = await call(stage.world)
        with pytest.raises(NoSession, match="AUTH"):
            await client.login("a", "b")

    on_stage(main)


def test_10_megabytes_cross_whole() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world)
        content = b".line with a dot in front\r\n" * 400_000
        assert (await client.send("a@b.c", ["bob@ask.com"], content)).delivered
        assert stage.gate.letters[0].content == content

    on_stage(main)


# ── servers that misbehave ───────────────────────────────────────────────────────────────────────

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(*answers: bytes, content: bytes = b"250 OK\r\n") -> Script:
    """A server that gives these answers, one for each line, and then closes."""

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for n, answer in enumerate(answers):
            if n:
                line = await reader.readline()
                if line == b"DATA\r\n" and answer.startswith(b"354"):
                    writer.write(answer)
                    await reader.readuntil(b"\r\n.\r\n")
                    answer = content
            writer.write(answer)
        writer.close()

    return server


def against(script: Script, main: Callable[[World], Awaitable[None]]) -> None:
    async def play(world: World) -> None:
        world.network.add_host(SERVER, CLIENT)
        tasks = set()

        def factory() -> asyncio.Protocol:
            reader = asyncio.StreamReader()
            return asyncio.StreamReaderProtocol(
                reader,
                lambda r, w: tasks.add(asyncio.create_task(script(r, w))),  # type: ignore[arg-type]
            )

        await world.network.listen(SERVER, 25, factory)
        await main(world)

    simulate(play)


HELLO = (b"220 x\r\n", b"250 x\r\n")


@pytest.mark.parametrize(
    ("script", "kind", "why", "errno"),
    [
        (says(b"554 go away\r\n"), Failed, "after initial connection: 554 go away", 0),
        (says(b"421 later\r\n"), Deferred, "after initial connection: 421 later", 0),
        (says(b""), Deferred, "closed connection in response to initial connection", -18),
        (
            says(b"hello\r\n"),
            Deferred,
            "Malformed SMTP reply in response to initial connection: ",
            -19,
        ),
        (
            says(b"999 x\r\n"),
            Deferred,
            "Malformed SMTP reply in response to initial connection: ",
            -19,
        ),
        (
            says(b"220 x\r\n", b"450 y\r\n", b"450 z\r\n"),
            Deferred,
            "after HELO mail.example.com: 450 z",
            0,
        ),
        (
            says(b"220 x\r\n", b"550 y\r\n", b"550 z\r\n"),
            Failed,
            "after HELO mail.example.com: 550 z",
            0,
        ),
        (says(b"220 x\r\n", b""), Deferred, "closed connection in response to EHLO", -18),
    ],
)
def test_no_conversation_comes_about(script: Script, kind: type, why: str, errno: int) -> None:
    async def main(world: World) -> None:
        trace = Recorder(world.clock.time)
        with pytest.raises(NoSession) as caught:
            await call(world, trace)
        outcome = caught.value.outcome
        assert type(outcome) is kind and why in outcome.why
        if isinstance(outcome, Deferred):
            assert outcome.errno == errno
        connecting, failed = trace.events
        assert failed.cause == connecting.name and not failed.ok and outcome.why in failed.answer

    against(script, main)


def test_a_server_that_knows_only_helo() -> None:
    async def main(world: World) -> None:
        client = await call(world)
        assert client.extensions == {}
        assert (await client.send("a@b.c", ["bob@ask.com"], LETTER)).delivered

    against(
        says(b"220 x\r\n", b"500 what\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 x\r\n"),
        main,
    )


@pytest.mark.parametrize(
    ("script", "why", "errno"),
    [
        (says(*HELLO), "in response to MAIL FROM:<a@b.c>", -18),
        (says(*HELLO, b"250 x\r\n"), "in response to RCPT TO:<bob@ask.com>", -18),
        (says(*HELLO, b"250 x\r\n", b"250 x\r\n"), "in response to DATA", -18),
        (
            says(*HELLO, b"250 x\r\n", b"250 x\r\n", b"354 x\r\n", content=b""),
            "in response to end of data",
            -18,
        ),
        (says(*HELLO, b"250 x\r\n", b"250 x\r\n", b"250 what\r\n"), "after DATA: 250 what", 0),
        (
            says(*HELLO, b"nonsense\r\n"),
            "Malformed SMTP reply in response to MAIL FROM:<a@b.c>",
            -19,
        ),
    ],
)
def test_a_conversation_breaks_off(script: Script, why: str, errno: int) -> None:
    async def main(world: World) -> None:
        client = await call(world)
        sent = await client.send("a@b.c", ["bob@ask.com"], LETTER)
        outcome = sent.outcomes["bob@ask.com"]
        assert isinstance(outcome, Deferred) and why in outcome.why and outcome.errno == errno

    against(script, main)


def test_a_server_that_falls_silent() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        await reader.readline()
        writer.write(b"250 x\r\n")
        await asyncio.sleep(10_000)

    async def main(world: World) -> None:
        client = await call(world)
        outcome = (await client.send("a@b.c", ["bob@ask.com"], LETTER)).outcomes["bob@ask.com"]
        assert isinstance(outcome, Deferred)
        assert outcome.why == "SMTP timeout after MAIL FROM:<a@b.c>: Connection timed out"
        assert outcome.errno == 110 and not client.connected
        assert world.clock.time() - world.clock._epoch == 300

    against(silent, main)


@pytest.mark.parametrize(
    ("prepare", "why", "errno", "seconds"),
    [
        (lambda n: None, "Connection refused", 111, 0),
        (lambda n: n.down(SERVER), "Connection timed out", 110, 127),
        (lambda n: n._hosts.discard(SERVER), "Network is unreachable", 101, 0),
    ],
)
def test_nobody_there(prepare: Callable[[Any], None], why: str, errno: int, seconds: int) -> None:
    async def main(world: World) -> None:
        world.network.add_host(SERVER, CLIENT)
        prepare(world.network)
        trace = Recorder(world.clock.time)
        with pytest.raises(NoSession) as caught:
            await call(world, trace, letter="a/1", cause="x#1")
        assert caught.value.outcome == Deferred(why, errno, "mail.ask.com", SERVER, "4.4.1")
        assert world.clock.time() - world.clock._epoch == seconds
        connecting, failed = trace.events
        assert (connecting.cause, failed.cause) == ("x#1", connecting.name)
        assert failed.letter == "a/1" and failed.answer == f"No: {why}."

    simulate(main)


# ── causes ───────────────────────────────────────────────────────────────────────────────────────


def test_causes_cross_the_connection_in_both_directions() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world, stage.trace, letter="alice@example.com/1", cause="start#1")
        await client.send(
            "a@b.c",
            ["bob@ask.com", "no@ask.com"],
            LETTER,
            letter="alice@example.com/1",
            cause="router#1",
        )
        await client.send(
            "a@b.c", ["bob@ask.com"], LETTER, letter="alice@example.com/2", cause="router#2"
        )
        await client.quit()
        await stage.world.clock.settle()
        steps = [
            (type(e).__name__, e.host, e.letter, e.cause)
            for e in stage.trace.events
            if type(e).__name__ != "Said"
        ]
        names = {e.name: type(e).__name__ for e in stage.trace.events}
        told = [
            (kind, letter, names.get(cause or "", cause)) for kind, host, letter, cause in steps
        ]
        first, second = "alice@example.com/1", "alice@example.com/2"
        assert told == [
            ("Connecting", first, "start#1"),
            ("Connected", first, "Connecting"),
            ("Greeted", first, "Connected"),
            ("Offered", first, "router#1"),
            ("Answered", first, "Offered"),
            ("Answered", first, "Answered"),
            ("ContentTaken", first, "Answered"),
            ("Answered", first, "ContentTaken"),
            ("Offered", second, "router#2"),
            ("Answered", second, "Offered"),
            ("ContentTaken", second, "Answered"),
            ("Answered", second, "ContentTaken"),
            ("Ended", None, "Answered"),
        ]

    on_stage(main, OpenGate(refuse={"no@ask.com": Reply(550, "unknown", "5.1.1")}))


def test_the_login_is_a_cause_of_the_letter_that_opened_the_connection() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world, stage.trace, letter="a/1", cause="composed#1")
        await client.login("alice", "s\u00e9cret word")
        await client.send("a@b.c", ["bob@ask.com"], LETTER, letter="a/1", cause="composed#1")
        [login] = stage.trace.find(events.Authenticated)
        [answered, _] = stage.trace.find(events.Answered)
        assert answered.cause == login.name
        assert [e.label for e in stage.trace.find(events.Answered)] == ["RCPT", "DATA"]

    on_stage(main, OpenGate(mechanisms=("LOGIN",), auth_without_tls=True))


def test_a_bounce_is_on_its_way_back() -> None:
    async def main(stage: Stage) -> None:
        client = await call(stage.world, stage.trace)
        await client.send("", ["bob@ask.com"], LETTER)
        for kind in (events.Offered, events.Answered, events.ContentTaken):
            assert {e.chapter for e in stage.trace.find(kind)} == {"return"}

    on_stage(main)


def test_the_same_journey_is_told_the_same_way_each_time() -> None:
    async def main(stage: Stage) -> list[str]:
        client = await call(stage.world, stage.trace)
        await client.send("a@b.c", ["bob@ask.com"], LETTER)
        await client.quit()
        return [repr(event) for event in stage.trace.events]

    assert on_stage(main) == on_stage(main)
