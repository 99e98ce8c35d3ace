"""Standing in: somebody else takes the calls of a host's service, and gives it back.

The host's own server keeps running; only the port changes hands. Conversations that are open go on
with whoever began them::

    128.10.30.2:25 ──▶ its own server          128.10.30.2:25 ──▶ you
                                          ▲                   ▲
                             before, and after `leave`        from `begin` on

Try: ``lab.answer("mail.ask.com", "smtp")``, which stands in for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.world import Endpoint, Listener, Network

if TYPE_CHECKING:
    from labmail.world.handshake import Factory


class StandIn:
    """Takes a port of some addresses over, whether or not somebody listened there."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._aside: dict[Endpoint, Listener] = {}
        self._mine: list[Listener] = []

    async def begin(self, addresses: tuple[str, ...], port: int, factory: Factory) -> None:
        """From now on calls to these addresses go to ``factory``. Raises as `Network.listen`."""
        try:
            for address in addresses:
                own = self._network.listeners.get((address, port))
                if own is not None:
                    self._aside[own.address] = own
                    own.close()
                self._mine.append(await self._network.listen(address, port, factory))
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """The host's own server takes its calls again. Safe to call twice."""
        for listener in self._mine:
            listener.close()
        aside, self._aside, self._mine = self._aside, {}, []
        for endpoint, own in aside.items():
            if endpoint not in self._network.listeners:
                self._network.listeners[endpoint] = own
                self._network.follow(endpoint)
