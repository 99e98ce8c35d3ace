"""The two doors of a name server: datagrams, and streams with many queries on one connection.

UDP is one datagram in, one out. A TCP connection stays open for the next query, until the client
leaves or is silent for too long; each message is preceded by its length::

    client   00 1a | query        00 1a | query
    server                00 4f | answer       00 4f | answer   … 30 s of silence: closed

Law: RFC 1035 §4.2, RFC 7766 §6.2 (connections are kept, idle ones are closed, their number is
limited; where somebody new comes, the one that has been idle longest makes room).
Try: ``dig +tcp +keepopen``.
"""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from contextlib import closing
from typing import Any

from labmail.world import Clock, Crowd, Share

from . import wire
from .exchange import Client, Outgoing
from .service import Service, Unfinished, cancel
from .values import Endpoint


class Datagrams(asyncio.DatagramProtocol):
    """The UDP socket of a name server. Answers that take time are worked on at the same time."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.transport: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        sender = (addr[0], addr[1])
        reply = self.service.begin(data, Client(sender[0]))
        if isinstance(reply, bytes):
            self.send(reply, sender)
        elif isinstance(reply, Unfinished):
            self._work(self._finish(reply, sender))

    async def _finish(self, unfinished: Unfinished, sender: Endpoint) -> None:
        self.send(await self.service.finish(unfinished), sender)

    def send(self, reply: bytes, to: Endpoint) -> None:
        if not self.transport.is_closing():
            self.transport.sendto(reply, to)

    def _work(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        self.transport.close()
        await cancel(self._tasks)


class Streams:
    """The TCP connections of a name server."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service, self.clock = service, clock
        most = service.limits.connections
        self._crowd: Crowd[asyncio.Task[None]] = Crowd(most, most)
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self) -> asyncio.Protocol:
        """A protocol for a new connection: what a listener wants."""
        reader = StreamReader(limit=wire.LARGEST_QUERY)
        return asyncio.StreamReaderProtocol(reader, self._connected)

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        link, peer = writer.get_extra_info("lab"), writer.get_extra_info("peername")
        client = Client(peer[0], "TCP", link)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            self._enter(task, client)
            await self._converse(reader, writer, client)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # silent for too long, gone, or making room: the conversation is over
        except ValueError as error:
            self.service.ignored(client, str(error))
        finally:
            self._crowd.leave(task)
            self._tasks.discard(task)
            writer.close()

    def _enter(self, task: asyncio.Task[None], client: Client) -> None:
        """Takes a place; where there is none, the connection that is idle longest ends."""
        entry = self._crowd.arrive(task, client.address)
        if not entry.room:
            raise ValueError(f"more than {self._crowd.most} connections")
        if entry.leaves is not None:
            entry.leaves.cancel()

    async def _converse(self, reader: StreamReader, writer: StreamWriter, client: Client) -> None:
        """Answers one query after the other, in their order (RFC 7766 §6.2.1.1)."""
        idle, task = self.service.limits.idle, asyncio.current_task()
        assert task is not None
        share = Share(self.clock)
        while True:
            async with asyncio.timeout(idle):
                data = await wire.read_frame(reader, wire.LARGEST_QUERY)
            await share.spend()
            reply = self.service.begin(data, client)
            if isinstance(reply, Unfinished):
                self._crowd.work(task, True)
                reply = await self.service.finish(reply)
                self._crowd.work(task, False)
            if reply is None:
                return
            self._crowd.advance(task, 1)
            if isinstance(reply, Outgoing):
                self._crowd.work(task, True)
                await self._hand_over(writer, reply, share)
                self._crowd.work(task, False)
                continue
            writer.write(wire.frame(reply))
            async with asyncio.timeout(idle):
                await writer.drain()

    async def _hand_over(self, writer: StreamWriter, zone: Outgoing, share: Share) -> None:
        """Sends a zone, message by message, as fast as the other end takes it."""
        with closing(zone.messages()) as messages:
            for message in messages:
                await share.spend()
                writer.write(wire.frame(message))
                async with asyncio.timeout(self.service.limits.idle):
                    await writer.drain()

    async def close(self) -> None:
        await cancel(self._tasks)
