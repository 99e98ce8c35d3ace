"""Evidence: what the checks of every chapter look at, in the mailboxes and in the trace.

A check knows a letter by its subject, because the student chose it or the notebook says it; the
trace knows it by the lab's name. Functions here lead from the one to the other, and run what a
student wrote without falling over it.

Try: ``last(lab, "mta.Stored", letters(lab, "Puzzle A"))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labmail.lab import Lab
    from labmail.message import Message
    from labmail.trace import Event


def letters(lab: Lab, subject: str) -> list[str]:
    """The lab's names of the letters that were written with this subject, oldest first."""
    return [e.letter for e in lab.trace.find("mua.Composed", subject=subject) if e.letter]


def last(lab: Lab, kind: str, names: Iterable[str], **fields: Any) -> Event | None:
    """The last event of this kind (``"mta.Stored"``) about one of these letters."""
    wanted = set(names)
    found = [e for e in lab.trace.find(kind, **fields) if e.letter in wanted]
    return found[-1] if found else None


def latest(lab: Lab, kind: str, **fields: Any) -> Event | None:
    """The last event of this kind, whatever letter it is about."""
    found = lab.trace.find(kind, **fields)
    return found[-1] if found else None


def arrived(lab: Lab, address: str, subject: str) -> list[Message]:
    """The letters with this subject that have reached somebody, oldest first."""
    return [m for m in lab.user(address).everything if m.subject == subject]


def attempt(function: Callable[..., Any], *given: Any) -> tuple[Any, str]:
    """What a student's function makes of ``given``, and why it broke ("" if it did not)."""
    try:
        return function(*given), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


def shortened(value: Any, most: int = 90) -> str:
    """A value as Python writes it, cut where it would fill the page."""
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
