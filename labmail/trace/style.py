"""The look of the static picture: colours, type, and how they follow the reader's theme.

One accent means the letter and nothing else. Five hues say the role of a step, four the end state;
no meaning rests on colour alone. In JupyterLab the paper and the ink are the theme's; in a browser
that shows the bare file, the reader's preference for light or dark decides.

Tints are the ink at a low opacity, so that they suit any theme. Contrast of every colour used for
text on paper and band: at least 4.5 to 1.
"""

from __future__ import annotations

LIGHT = {
    "surface": "var(--jp-layout-color1,#fff)",
    "ink": "var(--jp-ui-font-color0,#000)",
    "accent": "#1148b0",
    "on": "#fff",
    "ok": "#0f6f5a",
    "wait": "#8a640a",
    "bad": "#8c1c0c",
    "ice": "#1f3f73",
    "person": "#61676e",
    "talk": "#1148b0",
    "decide": "#8a2482",
    "keep": "#7f6105",
    "ask": "#04434a",
}

DARK = {
    "surface": "var(--jp-layout-color1,#212121)",
    "ink": "var(--jp-ui-font-color0,#fff)",
    "accent": "#7fb0ff",
    "on": "#10203c",
    "ok": "#4fdcb5",
    "wait": "#fac638",
    "bad": "#f2896a",
    "ice": "#8ca8da",
    "person": "#b6bac0",
    "talk": "#6aa3fb",
    "decide": "#d98ad2",
    "keep": "#f2c44e",
    "ask": "#c9f6f4",
}


FONT = 'system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif'


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--lmj-{name}:{value}" for name, value in colours.items())


_PARTS = """
text{font:13px var(--lmj-font);fill:var(--lmj-ink);fill-opacity:.88}
.t3{font-size:15px;font-weight:650}
.b{font-weight:600}
.q{fill-opacity:.66}
.t1{font-size:11px}
.t2{font-size:12px}
.mid{text-anchor:middle}
.paper{fill:var(--lmj-surface);stroke:var(--lmj-ink);stroke-opacity:.13}
.hair{stroke:var(--lmj-ink);stroke-opacity:.13;fill:none}
.cut{stroke-dasharray:2 4}
.gap{stroke:var(--lmj-ink);stroke-opacity:.5;stroke-dasharray:1 5;stroke-width:2}
.band{fill:var(--lmj-ink);fill-opacity:.035}
.road{fill:none;stroke:var(--lmj-accent);stroke-width:5;stroke-linejoin:round}
.road.back{stroke:var(--lmj-bad);stroke-width:4;stroke-dasharray:7 4}
.i{fill:none;stroke:var(--c,var(--lmj-ink));stroke-width:1.5}
.i,.chev,.sign{stroke-linecap:round;stroke-linejoin:round}
.shape{fill:var(--lmj-surface);stroke:var(--c);stroke-width:1.5}
.wire{stroke:var(--c);stroke-width:1.5;fill:none}
.tip{fill:var(--c)}
.chev{fill:none;stroke:var(--lmj-on);stroke-width:1.6}
.end{fill:var(--c);stroke:var(--lmj-surface);stroke-width:2}
.sign{fill:none;stroke:var(--lmj-surface);stroke-width:2}
.count{fill:var(--lmj-surface);fill-opacity:1;font-size:12px;font-weight:700;text-anchor:middle}
.chip{fill:var(--c);fill-opacity:.09;stroke:var(--c)}
.state{fill:var(--c);fill-opacity:1;font-weight:600}
.hatch{stroke:var(--lmj-bad);stroke-opacity:.4;stroke-width:1.5}
.silent{fill:var(--lmj-bad);fill-opacity:1;font-size:11px;font-weight:600}
.col rect{fill:transparent}
.col:hover rect{fill:var(--lmj-ink);fill-opacity:.05}
.person{--c:var(--lmj-person)}
.talk{--c:var(--lmj-talk)}
.decide{--c:var(--lmj-decide)}
.keep{--c:var(--lmj-keep)}
.ask{--c:var(--lmj-ask)}
.ok{--c:var(--lmj-ok)}
.wait{--c:var(--lmj-wait)}
.bad{--c:var(--lmj-bad)}
.ice{--c:var(--lmj-ice)}
.now{--c:var(--lmj-accent)}
"""


def sheet() -> str:
    """The style sheet. Every rule is kept within ``.lmj``, for a notebook is one long page."""
    rules = [f".lmj {rule}".replace(",.", ",.lmj .") for rule in _PARTS.strip().splitlines()]
    font = f"--lmj-font:var(--jp-ui-font-family,{FONT})"
    dark = _variables(DARK)
    return "\n".join(
        [
            f".lmj{{{_variables(LIGHT)};{font}}}",
            "@media (prefers-color-scheme:dark){.lmj:root,"
            f"body:not([data-jp-theme-light]) .lmj{{{dark}}}}}",
            f'body[data-jp-theme-light="false"] .lmj{{{dark}}}',
            *rules,
        ]
    )
