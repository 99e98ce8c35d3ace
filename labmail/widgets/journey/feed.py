"""Live: the picture grows while the letter travels.

    the lab's thread          any thread               one thread (`Errands`), 20 times a second
    an event is told ─▶ note it in a locked set ─▶ the story is made anew, and what is new is sent

The lab's thread only leaves word. However many widgets there are and however fast events come,
there is one thread that makes and sends, and it rests twice as long as it worked. Setting a trait
from it reaches the page at once, even while a cell runs.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable

from labmail.trace import Event, Recorder, Said
from labmail.world import Errands

Show = Callable[[], object]


class Feed:
    """Watches a recorder for the letters of one story; calls ``show`` soon after news of them.

    ``letters`` tells, at each moment, whose news is wanted. A ``show`` that fails is not called
    again, and ``fault`` says why.
    """

    def __init__(self, trace: Recorder, letters: Callable[[], frozenset[str]], show: Show) -> None:
        self.fault: Exception | None = None
        self._letters, self._show = letters, show
        self._stop = trace.watch(_watcher(self))

    def tell(self, event: Event) -> None:
        """Called by the recorder, in the lab's thread, for every event."""
        if event.letter in self._letters() or (
            event.letter is None and not isinstance(event, Said)
        ):
            _desk.note(self)

    def show(self) -> None:
        try:
            self._show()
        except Exception as problem:
            self.fault = problem
            self.close()

    def close(self) -> None:
        """Watches no longer. Safe to call twice."""
        self._stop()


def _watcher(feed: Feed) -> Callable[[Event], None]:
    """What the recorder holds: it must not keep a widget alive."""
    there = weakref.ref(feed)

    def tell(event: Event) -> None:
        found = there()
        if found is not None:
            found.tell(event)

    return tell


class _Desk:
    """Who is to be shown something new, and the one thread that does it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: weakref.WeakSet[Feed] = weakref.WeakSet()
        self._errands = Errands(self._work)

    def note(self, feed: Feed) -> None:
        with self._lock:
            self._waiting.add(feed)
        self._errands.soon()

    def _work(self) -> None:
        with self._lock:
            feeds = list(self._waiting)
            self._waiting.clear()
        for feed in feeds:
            feed.show()


_desk = _Desk()
