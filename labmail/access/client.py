"""A POP3 client: how a mail user agent fetches what waits for its person.

::

    async with await Pop3Client.connect(network, "128.10.30.9", "128.10.30.2") as pop3:
        await pop3.login("bob", password)
        for number, uid in (await pop3.uidl()).items():
            letter = await pop3.retr(number)
            await pop3.dele(number)
        await pop3.quit()                      # without this nothing is removed

What the server refuses is raised as `Pop3Error`, in the server's own words. A client that is left
without `quit` hangs up, and the server removes nothing (RFC 1939 §6).

Law: RFC 1939, RFC 2449 (CAPA, response codes).
"""

from __future__ import annotations

import asyncio
import re
from typing import Self

from labmail.world import Interval, Link, Network, seconds

READ = 65536
LONGEST_REPLY = 512
"""Octets of a reply's first line (RFC 1939 §3); more means that there is no POP3 server."""
LARGEST = 256 * 1024 * 1024
"""Octets of a reply of many lines that a client is ready to hold."""

Lines = list[str]

_CODE = re.compile(r"\[([^\]\s]+)\]\s*")


class Pop3Error(Exception):
    """The server has refused. ``words`` are its own; ``code`` a response code: ``IN-USE``,
    ``AUTH``.

    ``command`` is what was refused, without arguments: a password is never in an error.
    """

    def __init__(self, command: str, words: str, code: str = "") -> None:
        super().__init__(f"{command}: {words}" if command else words)
        self.command, self.words, self.code = command, words, code


class Pop3Client:
    """One connection. Every method raises `Pop3Error`, ConnectionError, and TimeoutError where the
    server says nothing for ``timeout`` seconds of the lab's clock."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeout: Interval = 300
    ) -> None:
        self._reader, self._writer = reader, writer
        self._timeout = seconds(timeout)
        self._buffer = bytearray()
        self.greeting = ""
        self.link: Link | None = writer.get_extra_info("lab")

    @classmethod
    async def connect(
        cls,
        network: Network,
        source: str,
        target: str,
        port: int = 110,
        *,
        cause: str | None = None,
        timeout: Interval = 300,
    ) -> Self:
        """Connects host ``source`` to ``target`` and waits for the greeting.

        ``cause`` names the event because of which the person's program calls. Raises OSError as
        `Network.connect` does.
        """
        client = cls(*await network.open_stream(source, target, port, cause=cause), timeout)
        try:
            client.greeting = await client._reply("")
        except BaseException:
            client.close()
            raise
        return client

    # ── commands ─────────────────────────────────────────────────────────────────────────────────

    async def login(self, user: str, password: str) -> str:
        """USER and PASS. Gives the server's words."""
        await self._command("USER", user)
        return await self._command("PASS", password)

    async def stat(self) -> tuple[int, int]:
        """How many messages there are, and how many octets in all."""
        count, octets = _numbers(await self._command("STAT"), "STAT")
        return count, octets

    async def list(self) -> dict[int, int]:
        """The size in octets of each message, by number."""
        lines = await self._listing("LIST")
        return dict(_numbers(line, "LIST") for line in lines)

    async def uidl(self) -> dict[int, str]:
        """The unique id of each message, by number."""
        pairs = (line.partition(" ") for line in await self._listing("UIDL"))
        return {int(number): uid for number, _, uid in pairs}

    async def retr(self, number: int) -> bytes:
        """The message, with CRLF line ends."""
        await self._command("RETR", number)
        return await self._lines("RETR")

    async def top(self, number: int, lines: int = 0) -> bytes:
        """The header, the empty line, and the first lines of the body."""
        await self._command("TOP", number, lines)
        return await self._lines("TOP")

    async def dele(self, number: int) -> None:
        """Marks a message; the server removes it when `quit` is said."""
        await self._command("DELE", number)

    async def rset(self) -> None:
        """Takes all marks back."""
        await self._command("RSET")

    async def noop(self) -> None:
        await self._command("NOOP")

    async def capa(self) -> tuple[str, ...]:
        """What the server can do; empty where it does not know CAPA."""
        try:
            return tuple(await self._listing("CAPA"))
        except Pop3Error:
            return ()

    async def quit(self) -> str:
        """Lets the server remove what is marked, and hangs up. Gives its words."""
        try:
            return await self._command("QUIT")
        finally:
            self.close()

    def close(self) -> None:
        """Hangs up. Without `quit` nothing is removed."""
        self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    # ── the wire ─────────────────────────────────────────────────────────────────────────────────

    async def _command(self, verb: str, *arguments: object) -> str:
        line = " ".join([verb, *map(str, arguments)])
        if any(char in line for char in "\r\n\0"):
            raise ValueError(f"{verb}: an argument with a line end or NUL cannot be sent")
        self._writer.write(f"{line}\r\n".encode())
        async with asyncio.timeout(self._timeout):
            await self._writer.drain()
        return await self._reply(verb)

    async def _reply(self, verb: str) -> str:
        """The words after +OK. Raises `Pop3Error` with those after -ERR."""
        line = (await self._until(b"\n", LONGEST_REPLY)).decode("utf-8", "replace").strip()
        status, _, words = line.partition(" ")
        if status == "+OK":
            return words
        if status != "-ERR":
            raise Pop3Error(verb, f"expected +OK or -ERR, found {line[:80]!r}")
        found = _CODE.match(words)
        raise Pop3Error(verb, words[found.end() :] if found else words, found[1] if found else "")

    async def _listing(self, verb: str) -> Lines:
        await self._command(verb)
        return (await self._lines(verb)).decode("ascii", "replace").split("\r\n")[:-1]

    async def _lines(self, verb: str) -> bytes:
        """What comes up to the line with a single dot, the added dots taken away (RFC 1939 §3)."""
        if not await self._at_end():
            octets = await self._until(b"\r\n.\r\n", LARGEST)
            octets = octets[:-3]
            return (octets[1:] if octets.startswith(b"..") else octets).replace(b"\n..", b"\n.")
        return b""

    async def _at_end(self) -> bool:
        """Whether the dot comes at once; takes it."""
        while len(self._buffer) < 3:
            await self._more()
        if not self._buffer.startswith(b".\r\n"):
            return False
        del self._buffer[:3]
        return True

    async def _until(self, mark: bytes, most: int) -> bytes:
        """What comes up to ``mark``, which is taken too."""
        searched = 0
        while (at := self._buffer.find(mark, searched)) < 0:
            searched = max(0, len(self._buffer) - len(mark))
            if searched > most:
                raise Pop3Error("", f"the server does not come to an end: {searched} octets so far")
            await self._more()
        end = at + len(mark)
        octets = bytes(self._buffer[:end])
        del self._buffer[:end]
        return octets

    async def _more(self) -> None:
        async with asyncio.timeout(self._timeout):
            octets = await self._reader.read(READ)
        if not octets:
            raise ConnectionResetError("the POP3 server has hung up")
        self._buffer += octets


def _numbers(line: str, verb: str) -> tuple[int, int]:
    """Two numbers from ``line``; a server may say more behind them."""
    words = line.split()
    if len(words) < 2 or not (words[0].isdecimal() and words[1].isdecimal()):
        raise Pop3Error(verb, f"expected two numbers, found {line[:80]!r}")
    return int(words[0]), int(words[1])
