"""Which letter is this? What a POP3 server finds in a mailbox, and what the trace knows of it.

A stored message has a mailbox and a unique id; the letter has a name, and a story that goes on when
somebody fetches it. The one who knows both is the delivery, and its event says so. This keeps the
newest of those, so that a mailbox of thousands is served without looking through the whole trace.
"""

from __future__ import annotations

from ..mta import events
from ..trace import Event, Recorder

MOST = 20_000
"""Messages that are remembered. Of an older one is told that it was fetched, not whose it was."""

Found = tuple[str | None, str | None, str]
"""Letter, recipient, and the event that stored it."""


class Stored:
    """The messages in the mailboxes of all hosts, as ``trace`` tells of them."""

    def __init__(self, trace: Recorder, most: int = MOST) -> None:
        self._most = most
        self._found: dict[tuple[str, str, str], Found] = {}
        for event in trace.events:
            self._note(event)
        trace.watch(self._note)

    def find(self, host: str, mailbox: str, uid: str) -> Found | None:
        """What is known of a message in a mailbox of ``host``."""
        return self._found.get((host, mailbox, uid))

    def _note(self, event: Event) -> None:
        if not isinstance(event, events.Stored):
            return
        place = event.host, event.mailbox, event.uid
        self._found.pop(place, None)
        self._found[place] = event.letter, event.recipient, event.name
        if len(self._found) > self._most:
            del self._found[next(iter(self._found))]
