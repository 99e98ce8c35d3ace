"""Hostile letters in a real browser: no script runs, nothing is fetched, the page around stays.

A small server on loopback stands for the stranger's; whatever in a letter would call home asks it
for a path, and it writes down who came.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer

import pytest

from labmail.message import Message
from labmail.mua import read

LETTER = """\
<script>parent.document.title='taken';fetch('{home}/script')</script>
<script src="{home}/script.js"></script>
<img src="{home}/pixel.png" onerror="parent.document.title='taken'">
<img srcset="{home}/srcset.png 1x">
<svg onload="fetch('{home}/svg')"><image href="{home}/s.png"/></svg>
<link rel="stylesheet" href="{home}/style.css"><link rel="prefetch" href="{home}/prefetch">
<style>@import "{home}/import.css"; body {{ background: url({home}/background.png) }}
@font-face {{ font-family: x; src: url({home}/font) }} p {{ font-family: x }}</style>
<p style="background: url({home}/inline.png)">text</p>
<meta http-equiv="refresh" content="0; url={home}/refresh">
<iframe src="{home}/frame"></iframe><object data="{home}/object"></object>
<embed src="{home}/embed"><video src="{home}/video" autoplay></video>
<form action="{home}/form" id="f"><input name="x" autofocus onfocus="this.form.submit()"></form>
<base href="{home}/"><a href="link" id="a">x</a><body onload="document.getElementById('a').click()">
</body></html>"></iframe><script>document.title='taken';fetch('{home}/outside')</script>
"""


@contextmanager
def stranger() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback: its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def browse(page: str) -> str:
    """The page as Chromium has it after loading."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(page, encoding="utf-8")
        done = subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={folder}/profile",
                "--virtual-time-budget=3000",
                "--dump-dom",
                file.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    return done.stdout


def around(html: str) -> str:
    return f"<!doctype html><meta charset=utf-8><title>untouched</title><body>{html}</body>"


@pytest.mark.peer("chromium")
def test_a_hostile_letter_can_do_nothing_in_a_browser() -> None:
    with stranger() as (home, asked):
        html = LETTER.format(home=home)
        content = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
        page = browse(around(read(Message(content)).html))
        assert "<title>untouched</title>" in page
        assert 'sandbox=""' in page
        assert asked == []


@pytest.mark.peer("chromium")
def test_the_wall_holds_even_without_the_taming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labmail.mua.reader.tame", lambda html, picture: html)
    with stranger() as (home, asked):
        html = LETTER.format(home=home)
        content = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
        page = browse(around(read(Message(content)).html))
        assert "<title>untouched</title>" in page
        assert asked == []


@pytest.mark.peer("chromium")
def test_the_stranger_would_have_noticed() -> None:
    """The same letter without a wall: the test above can fail."""
    with stranger() as (home, asked):
        page = browse(around(LETTER.format(home=home)))
        assert "untouched" not in page
        assert {"/pixel.png", "/script.js", "/style.css"} <= set(asked)
