"""The selector of the lab's loop: the machine's own, with the lab deciding how long to wait.

This is the one place where labmail meets the inside of asyncio: an event loop asks its selector to
wait "until something happens, or so many seconds", and a selector can be handed in. See pulse.py.
"""

from __future__ import annotations

import selectors
from collections.abc import Mapping
from typing import Any

from .pulse import Pulse


class PulseSelector(selectors.BaseSelector):
    """Watches sockets as ``real`` does, the machine's own; asks ``pulse`` what waiting means."""

    def __init__(self, pulse: Pulse, real: selectors.BaseSelector | None = None) -> None:
        self._real, self._pulse = real or selectors.DefaultSelector(), pulse

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._pulse.wait(self._real.select, timeout)
        self._pulse.turn_begins()
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()
