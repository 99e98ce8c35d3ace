"""A browser to look with: Debian's Chromium, led by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

NETS = ("http", "https", "ws", "wss")


@dataclass
class Watched:
    """A page, and every address that it has asked for."""

    page: Any
    asked: list[str] = field(default_factory=list)

    def outside(self, *ours: str) -> list[str]:
        """The addresses on any other host than ``ours``."""
        parts = ((url, urlsplit(url)) for url in self.asked)
        return [url for url, part in parts if part.scheme in NETS and part.hostname not in ours]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's own browser: Playwright's would have to be fetched."""
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        program = shutil.which("chromium")
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium: Any) -> Iterator[Watched]:
    """A new page of 1280 by 900 pixels, with nothing kept from others."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(60_000)
    watched.page.on("request", lambda request: watched.asked.append(request.url))
    watched.page.on("websocket", lambda socket: watched.asked.append(socket.url))
    yield watched
    context.close()
