"""What ``%%eximconf`` shows: what a configuration holds, or the line with the mistake.

    ✕ small, line 3: main option "queue_onyl" unknown
        2 │ keep_environment =
      ▸ 3 │ queue_onyl = true
        4 │
      Did you mean queue_only?

Text and picture say the same, and the same on each run.
"""

from __future__ import annotations

from labmail.exim.config import Configuration
from labmail.exim.errors import ConfigError
from labmail.message import Shown, look

from .exim.debugging import held

AROUND = 2
"""Lines that are shown before and after the one with the mistake."""


def show_read(configuration: Configuration, name: str, host: str | None) -> Shown:
    """A configuration without a mistake."""
    holds = held(configuration) or "nothing is set"
    where = f"written to {host}:{name}" if host else f"kept as {name}: %exim -C {name} …"
    title = f"{host}:{name}" if host else name
    head = f'<div class="lm-line">{look.sign(True, title)}<span>{look.esc(holds)}</span></div>'
    html = look.card(look.row(head, look.quiet(where)), label=f"configuration {name}")
    return Shown(f"✓ {title}: {holds}\n  {where}", html)


def show_mistake(error: ConfigError, name: str, source: list[str], host: str | None) -> Shown:
    """Exim's sentence, the lines around the mistake, and our line of help."""
    file = error.file or name
    place = f"{file}, line {error.line}" if error.line else file
    title = f"✕ {place}: {error.message}"
    lines = numbered(source, error.line)
    after = [error.help] if error.help else []
    if host:
        after.append(f"not written to {host}")
    text = "\n".join([title, *lines, *(f"  {line}" for line in after)])
    head = f'<div class="lm-line"><span class="lm-word lm-bad">{look.esc(title)}</span></div>'
    well = look.well("\n".join(lines), wide=True) if lines else ""
    body = look.row(head, well, *map(look.quiet, after))
    return Shown(text, look.card(body, label=f"mistake in {name}"))


def numbered(source: list[str], line: int | None) -> list[str]:
    """The lines around one, each with its number, that one marked.

    >>> print("\\n".join(numbered(["a", "b", "c"], 2)))
        1 │ a
      ▸ 2 │ b
        3 │ c
    """
    if line is None:
        return []
    first, last = max(1, line - AROUND), min(len(source), line + AROUND)
    wide = len(str(last))
    return [
        f"  {'▸' if n == line else ' '} {n:>{wide}} │ {source[n - 1]}".rstrip()
        for n in range(first, last + 1)
    ]
