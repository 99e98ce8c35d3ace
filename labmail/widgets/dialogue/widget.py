"""What a notebook holds: ``speak(lab, "mail.ask.com", "smtp")``.

    console = speak(lab, "mail.ask.com")          # the last line of a cell
    console.talk.transcript                       # what was said, as text
    console.talk.say("NOOP")                      # from another cell; the page follows

The console is a page around `Lab.talk` and `Lab.answer`: what is typed there is said here, on the
same connection, and what the servers do by themselves is shown as it happens. Without a kernel the
last state can still be read, and every reply explained.
"""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from typing import Any, Literal

import traitlets

from labmail.lab import Lab
from labmail.lab.talk import Answering, Conversation, TalkOver
from labmail.trace.icons import PATHS, STATES
from labmail.world import Errands

from ..assets import join, sheet
from ..page import fragment
from ..picture import Picture
from .model import model

_HERE = Path(__file__).parent
ESM = join(_HERE / "js" / "main.js", {"PATHS": PATHS, "STATES": STATES})
CSS = sheet(_HERE.parent / "kit" / "tokens.css", _HERE / "dialogue.css")

ENDS = {"CRLF": "\r\n", "LF": "\n", "none": ""}
"""What may be put behind a line."""

Role = Literal["client", "server"]


class DialogueWidget(Picture):
    """The console. ``talk`` is the `Conversation` or the `Answering` that it shows.

    Make one with `speak`. ``view`` is what the page draws.
    """

    _esm = ESM
    _css = CSS
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, lab: Lab, host: str, service: str, client: str | None, role: Role) -> None:
        self._lab, self._host, self._client = lab, host, client
        self._service, self._role = service, role
        self._working, self._turn, self._trouble = threading.RLock(), 0, ""
        self._errands = Errands(_shower(self))
        self._stop = lambda: None
        self.talk: Conversation | Answering = self._begin()
        super().__init__(view=self._model())
        self.on_msg(self._asked)

    # ── what it shows ────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> Conversation | Answering:
        """A new dialogue, which is watched."""
        if self._role == "server":
            talk: Conversation | Answering = self._lab.answer(self._host, self._service)
        else:
            talk = self._lab.talk(self._host, self._service, self._client)
        self._stop = talk.watch(self._errands.soon)
        return talk

    def _model(self) -> dict[str, Any]:
        made = model(self.talk, self._lab)
        return {**made, "turn": self._turn, "trouble": self._trouble}

    def _show(self) -> None:
        """Sends what has changed; any thread may call it."""
        with self._working:
            self.set_trait("view", self._model())

    @property
    def text(self) -> str:
        """The dialogue in words."""
        return self.talk.show().text

    @property
    def _title(self) -> str:
        return f"A dialogue with {self.talk.host}"

    def _fragment(self) -> str:
        return fragment("dialogue", ESM, CSS, {"view": self._model()}, self.talk.show().html)

    # ── what is asked of it ──────────────────────────────────────────────────────────────────────

    def _asked(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """The page wants something done. It may come in any thread, one at a time."""
        with self._working:
            self._turn, self._trouble = int(asked.get("turn", 0)), ""
            try:
                self._do(str(asked.get("do", "")), asked)
            except (TalkOver, RuntimeError, OSError, KeyError, ValueError) as problem:
                self._trouble = _words(problem)
            self._show()

    def _do(self, deed: str, asked: dict[str, Any]) -> None:
        match deed:
            case "say":
                end = ENDS[asked.get("end", "CRLF")]
                self.talk.say(str(asked["line"]), end=end)
            case "wait":
                self.talk.wait(str(asked["by"]))
            case "hang up":
                self.talk.hang_up()
            case "call" if isinstance(self.talk, Answering):
                self.talk.let_call()
            case "again":
                self.begin_again(**{k: asked[k] for k in ("role", "service") if k in asked})

    def begin_again(self, *, role: Role | None = None, service: str | None = None) -> None:
        """Hangs up, and begins anew, perhaps in the other role or with another protocol."""
        before = self._role, self._service
        self.leave()
        self._role, self._service = role or self._role, service or self._service
        try:
            self.talk = self._begin()
        except BaseException:
            self._role, self._service = before
            raise
        self._show()

    def leave(self) -> None:
        """Hangs up; a server that stepped aside takes its place again."""
        self._stop()
        self.talk.close()

    def close(self) -> None:
        """Hangs up, and takes the console off the page."""
        if self._lab.is_open:
            self.leave()
        super().close()


def _words(problem: Exception) -> str:
    """What went wrong, without the quotes that Python puts around a missing key."""
    if isinstance(problem, KeyError):
        return str(problem.args[0])
    return str(getattr(problem, "strerror", None) or problem)


def _shower(console: DialogueWidget) -> Any:
    """What the lab's thread may hold: it must not keep a console alive."""
    there = weakref.ref(console)

    def show() -> None:
        found = there()
        if found is not None:
            found._show()

    return show


def speak(
    lab: Lab,
    host: str,
    service: str = "smtp",
    *,
    client: str | None = None,
    role: Role = "client",
) -> DialogueWidget:
    """A console in which you speak to a service of a host by hand, as `Lab.talk` does.

    With ``role="server"`` you are the service, as in `Lab.answer`, and a real client speaks.
    ``client`` is whom you speak for. Raises as those two do.
    """
    return DialogueWidget(lab, host, service, client, role)
