from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from labmail.access import Pop3Client, Pop3Error
from labmail.world import World, simulate

from .pop3_lab import CLIENT, LETTERS, SERVER, Pop3Lab, pop3_lab


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_all_commands(kind: str) -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await Pop3Client.connect(lab.world.network, CLIENT, SERVER)
        assert client.greeting == "mail.ask.com POP3 server ready"
        assert await client.login("bob", "secret") == "bob has 3 messages (148 octets)"
        assert "UIDL" in await client.capa()
        assert await client.stat() == (3, 148)
        assert await client.list() == {1: 74, 2: 50, 3: 24}
        uids = await client.uidl()
        assert list(uids) == [1, 2, 3] and len(set(uids.values())) == 3
        assert [await client.retr(number) for number in (1, 2, 3)] == list(LETTERS)
        assert await client.top(2, 1) == b"Return-path: <>\r\nSubject: tea\r\n\r\none\r\n"
        await client.dele(1)
        await client.rset()
        await client.noop()
        await client.dele(2)
        assert "2 messages" in await client.quit()
        assert lab.contents() == [LETTERS[0], LETTERS[2]]

    pop3_lab(main, kind)


def test_a_client_that_is_left_hangs_up_and_removes_nothing() -> None:
    async def main(lab: Pop3Lab) -> None:
        async with await lab.client() as client:
            await client.dele(1)
        await lab.world.clock.settle()
        assert lab.contents() == list(LETTERS)

    pop3_lab(main)


def test_refusals_are_in_the_words_of_the_server() -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await Pop3Client.connect(lab.world.network, CLIENT, SERVER)
        with pytest.raises(Pop3Error) as wrong:
            await client.login("bob", "topsecret")
        assert str(wrong.value) == "PASS: login and password do not belong together"
        assert wrong.value.code == "AUTH"
        await client.login("bob", "secret")
        with pytest.raises(Pop3Error, match="RETR: no such message, only 3 in maildrop"):
            await client.retr(4)
        with pytest.raises(Pop3Error) as busy:
            await lab.client()
        assert busy.value.code == "IN-USE"

    pop3_lab(main)


def test_no_command_can_be_smuggled_in() -> None:
    async def main(lab: Pop3Lab) -> None:
        client = await Pop3Client.connect(lab.world.network, CLIENT, SERVER)
        with pytest.raises(ValueError, match="PASS: an argument with a line end"):
            await client.login("bob", "secret\r\nDELE 1")

    pop3_lab(main)


# ── servers that are none ────────────────────────────────────────────────────────────────────────


Act = Callable[[Pop3Client], Awaitable[object]]
OTHERS = [b"220 mail ESMTP\r\n", b"HTTP/1.1 400\r\n", b"+OK\r\n", b"+OK x y\r\n"]


def against(answer: bytes, act: Act, **options: object) -> None:
    """A server that says ``answer`` after the greeting, whatever it is asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"+OK ready\r\n")
        await reader.readline()
        writer.write(answer)
        if not options.get("open"):
            writer.close()
        await reader.read()

    async def main(world: World) -> None:
        world.network.add_host(CLIENT, SERVER)

        def protocol() -> asyncio.Protocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(), serve)

        await world.network.listen(SERVER, 110, protocol)
        await act(await Pop3Client.connect(world.network, CLIENT, SERVER, timeout="1m"))

    simulate(main)


def test_a_server_that_hangs_up() -> None:
    with pytest.raises(ConnectionError, match="hung up"):
        against(b"", Pop3Client.stat)


def test_a_server_that_is_silent() -> None:
    with pytest.raises(TimeoutError):
        against(b"", Pop3Client.stat, open=True)


@pytest.mark.parametrize("answer", OTHERS)
def test_a_server_that_speaks_something_else(answer: bytes) -> None:
    with pytest.raises(Pop3Error, match="expected"):
        against(answer, Pop3Client.stat)


def test_a_line_that_never_ends() -> None:
    with pytest.raises(Pop3Error, match="does not come to an end"):
        against(b"+OK " + b"x" * 100_000, Pop3Client.stat)


def test_an_empty_message() -> None:
    async def act(client: Pop3Client) -> None:
        assert await client.retr(1) == b""

    against(b"+OK\r\n.\r\n", act)


def test_dots_are_taken_away() -> None:
    async def act(client: Pop3Client) -> None:
        assert await client.retr(1) == b".\r\n.a\r\n\r\nb.\r\n..\r\n"

    against(b"+OK\r\n..\r\n..a\r\n\r\nb.\r\n...\r\n.\r\n", act)


def test_nobody_listens() -> None:
    async def main(world: World) -> None:
        world.network.add_host(CLIENT, SERVER)
        await Pop3Client.connect(world.network, CLIENT, SERVER)

    with pytest.raises(ConnectionRefusedError):
        simulate(main)
