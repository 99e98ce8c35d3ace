"""The story of a letter: what was asked at each step, what was answered, and where it is now.

    >>> print(lab.story(letter))                                                    # doctest: +SKIP
    Lunch on Friday?  bob@ask.com: delivered
      1  0 s      Alice writes a letter to bob@ask.com
                  → A header and a body, still on her own machine; no envelope yet.
      …
      6  0.06 s   Which router takes bob@ask.com?
                  → dnslookup: ask.com is not one of our own domains. (200_lab:23)

A story is a view: it is made of events, writes no prose of its own, and the same events always give
the same text. `Story.steps` is what a program would look at; the picture (`figure`), the Mermaid
diagram and the JSON file have the same steps under the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from labmail.message import Shown

from .cast import Actor, Cast
from .causes import family
from .event import Place
from .state import End, ends, places
from .step import Source, Step, began, events_of, steps_of

if TYPE_CHECKING:
    from .journey import Journey


class Story:
    """The story of ``letter`` as ``trace`` tells it now; it does not grow with the trace.

    Raises KeyError where no event ever spoke of such a letter.
    """

    def __init__(self, trace: Source, letter: str, cast: Cast | None = None) -> None:
        if not trace.about(letter):
            known = ", ".join(trace.letters[-5:]) or "none yet"
            older = "; older letters were forgotten" if getattr(trace, "forgotten", 0) else ""
            raise KeyError(f"no letter {letter!r} in the trace; the last ones are: {known}{older}")
        self.letter = letter
        self.cast = cast or Cast()
        self.letters = family(trace, letter)
        self.events = events_of(trace, self.letters)
        self.told = tuple(event for letter in self.letters for event in trace.about(letter))
        self.started = began(self.events)
        self.steps = tuple(steps_of(trace, self.events))
        self._places = places(self.events)

    # ── what it says ─────────────────────────────────────────────────────────────────────────────

    @property
    def subject(self) -> str:
        """The subject as its writer gave it; the name of the letter where nobody told."""
        subjects = (getattr(event, "subject", "") for event in self.events)
        return next((str(subject) for subject in subjects if subject), self.letter)

    @property
    def recipients(self) -> Mapping[str, Place]:
        """Where the letter lies now, and in which state, for each recipient."""
        return self._places.get(self.letter, {})

    @property
    def born(self) -> tuple[str, ...]:
        """The letters that were born of this one, such as its bounce."""
        return self.letters[1:]

    @property
    def ends(self) -> tuple[End, ...]:
        """The outcome in words, for each recipient (or counted, for many)."""
        back = [who for letter in self.born for who in self._arrived(letter)]
        return ends(self.recipients, told=self.cast.actor(back[0]).called if back else "")

    def places(self, number: int | None = None) -> dict[str, dict[str, Place]]:
        """The places of this letter and those born of it, after event ``number``."""
        return places(self.events, number) if number is not None else self._places

    def _arrived(self, letter: str) -> Iterator[str]:
        for who, place in self._places.get(letter, {}).items():
            if place.state in ("delivered", "fetched"):
                yield who

    def actor(self, name: str, *, rather: Sequence[str | None] = ()) -> Actor:
        """Who stands behind a name or address that an event speaks of.

        People work at hosts: whoever calls from a desk calls itself by the desk's name. Where
        nothing happens at that desk but what a person's program does, and somebody of this story
        works there, it is that person: of several, one named in ``rather``, or else the writer.
        """
        actor = self.cast.actor(name)
        if actor.name == name and (actor.kind == "person" or name in self._hosts):
            return actor
        at_desk = [a for a in self.cast if a.kind == "person" and a.address == actor.address != ""]
        people = [person for person in at_desk if person.name in self._people]
        return min(
            people, key=lambda a: (a.name not in rather, a.name not in self._writers), default=actor
        )

    @cached_property
    def _hosts(self) -> frozenset[str]:
        """The hosts at which something happens, mail programs aside."""
        return frozenset(event.host for event in self.events if event.role != "person")

    @cached_property
    def _writers(self) -> frozenset[str]:
        """Those after whom the letters are named: ``alice@example.com/1`` was written by Alice."""
        return frozenset(letter.rpartition("/")[0] for letter in self.letters)

    @cached_property
    def _people(self) -> frozenset[str]:
        """All who write or receive in this story, also under another name than the envelope's."""
        receive = {who for places in self._places.values() for who in places}
        behind = {getattr(event, "address", None) or "" for event in self.events}
        return self._hosts | self._writers | receive | behind

    # ── how it is shown ──────────────────────────────────────────────────────────────────────────

    @cached_property
    def text(self) -> str:
        """The story in words: a line of outcome, then question and answer, step by step."""
        from .text import story_text

        return story_text(self)

    def show(self, *, dialogue: bool = False, why: bool = False) -> Text:
        """The text, with what was said on the wire under each step, or what decided it."""
        from .text import story_text

        return Text(story_text(self, dialogue=dialogue, why=why))

    def dialogue(self, server: str = "", protocol: str = "") -> Shown:
        """What was said on the wire: ``story.dialogue("mail.ask.com", "SMTP")``.

        Every conversation of the story, or those with one server, or in one protocol. Raises
        LookupError where there was none.
        """
        from .closeup import show_dialogue

        return show_dialogue(self, server, protocol)

    @cached_property
    def journey(self) -> Journey:
        """Lanes, columns, chapters and roads, as plain data: what a picture is drawn from."""
        from .journey import journey

        return journey(self)

    @property
    def svg(self) -> str:
        """The picture of the journey, one SVG element that needs nothing else."""
        from .figure import figure

        return figure(self.journey)

    page: ClassVar[Callable[[Story], str] | None] = None
    """Makes the document of `to_html`. The rooms below a picture that can be played know nothing of
    it, so the face of labmail hangs it in here; without it the document has the still picture."""

    def to_html(self, path: str | Path | None = None) -> str:
        """The journey as a document that needs no kernel and fetches nothing: HTML.

        Written to ``path`` if given. Raises OSError where it cannot be.
        """
        document = self.page() if self.page is not None else still(self)
        if path is not None:
            Path(path).write_text(document, encoding="utf-8")
        return document

    def _repr_html_(self) -> str:
        from .figure import html

        return html(self.journey, self.text)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def mermaid(self) -> str:
        """The story as a Mermaid sequence diagram, for documents that draw it themselves."""
        from .mermaid import mermaid

        return mermaid(self)

    def as_json(self) -> dict[str, Any]:
        """Steps, sentences, dialogue and states as values that `json.dumps` takes; versioned."""
        from .export import story_as_json

        return story_as_json(self)

    def __getitem__(self, number: int) -> Step:
        """The step of this number, as it is printed: ``story[6]`` is step 6."""
        if not 1 <= number <= len(self.steps):
            raise IndexError(f"this story has the steps 1 to {len(self.steps)}, not {number}")
        return self.steps[number - 1]


def still(story: Story) -> str:
    """A document with the picture, and the same in words."""
    title = escape(f"Journey of a letter: {story.subject}")
    head = f'<meta charset="utf-8">\n<title>{title}</title>'
    body = story._repr_html_()
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'


class Text(str):
    """A text that a notebook shows as it is, without quotes and escapes."""

    def __repr__(self) -> str:
        return str(self)
