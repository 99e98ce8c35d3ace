"""A widget without a kernel: in an exported notebook, or as a file that needs nothing else.

What JupyterLab is to a widget, a few lines can be: something that answers ``get("data")`` and takes
no offence at the rest. They hand the same ES module the same data, so there is one program to
write, to test and to trust::

    <div class="lm-still" data-widget="journey">
      (picture and words: what is seen before the script runs, or where scripts do not run)
      <script type="application/json"> … the data … </script>
    </div>
    <script type="module"> … the module … ; and for each such div: render({model, el}) </script>

No ids, no random names, nothing fetched: the same letter gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from .assets import safe_json

_WAKE = """
for (const still of document.querySelectorAll('.lm-still[data-widget="%s"]:not([data-awake])')) {
  still.dataset.awake = "";
  const state = JSON.parse(still.querySelector(":scope > script").textContent);
  const model = { get: key => state[key], set: (key, value) => { state[key] = value; },
    save_changes() {}, on() {}, off() {}, send() {}, still: true };
  const place = document.createElement("div");
  still.replaceChildren(place);
  %s.render({ model, el: place });
}
"""
"""Filled in: the kind, and the name of the module's object (``export default …``)."""


def fragment(kind: str, esm: str, css: str, state: Mapping[str, Any], still: str) -> str:
    """A piece of a page: ``still`` (HTML) until the module has drawn ``state`` in its place."""
    module, _, name = esm.rpartition("export default ")
    name = name.strip().rstrip(";")
    if not name.isidentifier():
        raise ValueError("the module must end with `export default name;`")
    return (
        f'<div class="lm-still" data-widget="{escape(kind)}">{still}'
        f'<script type="application/json">{safe_json(state)}</script></div>\n'
        f"<style>{_inert(css, '</style')}</style>\n"
        f'<script type="module">{_inert(module, "</script")}{_WAKE % (kind, name)}</script>'
    )


def page(title: str, body: str) -> str:
    """A whole document around it. It may load nothing, and says so to the browser."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title>
<style>{_SURROUNDINGS}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

_SURROUNDINGS = """
body{margin:0;padding:16px;background:#fff;font-family:system-ui,sans-serif}
main{max-width:1200px;margin:0 auto}
@media (prefers-color-scheme:dark){body:not([data-jp-theme-light]){background:#111}}
body[data-jp-theme-light="false"]{background:#111;--jp-layout-color1:#212121;
--jp-ui-font-color0:#fff}
"""


def _inert(source: str, end: str) -> str:
    """Our own scripts and sheets have no such word in them; a page would end there."""
    if end in source.lower():
        raise ValueError(f"{end!r} in a script or a style sheet of a widget")
    return source
