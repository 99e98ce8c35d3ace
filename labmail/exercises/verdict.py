"""A verdict: the claims of one exercise, judged, as text and as a small picture of it.

"Not yet" comes first and is never red: nobody has failed. A verdict never says "all tests passed":
it says how many claims hold. Its own media type lets a grader, or a test, read it from a notebook's
output.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from .claim import Claim

MIME = "application/vnd.labmail.check+json"

STYLE = """
.lm-check{font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);max-width:900px;
 color:var(--jp-ui-font-color0,#111);background:var(--jp-layout-color1,#fff);
 border:1px solid color-mix(in srgb,currentColor 14%,transparent);border-radius:8px;
 --ok:#0f6f5a;--wait:#8a640a;--hint:#8a2482}
body[data-jp-theme-light="false"] .lm-check{--ok:#4fdcb5;--wait:#fac638;--hint:#d98ad2}
.lm-check>*{padding:10px 16px;border-top:1px solid color-mix(in srgb,currentColor 14%,transparent)}
.lm-check>:first-child{border-top:0}
.lm-check h4{margin:0;font-size:19px;font-weight:650}
.lm-check .of{opacity:.75;font-size:11px;font-weight:650}
.lm-check .sum{background:color-mix(in srgb,currentColor 4%,transparent);font-size:15px;
 font-weight:650}
.lm-check .row{display:flex;gap:12px}.lm-check .row>b{flex:1;font-weight:600}
.lm-check .ok{color:var(--ok);font-weight:650}.lm-check .wait{color:var(--wait);font-weight:650}
.lm-check dl{display:grid;grid-template-columns:6em 1fr;gap:2px 8px;margin:6px 0 0 24px}
.lm-check dt{opacity:.75}.lm-check dd{margin:0;overflow-wrap:anywhere}
.lm-check .hint{margin:6px 0 0 24px;border-left:3px solid var(--hint);padding-left:10px}
.lm-check .hint b{color:var(--hint)}
"""


@dataclass(frozen=True, slots=True)
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
            return "The check itself could not run, so nothing is judged"
        return f"{sum(c.holds for c in self.claims)} of {len(self.claims)} hold"

    @property
    def _in_order(self) -> list[Claim]:
        return sorted(self.claims, key=lambda claim: claim.holds)

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.title}: {self.summary}."]
        if self.trouble:
            lines.append(f"  {self.trouble}")
        for claim in self._in_order:
            lines.append(f"  {claim.sign} {claim.text}: {claim.word}")
            lines += [f"      {name:<9} {text}" for name, text in _details(claim)]
        lines += [f"  hint {n}: {text}" for n, text in enumerate(self.hints, 1)]
        if self._more():
            lines.append(f"  {self._more()}")
        return "\n".join(lines)

    __repr__ = __str__

    def _more(self) -> str:
        if self.ok or not self.hints_left:
            return ""
        return f"For {'a' if not self.hints else 'the next'} hint: hint={len(self.hints) + 1}"

    def _html(self) -> str:
        rows = "".join(map(_row, self._in_order))
        hints = "".join(
            f'<p class="hint"><b>Hint {n}</b> {escape(text)}</p>'
            for n, text in enumerate(self.hints, 1)
        )
        more = f'<p class="hint">{escape(self._more())}</p>' if self._more() else ""
        foot = f"<div>{hints}{more}</div>" if hints or more else ""
        trouble = f"<div>{escape(self.trouble)}</div>" if self.trouble else ""
        return (
            f'<style>{STYLE}</style><section class="lm-check" aria-label="Exercise {self.id}">'
            f'<div><span class="of">Exercise {escape(self.id)}</span>'
            f"<h4>{escape(self.title)}</h4></div>"
            f'<div class="sum" role="status">{escape(self.summary)}</div>{trouble}{rows}{foot}'
            "</section>"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        facts = {"id": self.id, "ok": self.ok, "claims": [c.holds for c in self.claims]}
        return {"text/plain": str(self), "text/html": self._html(), MIME: facts}


def _details(claim: Claim) -> list[tuple[str, str]]:
    if claim.holds:
        return []
    pairs = (("expected", claim.expected), ("found", claim.found), ("look at", claim.pointer()))
    return [(name, text) for name, text in pairs if text]


def _row(claim: Claim) -> str:
    kind = "ok" if claim.holds else "wait"
    details = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _details(claim)
    )
    listed = f"<dl>{details}</dl>" if details else ""
    return (
        f'<div><div class="row"><span class="{kind}" aria-hidden="true">{claim.sign}</span>'
        f'<b>{escape(claim.text)}</b><span class="{kind}">{claim.word}</span></div>{listed}</div>'
    )
