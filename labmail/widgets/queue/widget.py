"""What a notebook holds: ``queue(lab.host("mail.example.com"))``.

    picture = queue(host)     # the last line of a cell
    picture.rows              # what is drawn, as data
    picture.look()            # once more, after something was done in another cell

On the page the clock can be moved, and letters tried, frozen, thawed and removed: each button says
the command that does the same. What other cells do is shown a moment later. Without a kernel the
last state can still be read.
"""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from labmail.lab.engine import RealMail
from labmail.message import look
from labmail.trace.icons import PATHS, STATES
from labmail.world import Errands, seconds

from ..assets import join, sheet
from ..page import fragment
from ..picture import Picture
from .model import model

if TYPE_CHECKING:
    from labmail.lab import LabHost
    from labmail.trace import Event

_HERE = Path(__file__).parent
ESM = join(_HERE / "js" / "main.js", {"PATHS": PATHS, "STATES": STATES})
CSS = sheet(_HERE.parent / "kit" / "tokens.css", _HERE / "queue.css")

DEEDS = {"-M": "try_now", "-Mf": "freeze", "-Mt": "thaw", "-Mrm": "remove"}
"""Exim's words, and the methods of a host that do the same."""
NOTES = {
    "-M": "Tried at once, whatever the retry rule says.",
    "-Mf": "Queue runs will pass it by.",
    "-Mt": "It takes part in queue runs again.",
    "-Mrm": "Gone, and nobody is told: the one way in which accepted mail is lost.",
}
RUNS, STANDS = "The clock runs.", "The clock stands still until you move it."
LONGEST_LEAP = seconds("30d")
LONGEST_TRY = "15m"
A_MOMENT = 0.01
"""Seconds: so that what is due has begun."""


class QueueWidget(Picture):
    """A queue, drawn. Make one with `queue`; ``view`` is what the page draws."""

    _esm = ESM
    _css = CSS
    _title = "The queue of a host"
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, host: LabHost) -> None:
        self._host = host
        self._hidden: set[str] = set()
        self._said = ("", RUNS if _live(host) else STANDS)
        self._turn, self._working = 0, threading.RLock()
        super().__init__(view=self._model())
        self.on_msg(self._asked)
        self._errands = Errands(_later(self))
        self._stop = host._host.site.trace.watch(_watcher(self))

    def _model(self) -> dict[str, Any]:
        command, note = self._said
        return {**model(self._host, self._hidden), "said": [command, note], "turn": self._turn}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each letter that waits, or waited: when it was tried, what became of it."""
        return list(self.view["rows"])

    @property
    def text(self) -> str:
        """What ``print`` shows: the host's queue."""
        return str(self._host.queue)

    def look(self) -> None:
        """Shows the queue as it is now."""
        with self._working:
            if self._host._thread.alive and not self._host._thread.here:
                self.set_trait("view", self._model())

    def _asked(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """The page wants something done. It may come in any thread, one at a time."""
        with self._working:
            self._turn = int(asked.get("turn", 0))
            try:
                self._said = self._do(asked)
            except (KeyError, ValueError, RuntimeError, OSError) as problem:
                self._said = ("", str(problem.args[0] if problem.args else problem))
            self.look()

    def _do(self, asked: dict[str, Any]) -> tuple[str, str]:
        """Does it; gives the command that does the same, and what there is to say about it."""
        wish, letter = str(asked.get("do")), str(asked.get("id", ""))
        if wish in DEEDS:
            getattr(self._host, DEEDS[wish])(letter)
            return f"exim {wish} {letter}", NOTES[wish]
        if wish == "advance":
            by = str(asked.get("by", ""))
            self._advance(by)
            return f'lab.clock.advance("{by}")', "Every try in between was played."
        if wish == "next":
            moved = self._host._thread.call(self._to_next_try())
            return f"lab.clock.advance({moved:.0f})", "It was tried once more."
        if wish == "clear":
            self._hidden.add(letter)
            return "", "It is only put away here: the logs and the trace still tell of it."
        raise ValueError(f"the page wants something that is not known here: {wish}")

    def _advance(self, by: str) -> None:
        if not 0 <= seconds(by) <= LONGEST_LEAP:
            raise ValueError("the clock moves on by 30 days at most")
        self._host._thread.call(self._host._host.site.world.clock.advance(by))

    async def _to_next_try(self) -> float:
        """Moves the clock to the next try of any letter, and on until that has come to its end:
        a host that does not answer takes two minutes to say nothing. Gives the seconds."""
        waiting, clock = self._host._mta.queue, self._host._host.site.world.clock
        thawed = [letter for letter in waiting if letter.frozen is None]
        due = [time for letter in thawed for time in letter.next_tries.values()]
        if not due:
            raise ValueError("no try is planned")
        began = clock.time()
        await clock.advance(max(0.0, min(due) - began) + A_MOMENT)
        await clock.run(lambda: not any(map(waiting.is_busy, waiting)), LONGEST_TRY)
        return clock.time() - began

    def close(self) -> None:
        """Watches no longer, and takes the picture from the page."""
        self._stop()
        super().close()

    def _fragment(self) -> str:
        told = look.card(look.row(f"<pre>{look.esc(self.text)}</pre>"), label="queue")
        return fragment("queue", ESM, CSS, {"view": self._model()}, told)


def _live(host: LabHost) -> bool:
    return bool(host._host.site.world.clock.live)


def _watcher(widget: QueueWidget) -> Any:
    """What the recorder holds: it must not keep a widget alive."""
    there, host = weakref.ref(widget), widget._host.name

    def tell(event: Event) -> None:
        found = there()
        if found is not None and event.host == host:
            found._errands.soon()

    return tell


def _later(widget: QueueWidget) -> Any:
    there = weakref.ref(widget)

    def show() -> None:
        found = there()
        if found is not None:
            found.look()

    return show


def queue(host: LabHost) -> QueueWidget:
    """The queue of a host as a table and a time line, to be worked on by hand.

    Raises ValueError where no mail daemon runs, or real exim4 does: that tells nobody what it will
    try, and its clock cannot be moved.
    """
    if isinstance(host._host.mail, RealMail):
        raise ValueError(
            f"queue() draws what the lab's own engine keeps, and {host.name} is run by real exim4, "
            f'which keeps its queue to itself: lab.host("{host.name}").queue lists it, and so does '
            f"%at {host.name} mailq"
        )
    return QueueWidget(host)
