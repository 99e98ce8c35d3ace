"""What a dialogue looks like where no widget is: the lines, and where it stands.

Try: ``talk`` in a notebook cell, or ``print(talk)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.message import Shown, look
from labmail.trace.heard import Line

from .transcript import ENDS, Entry, end_of, line_text, transcript

if TYPE_CHECKING:
    from .dialogue import Dialogue


def show_dialogue(dialogue: Dialogue, title: str, note: str) -> Shown:
    """The whole dialogue; ``title`` says who you are in it."""
    machine = dialogue.machine
    stands = f"{machine.here.name}: {machine.here.words}" if not dialogue.over else "over"
    may = " ".join(dialogue.allowed) or "nothing"
    text = "\n".join(
        filter(None, [f"{title}, {note}", transcript(dialogue.entries), _foot(dialogue)])
    )
    head = look.row(
        f'<div class="lm-line"><h3>{look.esc(title)}</h3>'
        f'<span class="lm-quiet">{look.esc(note)}</span></div>'
    )
    body = look.row(f'<div class="lm-log">{"".join(map(_row, dialogue.entries))}</div>')
    foot = look.row(look.quiet(f"{stands}. Allowed now: {may}."))
    return Shown(text, look.card(head, body, foot, label=title))


def _foot(dialogue: Dialogue) -> str:
    return "[over]" if dialogue.over else str(dialogue.machine)


def _row(entry: Entry) -> str:
    if not isinstance(entry, Line):
        return f"<div><b></b><span class='lm-quiet'>{look.esc(entry.text)}</span></div>"
    kind = "lm-said" if entry.speaker == "C" else "lm-heard"
    words = line_text(entry)[3:]
    odd = ENDS[end_of(entry.octets)]
    return (
        f"<div class='{kind}'><b>{entry.speaker}:</b>"
        f"<span>{look.esc(words.removesuffix(odd))}{look.esc(odd)}</span></div>"
    )
