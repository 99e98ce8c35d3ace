"""How a letter looks in a notebook: labmail's colours, type and spacing, and a few pieces of HTML.

Surfaces, ink and fonts come from JupyterLab's theme, so that light, dark and third-party themes
work; the hues are labmail's own, because their contrast must be known (every pair used here is at
least 4.5 : 1). All rules lie under ``.lm``, since a notebook's page is shared. No scripts, nothing
fetched, no ids: the same letter gives the same HTML.

Everything that comes from a letter passes through `esc`: it is hostile until then.

Try::

    >>> esc("<script>\\x00")
    '&lt;script&gt;\\\\x00'
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from .visible import visible

CSS = """
.lm{--lm-surface:var(--jp-layout-color1,#fff);--lm-ink0:var(--jp-ui-font-color0,#000);
--lm-ink:color-mix(in srgb,var(--lm-ink0) 88%,var(--lm-surface));
--lm-ink-2:color-mix(in srgb,var(--lm-ink0) 66%,var(--lm-surface));
--lm-ground:color-mix(in srgb,var(--lm-ink0) 3.5%,var(--lm-surface));
--lm-hair:color-mix(in srgb,var(--lm-ink0) 13%,var(--lm-surface));
--lm-accent:#1148b0;--lm-ok:#0f6f5a;--lm-wait:#8a640a;--lm-bad:#8c1c0c;
--lm-person:#61676e;--lm-talk:#1148b0;--lm-keep:#7f6105;--lm-decide:#8a2482;--lm-ask:#04434a;
--lm-font:var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif);
--lm-mono:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace)}
body[data-jp-theme-light="false"] .lm{color-scheme:dark;
--lm-accent:#7fb0ff;--lm-ok:#4fdcb5;--lm-wait:#fac638;--lm-bad:#f2896a;
--lm-person:#b6bac0;--lm-talk:#6aa3fb;--lm-keep:#f2c44e;--lm-decide:#d98ad2;--lm-ask:#c9f6f4}
@media (prefers-color-scheme:dark){body:not([data-jp-theme-light]) .lm{color-scheme:dark;
--lm-surface:#212121;--lm-ink0:#fff;
--lm-accent:#7fb0ff;--lm-ok:#4fdcb5;--lm-wait:#fac638;--lm-bad:#f2896a;
--lm-person:#b6bac0;--lm-talk:#6aa3fb;--lm-keep:#f2c44e;--lm-decide:#d98ad2;--lm-ask:#c9f6f4}}
.lm{font:13px/1.45 var(--lm-font);color:var(--lm-ink);background:var(--lm-surface);
border:1px solid var(--lm-hair);border-radius:8px;container-type:inline-size;text-align:left;
max-width:1200px;overflow:hidden}
.lm *{box-sizing:border-box}
.lm.lm h3,.lm.lm h4,.lm.lm p,.lm.lm pre,.lm.lm dl,.lm.lm dd,.lm.lm dt,.lm.lm ul{margin:0;padding:0}
.lm.lm h3{font-size:15px;font-weight:650;line-height:1.3}
.lm.lm h4{font-size:11px;font-weight:650;line-height:1.45;color:var(--lm-ink-2)}
.lm.lm :not(pre)>code,.lm.lm code,.lm.lm pre{font-family:var(--lm-mono);font-size:12px;
line-height:1.45;padding:0;background:none;color:inherit}
.lm.lm pre{white-space:pre-wrap;overflow-wrap:anywhere}
.lm.lm ul{padding-left:16px;list-style:disc}
.lm.lm dt,.lm.lm dd{float:none;width:auto}
.lm-cols{display:flex;flex-direction:column}
.lm-col{flex:1 1 0;min-width:0;padding:12px 16px;border-top:1px solid var(--lm-hair);
display:flex;flex-direction:column;gap:8px}
.lm-cols>.lm-col:first-child{border-top:0}
@container (min-width:640px){.lm-cols{flex-direction:row}
.lm-cols>.lm-col{border-top:0;border-left:1px solid var(--lm-hair)}
.lm-cols>.lm-col:first-child{border-left:0}
.lm-three>.lm-col:first-child{flex-grow:.8}
.lm-cols>.lm-col:has(>.lm-fields){flex-grow:1.6}}
@container (max-width:959px){.lm-three{flex-direction:column}
.lm-three>.lm-col{border-left:0;border-top:1px solid var(--lm-hair)}}
.lm .lm-row{padding:12px 16px;border-top:1px solid var(--lm-hair);
display:flex;flex-direction:column;gap:8px}
.lm>.lm-row:first-child{border-top:0}
.lm .lm-row+.lm-cols{border-top:1px solid var(--lm-hair)}
.lm .lm-quiet{color:var(--lm-ink-2)}
.lm .lm-small{font-size:11px;color:var(--lm-ink-2)}
.lm.lm .lm-well{background:var(--lm-ground);border-radius:4px;padding:8px 12px;overflow-x:auto}
.lm.lm .lm-wide{white-space:pre;overflow-wrap:normal}
.lm dl.lm-fields{display:grid;grid-template-columns:fit-content(32%) minmax(0,1fr);gap:2px 12px}
.lm.lm .lm-fields dt,.lm.lm .lm-fields dd{font-family:var(--lm-mono);font-size:12px;
overflow-wrap:anywhere;white-space:pre-wrap;font-weight:400;font-style:normal}
.lm .lm-fields dt{max-width:16em}
.lm.lm table.lm-table{border-collapse:collapse;table-layout:auto;width:100%;margin:0;border:0;
font-size:13px;color:var(--lm-ink)}
.lm.lm table.lm-table tr,.lm.lm table.lm-table tbody tr{background:none;border:0}
.lm.lm table.lm-table th,.lm.lm table.lm-table td{text-align:left;vertical-align:top;border:0;
padding:4px 16px 4px 0;overflow-wrap:break-word;white-space:normal;max-width:none;line-height:1.45}
.lm.lm table.lm-table td:first-child,.lm .lm-word{white-space:nowrap;overflow-wrap:normal}
.lm.lm table.lm-table th{font-size:11px;font-weight:650;color:var(--lm-ink-2)}
.lm .lm-scroll{overflow-x:auto}
.lm .lm-ok{color:var(--lm-ok);font-weight:600}
.lm .lm-wait{color:var(--lm-wait);font-weight:600}
.lm .lm-bad{color:var(--lm-bad);font-weight:600}
.lm .lm-talk{color:var(--lm-talk)}
.lm .lm-person{color:var(--lm-person)}
.lm .lm-keep{color:var(--lm-keep)}
.lm .lm-decide{color:var(--lm-decide)}
.lm .lm-ask{color:var(--lm-ask)}
.lm .lm-now{color:var(--lm-accent)}
.lm svg.lm-i{width:16px;height:16px;flex:none;fill:none;stroke:currentColor;stroke-width:1.5;
stroke-linecap:round;stroke-linejoin:round;vertical-align:-3px}
.lm .lm-line{display:flex;align-items:baseline;gap:8px;flex-wrap:wrap}
.lm .lm-line>svg{align-self:center}
.lm .lm-log{font-family:var(--lm-mono);font-size:12px;line-height:1.55}
.lm .lm-log>div{display:grid;grid-template-columns:2.4em minmax(0,1fr)}
.lm .lm-log span{white-space:pre-wrap;overflow-wrap:anywhere}
.lm .lm-log b{font-weight:600;color:var(--lm-ink-2)}
.lm .lm-log .lm-said>span{font-weight:600}
.lm .lm-log .lm-said>b{color:var(--lm-talk)}
.lm iframe.lm-frame{display:block;width:100%;height:260px;min-height:80px;resize:vertical;
border:1px solid var(--lm-hair);border-radius:4px;background:#fff;color-scheme:light}
"""


def esc(text: str) -> str:
    """Text of a stranger as text: no markup, no control characters (`visible`)."""
    return html.escape(visible(text), quote=True)


def card(*inner: str, label: str) -> str:
    """The frame around everything that is shown; ``label`` names it for a screen reader."""
    content = "\n".join(inner)
    frame = f'<div class="lm" role="group" aria-label="{esc(label)}">'
    return f"<style>{CSS}</style>\n{frame}\n{content}\n</div>"


def columns(*inner: str) -> str:
    """Side by side where there is room, below each other where there is not."""
    many = " lm-three" if len(inner) > 2 else ""
    cells = "".join(f"\n<div class='lm-col'>{c}</div>" for c in inner)
    return f'<div class="lm-cols{many}">{cells}</div>'


def row(*inner: str) -> str:
    """A band over the whole width, below what came before."""
    return '<div class="lm-row">' + "".join(inner) + "</div>"


def heading(title: str, note: str, role: str = "") -> str:
    """A heading in the colour of its role, and whom it is for."""
    colour = f' class="lm-{role}"' if role else ""
    return f"<div><h3{colour}>{esc(title)}</h3><p class='lm-quiet'>{esc(note)}</p></div>"


def well(text: str, *, wide: bool = False) -> str:
    """Wire text, line by line. ``wide`` keeps the lines whole and scrolls."""
    lines = "\n".join(esc(line) for line in text.split("\n"))
    return f'<pre class="lm-well{" lm-wide" if wide else ""}">{lines}</pre>'


def quiet(text: str) -> str:
    return f'<p class="lm-small">{esc(text)}</p>'


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are HTML already."""
    top = "".join(f"<th scope='col'>{esc(cell)}</th>" for cell in head)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows
    )
    return (
        '<div class="lm-scroll"><table class="lm-table">'
        f"<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def sign(good: bool, word: str) -> str:
    """A verdict: never colour alone, always a sign and a word."""
    colour, mark = ("ok", "✓") if good else ("wait", "≠")
    return f'<span class="lm-word lm-{colour}">{mark} {esc(word)}</span>'


def icon(path: str, role: str = "") -> str:
    """A drawing of 16 by 16 pixels, in the colour of its role; words beside it say the same."""
    colour = f" lm-{role}" if role else ""
    return (
        f'<svg class="lm-i{colour}" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'
    )


def code(text: str) -> str:
    return f"<code>{esc(text)}</code>"
