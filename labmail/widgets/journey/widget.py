"""What a notebook holds: ``journey(lab, letter)``.

    letter = alice.send(to="bob@ask.com", subject="Lunch on Friday?")
    road = journey(lab, letter)          # shown as the last line of a cell; grows while it travels
    print(road)                          # the same in words
    road.to_html("road.html")            # a file that needs neither a kernel nor the Internet

The page does all the work, so it goes on when the kernel is gone; from here it only gets what is
new. What the reader does (the step she is at, her breakpoints) comes back as `JourneyWidget.view`,
so that it is still there after the page was loaded again.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, overload

import traitlets

from labmail.lab import Lab
from labmail.trace import Recorder, Story
from labmail.trace.figure import html
from labmail.trace.icons import PATHS, STATES

from ..assets import join, sheet
from ..page import fragment
from ..picture import Picture
from .compared import compared
from .feed import Feed
from .model import Model, changes, model, twin

_HERE = Path(__file__).parent
ESM = join(_HERE / "js" / "main.js", {"PATHS": PATHS, "STATES": STATES})
CSS = sheet(_HERE.parent / "kit" / "tokens.css", _HERE / "journey.css")


class JourneyWidget(Picture):
    """The journey of a letter, to be played, asked and taken apart. Make one with `journey`.

    ``data`` is the model, ``other`` and ``pairs`` those of a second journey to compare with, and
    ``view`` what the reader does: ``step`` (from 1), ``inside``, ``predict``, ``stops``, …
    """

    _esm = ESM
    _css = CSS
    data = traitlets.Dict().tag(sync=True)
    other = traitlets.Dict().tag(sync=True)
    pairs = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        story: Story,
        trace: Recorder | None = None,
        *,
        compare: tuple[Story, Recorder | None] | None = None,
        live: bool = True,
        **view: Any,
    ) -> None:
        self._story, self._trace, self._compare = story, trace, compare
        self._growing = threading.Lock()
        super().__init__(data=model(story), view=view, **self._second())
        self.on_msg(self._asked)
        self._feed = Feed(trace, self._letters, self._grow) if live and trace is not None else None

    # ── what it shows ────────────────────────────────────────────────────────────────────────────

    @property
    def text(self) -> str:
        """The journey in words, as ``print(story)`` has it; of two, one behind the other."""
        words = [twin(self.data), *([twin(self.other)] if self.other else [])]
        return "\n\n".join(words)

    @property
    def _title(self) -> str:
        return f"Journey of a letter: {self.data['subject']}"

    def close(self) -> None:
        """Takes it off the page, and watches the lab no longer."""
        if self._feed is not None:
            self._feed.close()
        super().close()

    def _fragment(self) -> str:
        still = html(self._story.journey, self._story.text)
        state = {"data": self.data, "other": self.other, "pairs": self.pairs, "view": self.view}
        return fragment("journey", ESM, CSS, state, still)

    # ── while the letter travels ─────────────────────────────────────────────────────────────────

    def _letters(self) -> frozenset[str]:
        other = self._compare[0].letters if self._compare else ()
        return frozenset((*self._story.letters, *other))

    def _grow(self) -> None:
        """Makes the story anew and sends what is new of it. One thread calls this."""
        assert self._trace is not None
        with self._growing:
            self._story = Story(self._trace, self._story.letter, self._story.cast)
            new = model(self._story)
            news = changes(self.data, new)
            if news is None:
                return
            self._keep("data", {**new, "edition": news["edition"]})
            self.send({"news": news})
            if self._compare:
                self.set_trait("pairs", self._second()["pairs"])

    def _asked(self, _: Any, content: dict[str, Any], __: Any) -> None:
        """A page tells which edition it has; if it has missed one, it gets all."""
        with self._growing:
            if content.get("have", self.data["edition"]) != self.data["edition"]:
                self.send({"news": {**self.data, "keep": 0}})

    def _second(self) -> dict[str, Model]:
        if self._compare is None:
            return {"other": {}, "pairs": {}}
        story, _ = self._compare
        return {"other": model(story), "pairs": compared(self._story, story)}

    _quiet: str = ""

    def _keep(self, name: str, value: Any) -> None:
        """Sets a trait without sending it: the page has had the news, a new page asks for all."""
        self._quiet = name
        try:
            self.set_trait(name, value)
        finally:
            self._quiet = ""

    def _should_send_property(self, key: str, value: Any) -> bool:
        return key != self._quiet and bool(super()._should_send_property(key, value))


# ── how it is called ─────────────────────────────────────────────────────────────────────────────


@overload
def journey(lab: Lab, letter: Any, *, compare: Any = None, **view: Any) -> JourneyWidget: ...
@overload
def journey(
    lab: Story, letter: None = None, *, compare: Any = None, **view: Any
) -> JourneyWidget: ...
def journey(
    lab: Lab | Story, letter: Any = None, *, compare: Any = None, **view: Any
) -> JourneyWidget:
    """The journey of a letter, as a picture that can be played, asked and taken apart.

    ``letter`` is one, or its name; it may still be under way. Instead of a lab and a letter, a
    story will do, which does not grow. ``compare`` is a second letter (or story, or ``(lab,
    letter)`` of another run) to be laid beside it. ``view`` says how it begins: ``step=6``,
    ``inside=True``, ``predict=True``, ``stops=["router", "ACL"]``, ``live=False``.

    Raises KeyError for a letter of which the lab has never heard.
    """
    story, trace = _told(lab, letter)
    second = None if compare is None else _second_told(lab, compare)
    return JourneyWidget(story, trace, compare=second, **view)


def _told(lab: Lab | Story, letter: Any) -> tuple[Story, Recorder | None]:
    if isinstance(lab, Story):
        return lab, None
    return lab.story(letter), lab.trace


def _second_told(lab: Lab | Story, compare: Any) -> tuple[Story, Recorder | None]:
    if isinstance(compare, Story):
        return compare, None
    if isinstance(compare, tuple):
        return _told(*compare)
    return _told(lab, compare)
