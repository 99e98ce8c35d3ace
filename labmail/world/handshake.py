"""How a connection begins: somebody listens, a SYN arrives, an answer comes back, or silence.

::

    client                          server
      │ ── SYN ──────────────────────▶ │  a listener? then its protocol begins
      │ ◀───────────────── SYN, ACK ── │
      │                                │
      its protocol begins              (no listener: RST, "connection refused")

A host that is down says nothing at all. The SYN waits on the line, as TCP keeps sending it, and
arrives when the host is up again; after `Network.syn_timeout` seconds the client gives up.

Law: RFC 9293 §3.5 (establishing a connection), RFC 1122 §4.2.3.5 (giving up).
Try: ``await network.connect("128.10.12.4", "128.10.30.2", 25, factory)``.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .end import End
from .link import Endpoint, Link, Sign

if TYPE_CHECKING:
    from .network import Network

Factory = Callable[[], asyncio.BaseProtocol]


class Listener:
    """A server socket of the lab, with `asyncio.Server`'s manners: what `Network.listen` gives."""

    def __init__(self, network: Network, address: Endpoint, factory: Factory) -> None:
        self.network, self.address, self.factory = network, address, factory

    def close(self) -> None:
        """Takes no more connections; those that are open stay open."""
        if self.is_serving():
            del self.network.listeners[self.address]
            self.network.follow(self.address)

    def is_serving(self) -> bool:
        return self.network.listeners.get(self.address) is self

    async def wait_closed(self) -> None:
        """Returns at once: a listener of the lab has nothing to wait for."""

    async def __aenter__(self) -> Listener:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()


class Handshake:
    """One connection being made, over the two lines of ``link``."""

    def __init__(self, network: Network, link: Link, factory: Factory, latency: float) -> None:
        self.network, self.link, self.factory = network, link, factory
        link.lines = self.out, self.back = network.carrier.lines(link, latency)
        self.client = End(link, self.out, self.back, server=False)
        self.connected: asyncio.Future[Any] = network.loop.create_future()

    async def run(self) -> tuple[End, Any]:
        """Sends the SYN and waits for the client's end and protocol. Errors: `Network.connect`."""
        self.out.signal(Sign.SYN, self._arrived)
        timer = self.network.loop.call_later(self.network.syn_timeout, self._silence)
        try:
            return self.client, await self.connected
        except BaseException:
            self.client.abort()
            raise
        finally:
            timer.cancel()

    def fail(self, error: OSError) -> None:
        """The connection cannot be made."""
        if not self.connected.done():
            self.connected.set_exception(error)

    def _arrived(self) -> None:
        """At the server: the SYN has arrived. Its side begins, or refuses."""
        if self.connected.done():
            return  # the client has given up
        listener = self.network.listeners.get(self.link.server)
        if listener is None or self.network.is_refused(*self.link.server):
            self.back.signal(Sign.RST, self._refused)
            return
        self.back.signal(Sign.SYN, self._answered)
        server = End(self.link, self.back, self.out, server=True)
        try:
            server.begin(listener.factory())
        except Exception as error:
            server.fail(
                error, f"the server at {_text(self.link.server)} failed on a new connection"
            )

    def _answered(self) -> None:
        """At the client: the SYN has been answered. Its side begins."""
        if self.connected.done():
            return  # it has given up, and reset the connection
        try:
            self.client.begin(protocol := self.factory())
        except Exception as error:
            self.connected.set_exception(error)
        else:
            self.connected.set_result(protocol)

    def _refused(self) -> None:
        text = f"Connection refused by {_text(self.link.server)}"
        self.fail(ConnectionRefusedError(errno.ECONNREFUSED, text))

    def _silence(self) -> None:
        text = f"Connection timed out: no answer from {_text(self.link.server)}"
        self.fail(TimeoutError(errno.ETIMEDOUT, text))


def _text(endpoint: Endpoint) -> str:
    return f"{endpoint[0]} port {endpoint[1]}"
