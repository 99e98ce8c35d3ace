"""What the trace says was said is what went over the wire, byte for byte."""

from __future__ import annotations

from labmail.smtp import Client
from labmail.trace import Said
from labmail.world import End

from .gates import OpenGate
from .talk import CLIENT, SERVER, Stage, on_stage

LETTER = b"Subject: \xe9\xff\x00\r\n\r\n.dot\nbare\rline ends\r\n..\r\n" + b"x" * 500 + b"\r\n"


class Tap:
    """Listens at the wire: what each side wrote."""

    def __init__(self, stage: Stage) -> None:
        self.heard = {"C": bytearray(), "S": bytearray()}
        stage.world.network.tap = self.listen

    def listen(self, end: End, octets: bytes) -> None:
        self.heard["S" if end.server else "C"] += octets

    def equals(self, stage: Stage) -> None:
        for speaker, octets in self.heard.items():
            told = "".join(e.text for e in stage.trace.find(Said, speaker=speaker))  # type: ignore[attr-defined]
            assert told.encode("latin-1") == bytes(octets)


def test_a_raw_conversation() -> None:
    async def main(stage: Stage) -> None:
        tap = Tap(stage)
        talk = await stage.call()
        await talk.send(
            b"EHLO a.test\r\nmail from: <a@b.c>  size=3 \r\nRCPT TO:<\xff>\r\nXY\x00ZZY\r\n\r\n"
        )
        await talk.send(b"RCPT TO:<b@c.d>\r\nDATA\r\n", LETTER, b".\r\n")
        await talk.send(b"NOOP\nNOOP \r\n", b"NOOP\n", b"VRFY " + b"x" * 11_000 + b"\r\n")
        await talk.send(b"HELP\r\nQUIT\r\n")
        await talk.rest()
        await stage.world.clock.settle()
        tap.equals(stage)
        assert stage.gate.letters[0].content.count(b"\n") == LETTER.count(b"\n")

    on_stage(main)


def test_a_client_of_the_labs() -> None:
    async def main(stage: Stage) -> None:
        tap = Tap(stage)
        client = await Client.connect(
            stage.world.network, CLIENT, SERVER, 25, helo="a.test", host="a", trace=stage.trace
        )
        for recipients in (["b@c.d"], ["b@c.d", "e@f.g"]):
            assert (await client.send("a@b.c", recipients, LETTER)).delivered
        await client.quit()
        await stage.world.clock.settle()
        tap.equals(stage)

    on_stage(main)


def test_a_long_letter_is_told_by_its_beginning_and_its_length() -> None:
    async def main(stage: Stage) -> None:
        tap = Tap(stage)
        talk = await stage.greeted()
        await talk.send(b"MAIL FROM:<>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n")
        content = b"..dots\r\n" * 30_000
        await talk.send(content, b".\r\n")
        for _ in range(4):
            await talk.hear()
        [said] = [e for e in stage.trace.find(Said) if e.elided]  # type: ignore[attr-defined]
        assert said.text.encode() == content[:65_536]  # type: ignore[attr-defined]
        assert said.elided == len(content) + 3 - 65_536  # type: ignore[attr-defined]
        told = sum(len(e.text) + e.elided for e in stage.trace.find(Said, speaker="C"))  # type: ignore[attr-defined]
        assert told == len(tap.heard["C"])

    on_stage(main)


def test_nothing_is_told_when_nobody_looks() -> None:
    async def main(stage: Stage) -> None:
        stage.trace.on = False
        talk = await stage.greeted()
        await talk.send(
            b"MAIL FROM:<>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n", LETTER, b".\r\nAUTH X Y\r\nQUIT\r\n"
        )
        await talk.rest()
        assert len(stage.trace) == 0 and len(stage.gate.letters) == 1

    on_stage(main, OpenGate(mechanisms=("PLAIN",), auth_without_tls=True))
