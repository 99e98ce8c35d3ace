"""Widgets on a page of their own, with a real lab behind them: what the tests of pages share.

Instead of JupyterLab a few lines carry the page's wishes to the widget and its view back. Nothing
may go wrong in a page, and nothing be asked of anybody. With ``LABMAIL_PICTURES=FOLDER`` pictures
are kept there, to be looked at.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

api = pytest.importorskip("playwright.sync_api")
expect = api.expect

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>%s</title>
<style>body { margin: 16px; background: Canvas; } %s</style><main></main>
<script type="module">%s
const state = { view: %s }, heard = {};
const model = { get: name => state[name], set() {}, save_changes() {}, off() {},
  on: (name, hear) => { heard[name] = hear; },
  send: async wish => {
    const view = await window.labmail(JSON.stringify(wish));
    if (view) news(view); } };
window.tell = what => heard[what]();
window.lost = () => heard["comm_live_update"]();
window.news = view => { state.view = JSON.parse(view); heard["change:view"](); };
const news = window.news;
%s.render({ model, el: document.querySelector("main") });
</script></html>"""


HOW = ("width", "dark", "answers", "still")
"""Words that say how a page is opened, and nothing of the widget."""


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser; a module's tests share one."""
    with api.sync_playwright() as play:
        program = shutil.which("chromium")
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Pages:
    """Opens widgets of one kind: ``name`` for pictures, ``region`` as the page calls it."""

    def __init__(
        self, browser: Any, folder: Path, name: str, region: str, esm: str, css: str
    ) -> None:
        self.browser, self.folder = browser, folder
        self.name, self.region, self.esm, self.css = name, region, esm, css
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.contexts: list[Any] = []

    def open(
        self,
        picture: Any,
        *,
        width: int = 980,
        dark: bool = False,
        answers: bool = True,
        still: bool = False,
    ) -> Any:
        """A page with a widget. ``answers``: there is a kernel; ``still``: the page kept."""
        file = self.folder / f"{self.name}{len(self.contexts)}.html"
        file.write_text(picture.to_html() if still else self._live(picture), encoding="utf-8")
        size = {"width": width + 32, "height": 900}
        scheme = "dark" if dark else "light"
        self.contexts.append(self.browser.new_context(viewport=size, color_scheme=scheme))
        page = self.contexts[-1].new_page()
        page.expose_function("labmail", lambda wish: obey(picture, wish) if answers else None)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._said)
        page.goto(file.as_uri())
        expect(page.get_by_role("region", name=self.region)).to_be_visible()
        return page

    def _said(self, said: Any) -> None:
        if said.type == "error":
            self.wrong.append(said.text)

    def _live(self, picture: Any) -> str:
        module, _, name = self.esm.rpartition("export default ")
        view = json.dumps(picture.view).replace("<", "\\u003c")
        return PAGE % (self.name, self.css, module, view, name.strip().rstrip(";"))

    def close(self) -> None:
        """The end of a test: was all well?"""
        for context in self.contexts:
            context.close()
        assert self.wrong == []
        assert [url for url in self.asked if not url.startswith("file:")] == []


def obey(picture: Any, wish: str) -> str:
    """A wish of the page's; gives the new view."""
    picture._asked(None, json.loads(wish), None)
    return json.dumps(picture.view)


def keep(page: Any, name: str) -> None:
    """A picture, if somebody wants to look."""
    if folder := os.environ.get("LABMAIL_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)
