"""What the lab holds, a notebook shows: a picture there, the same in words everywhere else.

A class that has a ``show()`` needs no more than this to be shown by JupyterLab, printed in a
terminal, read out by a screen reader, and compared by a test. What is shown depends on the lab
alone: no password, no port, no folder of this computer, so each run shows the same.
"""

from __future__ import annotations

from typing import Any

from ..message import Shown, look
from ..trace.icons import PATHS


class Showable:
    """Something with a ``show()``; mix in first."""

    __slots__ = ()

    def show(self) -> Shown:
        """The same as text and as HTML."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        shown = self.show()
        return {"text/plain": shown.text, "text/html": shown.html}

    def __str__(self) -> str:
        return self.show().text


def title(drawing: str, words: str, note: str = "", role: str = "person") -> str:
    """The head of a card: a drawing, what it is, and a word on it."""
    quiet = f'<span class="lm-quiet">{look.esc(note)}</span>' if note else ""
    return (
        f'<div class="lm-line">{look.icon(PATHS[drawing], role)}'
        f"<h3>{look.esc(words)}</h3>{quiet}</div>"
    )


def facts(pairs: dict[str, str]) -> str:
    """What is to be known of one thing, term by term."""
    rows = "".join(
        f"<dt class='lm-quiet'>{look.esc(term)}</dt><dd>{look.esc(text)}</dd>"
        for term, text in pairs.items()
    )
    return f"<dl class='lm-facts'>{rows}</dl>"


def fact_lines(pairs: dict[str, str]) -> list[str]:
    """The same for a terminal, in two columns."""
    wide = max(map(len, pairs), default=0)
    return [f"  {term:<{wide}}  {text}" for term, text in pairs.items()]
