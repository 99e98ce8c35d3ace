"""What a recorder remembers: everything, or as much as it was told to.

A lesson's trace is small, and is kept whole. A lab that serves for weeks must not grow with each
letter. So it is given a measure: once there is more than that, the older half is let go. Where the
lab has a folder that lasts, the journal has it still: a story that is too old to be told from
memory lies in ``trace/events.jsonl``.

    >>> memory = Memory(most=4)
    >>> for number in range(7):
    ...     memory.add(Event(host="mail.ask.com", number=number))
    >>> [event.number for event in memory.events], memory.forgotten
    ([3, 4, 5, 6], 3)
"""

from __future__ import annotations

from .event import Event, Said
from .index import Index

KILO = 1024


class Memory:
    """Events, oldest first, and an index over them. ``most``: how much of them, None for all.

    It is measured as a `Ration` is: one for an event, one more for each kilobyte that was said.
    """

    def __init__(self, most: int | None = None) -> None:
        self.events: list[Event] = []
        self.index = Index(self.events)
        self.forgotten = 0
        """How many events were let go."""
        self._most, self._weight = most, 0

    def add(self, event: Event) -> None:
        self.events.append(event)
        if self._most is not None:
            self._weight += _weight(event)
            if self._weight > self._most:
                self._forget(self._most // 2)

    def _forget(self, kept: int) -> None:
        """Lets go of the oldest until no more than ``kept`` is left; the newest always stays."""
        count, last = 0, len(self.events) - 1
        while self._weight > kept and count < last:
            self._weight -= _weight(self.events[count])
            count += 1
        self.index.forget(count)
        self.forgotten += count


def _weight(event: Event) -> int:
    return 1 + len(event.text) // KILO if isinstance(event, Said) else 1
