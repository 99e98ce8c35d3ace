"""How a change of answers looks: what was answered, and three parts below it, in text and HTML.

┌ What if …            dc_smarthost: nothing becomes mail.ask.com
├ decisions            each address: where it went, where it goes now, where the ways part
├ routers and lists    what comes, what goes, what changes
└ lines                what stood in the configuration, and what stands there now
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labmail.message import look
from labmail.message.shown import more

from ..showable import title
from .strings import words

if TYPE_CHECKING:
    from labmail.exim.debian.effects import Effect
    from labmail.exim.routing.why import Decision

    from .whatif import WhatIf

MOST = 200
"""Lines and effects that are shown; the rest is counted."""

SAME = "nothing changes"


def text(told: WhatIf) -> str:
    """For a terminal."""
    blocks = ["\n".join(answers(told)) or "no answer is another one"]
    blocks += [words(str(change)) for change in told.lines[:MOST]] or [SAME]
    shown = [words(str(effect)) for effect in told.effects[:MOST]]
    blocks.append("\n".join(shown + more(len(told.effects), MOST, "effects")) or SAME)
    blocks += [str(decision) for decision in told.decisions]
    return "\n\n".join(blocks)


def answers(told: WhatIf) -> Iterator[str]:
    """What is answered otherwise, a sentence each."""
    for name, (before, after) in told.answers.items():
        yield words(f"{name}: {before or 'nothing'} becomes {after or 'nothing'}")


def html(told: WhatIf) -> str:
    """For a notebook."""
    head = "".join(f"<p>{look.code(line)}</p>" for line in answers(told))
    rows = [look.row(title("router", "What if", "an answer were another", "decide"), head)]
    if told.decisions:
        inner = "".join(_decision(decision) for decision in told.decisions)
        rows.append(look.row(_heading("decisions", _count(told)), inner))
    rows.append(look.row(_heading("routers, transports, lists, options", ""), _effects(told)))
    rows.append(look.row(_heading("lines of the configuration", ""), _lines(told)))
    return f"<style>{STYLE}</style>" + look.card(*rows, label="what if")


def _heading(name: str, note: str) -> str:
    return f"<h4>{look.esc(name)}{note and f': {look.esc(note)}'}</h4>"


def _count(told: WhatIf) -> str:
    others = sum(decision.changed for decision in told.decisions)
    verb = "goes" if others < 2 else "go"
    return f"{others or 'none'} of {len(told.decisions)} {verb} another way"


# ── decisions ────────────────────────────────────────────────────────────────────────────────────


def _decision(told: Decision) -> str:
    word = "goes another way" if told.changed else "goes the same way"
    sign = look.sign(not told.changed, word)
    head = f"<p class='lm-line'><b>{look.esc(told.address)}</b> {sign}</p>"
    if not told.changed:
        return f"<div class='lm-if'>{head}{_ways('', told.before, '')}</div>"
    sides = _ways("before", told.before, "gone") + _ways("now", told.after, "come")
    why = f"<p class='lm-small'>{look.esc(told.why)}</p>" if told.why else ""
    return f"<div class='lm-if'>{head}<div class='lm-sides'>{sides}</div>{why}</div>"


def _ways(name: str, lines: tuple[str, ...], role: str) -> str:
    label = f"<h4>{name}</h4>" if name else ""
    told = "".join(f"<li>{look.code(line)}</li>" for line in lines)
    return f"<div class='lm-way {role and f'lm-{role}'}'>{label}<ul>{told}</ul></div>"


# ── effects ──────────────────────────────────────────────────────────────────────────────────────


def _effects(told: WhatIf) -> str:
    if not told.effects:
        return look.quiet(SAME)
    rows = [_effect(effect) for effect in told.effects[:MOST]]
    rest = "".join(map(look.quiet, more(len(told.effects), MOST, "effects")))
    return look.table(("", "what", "before", "now"), rows) + rest


def _effect(effect: Effect) -> tuple[str, ...]:
    sign, word, role = ("≠", "changes", "wait")
    if effect.before is None:
        sign, word, role = ("+", "comes", "ok")
    elif effect.after is None:
        sign, word, role = ("-", "goes", "bad")
    cells = (look.code(words(side)) if side else "" for side in (effect.before, effect.after))
    mark = f"<span class='lm-word lm-{role}'>{sign} {word}</span>"
    return (mark, look.code(words(effect.what)), *cells)


# ── lines ────────────────────────────────────────────────────────────────────────────────────────


def _lines(told: WhatIf) -> str:
    if not told.lines:
        return look.quiet(SAME)
    rows = []
    for change in told.lines[:MOST]:
        rows.append(f"<div class='lm-at'><b>{change.line}</b><span></span></div>")
        rows += [_line("-", "gone", line) for line in change.before]
        rows += [_line("+", "come", line) for line in change.after]
    return f"<div class='lm-log lm-diff'>{''.join(rows)}</div>"


def _line(sign: str, role: str, line: str) -> str:
    return f"<div class='lm-{role}'><b>{sign}</b><span>{look.esc(words(line))}</span></div>"


STYLE = """
.lm .lm-if{display:flex;flex-direction:column;gap:4px}
.lm .lm-if+.lm-if{border-top:1px solid var(--lm-hair);padding-top:8px}
.lm .lm-sides{display:flex;flex-direction:column;gap:4px}
.lm .lm-way{flex:1 1 0;min-width:0;padding:4px 8px;border-left:2px solid var(--lm-hair)}
.lm.lm .lm-way ul{list-style:none;padding:0;overflow-wrap:anywhere}
.lm .lm-way.lm-gone{border-left-color:var(--lm-bad)}
.lm .lm-way.lm-come{border-left-color:var(--lm-ok)}
@container (min-width:640px){.lm .lm-sides{flex-direction:row;gap:16px}}
.lm .lm-diff{background:var(--lm-ground);border-radius:4px;padding:8px 12px}
.lm .lm-diff .lm-gone>b{color:var(--lm-bad)}
.lm .lm-diff .lm-come>b{color:var(--lm-ok)}
.lm .lm-diff .lm-at>b{font-weight:400}
.lm .lm-diff>div+.lm-at{margin-top:4px}
"""
