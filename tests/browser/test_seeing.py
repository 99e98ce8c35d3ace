"""The eyes of these tests are open: a page that looks wrong is seen to be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.seeing import QUESTIONS

pytestmark = pytest.mark.peer("chromium")


def wrong(page: Any, html: str) -> list[str]:
    """What is seen to be wrong with a page."""
    page.set_content(f"<body>{html}</body>")
    return [what for what, question in QUESTIONS.items() if page.evaluate(question)]


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ('<div class="lm"><p>All is well</p><b>here</b></div>', []),
        ('<div class="lm" style="width:900px">too wide</div>', ["wider than its column"]),
        (
            '<div style="overflow-x:auto"><div class="lm" style="width:900px">scrolls</div></div>',
            [],
        ),
        (
            '<dl class="lm"><dt style="width:9px;overflow-wrap:anywhere">broken</dt></dl>',
            ["a word broken letter by letter"],
        ),
        (
            '<div class="lm"><p style="color:#999">pale</p></div>',
            ["text that is hard to tell from its ground"],
        ),
        (
            '<div class="lm" style="background:#212121"><p style="color:#222">dark</p></div>',
            ["text that is hard to tell from its ground"],
        ),
        ('<div class="lm" style="background:#212121;color:#fff"><p>light</p></div>', []),
    ],
)
def test_what_is_wrong_is_seen(watched: Any, html: str, what: list[str]) -> None:
    watched.page.set_viewport_size({"width": 800, "height": 600})
    assert wrong(watched.page, html) == what


def test_a_request_to_the_outside_is_seen(watched: Any) -> None:
    address = "http://192.0.2.1/pixel.png"
    watched.page.route("**/*", lambda route: route.abort())
    wrong(watched.page, f'<img src="{address}"><p>text</p>')
    assert watched.outside("127.0.0.1") == [address]
    assert watched.outside("127.0.0.1", "192.0.2.1") == []
