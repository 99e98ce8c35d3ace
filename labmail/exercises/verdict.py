"""A verdict: the claims of one exercise, judged, as text and as a small picture of it.

"Not yet" comes first and is never red: nobody has failed. A verdict never says "all tests passed":
it says how many claims hold. Its own media type lets a grader, or a test, read it from a notebook's
output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..message import look
from ..message.visible import visible
from ..trace.icons import PATHS
from .claim import Claim

MIME = "application/vnd.labmail.check+json"

COULD_NOT = "The check itself could not run, so nothing is judged"


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """What a check found. ``hints``: those shown so far; ``trouble``: why it broke down."""

    id: str
    title: str
    claims: tuple[Claim, ...]
    hints: tuple[str, ...] = ()
    hints_left: int = 0
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """Whether every claim holds."""
        return bool(self.claims) and not self.trouble and all(c.holds for c in self.claims)

    @property
    def summary(self) -> str:
        """``2 of 3 hold``, or why nothing was judged."""
        if self.trouble:
            return COULD_NOT
        return f"{sum(c.holds for c in self.claims)} of {len(self.claims)} hold"

    @property
    def more(self) -> str:
        """How to get the next hint, if there is one and it is wanted."""
        if self.ok or self.trouble or not self.hints_left:
            return ""
        which = "the next" if self.hints else "a"
        return f"For {which} hint, write hint={len(self.hints) + 1} at the end of the check."

    @property
    def _in_order(self) -> list[Claim]:
        return sorted(self.claims, key=lambda claim: claim.holds)

    def __str__(self) -> str:
        return "\n".join(visible(line) for line in self._lines())

    __repr__ = __str__

    def _lines(self) -> Iterator[str]:
        yield f"{self.id}  {self.title}: {self.summary}."
        if self.trouble:
            yield f"  {self.trouble}"
        for claim in self._in_order:
            yield f"  {claim.sign} {claim.text}: {claim.word}"
            yield from (f"      {name:<9} {text}" for name, text, _ in details(claim))
        yield from (f"  hint {n}: {text}" for n, text in enumerate(self.hints, 1))
        if self.more:
            yield f"  {self.more}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        facts = {"id": self.id, "ok": self.ok, "claims": [c.holds for c in self.claims]}
        return {"text/plain": str(self), "text/html": self._html(), MIME: facts}

    def _html(self) -> str:
        head = look.row(look.quiet(f"Exercise {self.id}"), f"<h3>{look.esc(self.title)}</h3>")
        rows = [head, f'<div class="lm-row lm-sum" role="status">{self._score()}</div>']
        rows += [look.row(f"<p>{look.esc(self.trouble)}</p>")] if self.trouble else []
        rows += map(_claim_html, self._in_order)
        hints = "".join(
            f"<p><b>Hint {n}</b> {look.esc(text)}</p>" for n, text in enumerate(self.hints, 1)
        )
        listed = f'<div class="lm-hints">{hints}</div>' if hints else ""
        if listed or self.more:
            rows.append(look.row(listed, look.quiet(self.more) if self.more else ""))
        style = f"<style>{STYLE}</style>"
        return style + look.card(*rows, label=f"Exercise {self.id}: {self.summary}")

    def _score(self) -> str:
        """The summary, and a box for each claim in the order in which they are listed."""
        boxes = "".join(
            f'<span class="lm-box{" lm-full" if claim.holds else ""}">'
            f"{'✓' if claim.holds else ''}</span>"
            for claim in sorted(self.claims, key=lambda claim: not claim.holds)
        )
        return f'<p class="lm-line"><b>{look.esc(self.summary)}</b><span>{boxes}</span></p>'


def details(claim: Claim) -> Iterator[tuple[str, str, bool]]:
    """What one should know of a claim that does not hold: term, text, and whether it is code."""
    if claim.holds:
        return
    if claim.expected:
        yield "expected", claim.expected, False
    if claim.found:
        yield "found", claim.found, False
    if claim.look_at:
        yield "look at", claim.look_at, True
        yield "", claim.shows, False


def _claim_html(claim: Claim) -> str:
    colour, drawing = ("ok", "check") if claim.holds else ("wait", "flag")
    listed = "".join(
        f"<dt class='lm-quiet'>{look.esc(name)}</dt>"
        f"<dd>{look.code(text) if code else look.esc(text)}</dd>"
        for name, text, code in details(claim)
    )
    return look.row(
        f"<p class='lm-line lm-claim'>{look.icon(PATHS[drawing], colour)}"
        f"<b>{look.esc(claim.text)}</b><span class='lm-{colour}'>{claim.word}</span></p>",
        f"<dl class='lm-details'>{listed}</dl>" if listed else "",
    )


STYLE = """
.lm .lm-sum{background:var(--lm-ground)}
.lm .lm-sum b{font-size:15px;font-weight:650}
.lm .lm-box{display:inline-block;width:28px;height:16px;line-height:16px;margin-right:4px;
border:1px solid currentColor;border-radius:3px;text-align:center;font-size:11px;
vertical-align:-2px;color:var(--lm-ink-2)}
.lm .lm-box.lm-full{background:var(--lm-ok);border-color:var(--lm-ok);color:var(--lm-surface)}
.lm .lm-claim{flex-wrap:nowrap}
.lm .lm-claim b{flex:1;font-weight:600}
.lm .lm-details{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 12px}
.lm.lm dl.lm-details{padding-left:24px}
.lm.lm .lm-details dd,.lm.lm .lm-details dt{font-weight:400;font-style:normal;
overflow-wrap:anywhere}
.lm .lm-hints{border-left:3px solid var(--lm-decide);padding-left:12px;display:flex;
flex-direction:column;gap:6px}
.lm .lm-hints b{color:var(--lm-decide);margin-right:6px}
"""
