"""The story as a Mermaid sequence diagram.

GitHub, JupyterLab and many note programs draw Mermaid from text, so a story can be put into a
document and stay text. ``accTitle`` and ``accDescr`` say the same for a screen reader.

    sequenceDiagram
      accTitle: Lunch on Friday?
      participant p1 as Alice
      participant p2 as mail.example.com
      p1->>p2: 4. DATA: The letter crosses
"""

from __future__ import annotations

from collections.abc import Iterator

from .journey import Column, Journey
from .story import Story
from .words import printable, short


def mermaid(story: Story) -> str:
    """The story as the source of a Mermaid diagram, one line a step."""
    journey = story.journey
    ends = "; ".join(str(end) for end in journey.ends)
    lines = [
        "sequenceDiagram",
        f"  accTitle: {bare(journey.subject)}",
        f"  accDescr: {bare(f'{journey.outcome}. {ends}')}",
        *_participants(journey),
        *(f"  {_step(column)}" for column in journey.columns),
    ]
    return "\n".join(lines) + "\n"


def _participants(journey: Journey) -> Iterator[str]:
    for number, lane in enumerate(journey.lanes, 1):
        kind = "actor" if lane.kind == "person" else "participant"
        yield f"  {kind} p{number} as {safe(lane.title)}"


def _step(column: Column) -> str:
    words = safe(f"{column.number}. {column.label}: {short(column.answers[0], 80)}")
    if column.peer is None:
        return f"Note over p{column.lane + 1}: {words}"
    host, peer = column.lane, column.peer
    turned = column.arrives == host if column.arrives is not None else column.called
    if turned:  # the arrow follows the letter, or the call, whoever told of it
        host, peer = peer, host
    return f"p{host + 1}{'->>' if column.ok else '-x'}p{peer + 1}: {words}"


def safe(text: str) -> str:
    """Text that Mermaid cannot take for its own language: all but plain characters as entities.

    >>> safe("Lunch; #1 <b>?")
    'Lunch#59; #35;1 #60;b#62;?'
    """
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in printable(text))


def bare(text: str) -> str:
    """Text for a title, where Mermaid knows no entities: what it might misread is left out.

    >>> bare("Lunch; #1 <b>?")
    'Lunch, 1 b?'
    """
    return "".join(
        c if c.isalnum() or c in _PLAIN else "," if c == ";" else "" for c in printable(text)
    )


_PLAIN = " .,?!'()/@+*=_-:…\u2019“”→·"
