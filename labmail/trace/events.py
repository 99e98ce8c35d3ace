"""The two events that the trace itself tells: a pause in the lab's life, and a voice from the past.

`Gap` is put into the stream when a town is opened again: whatever happened meanwhile, nobody of the
lab was there to see it. `Told` stands for an event whose class is no longer known, because its room
was rewritten since or belongs to somebody else; the sentences that were recorded with it still tell
the story.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from .event import Chapter, Event, Place, Role
from .words import day, lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Event):
    """The lab was not running from ``stopped`` (POSIX seconds of the lab) until this event."""

    stopped: float

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "lab"

    def touches(self, hosts: Set[str]) -> bool:
        return True

    @property
    def label(self) -> str:
        return "gap"

    @property
    def question(self) -> str:
        return "The lab was stopped here, and started again"

    @property
    def answer(self) -> str:
        pause = self.time - self.stopped
        told = f"Stopped on {day(self.stopped)}, opened again on {day(self.time)}"
        lost = "what lies on disk was kept, what was only in memory is gone"
        return f"{told}, {lasting(pause)} later: {lost}." if pause > 0 else f"{told}: {lost}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Event):
    """An event read back from a file whose class, ``told_as``, is not known here.

    ``fields`` are its own facts as they were written; ``sentences`` what it said of itself.
    """

    told_as: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    sentences: Mapping[str, Any] = field(default_factory=dict)

    @property
    def role(self) -> Role:  # type: ignore[override]  # a class variable of Event, recorded here
        return cast(Role, self.sentences.get("role", "talk"))

    @property
    def component(self) -> str:  # type: ignore[override]
        return str(self.sentences.get("component", ""))

    @property
    def step(self) -> bool:  # type: ignore[override]
        return bool(self.sentences.get("step", True))

    @property
    def ok(self) -> bool:
        return bool(self.sentences.get("ok", True))

    @property
    def chapter(self) -> Chapter:
        return cast(Chapter, self.sentences.get("chapter", ""))

    @property
    def label(self) -> str:
        return str(self.sentences.get("label", self.told_as.rpartition(".")[2]))

    @property
    def question(self) -> str:
        return str(self.sentences.get("question", ""))

    @property
    def answer(self) -> str:
        return str(self.sentences.get("answer", ""))

    @property
    def why(self) -> tuple[str, ...]:
        return tuple(self.sentences.get("why", ()))

    @property
    def proof(self) -> str:
        return str(self.sentences.get("proof", ""))

    @property
    def peer(self) -> str | None:
        return self.sentences.get("peer")

    def places(self) -> Mapping[str, Place]:
        return {who: Place(**place) for who, place in self.sentences.get("places", {}).items()}
