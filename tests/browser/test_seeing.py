"""The eyes of these tests are open: a page that looks wrong is seen to be wrong."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Page, chromium
from tests.browser.seeing import QUESTIONS

pytestmark = pytest.mark.peer("chromium")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("browser") / "profile") as page:
        page.size(800, 600)
        yield page


def wrong(page: Page, html: str) -> list[str]:
    """What is seen to be wrong with a page."""
    page.command("Page.navigate", url="data:text/html," + urllib.parse.quote(html))
    page.wait_for("document.readyState === 'complete'")
    return [what for what, question in QUESTIONS.items() if page.run(question)]


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
def test_what_is_wrong_is_seen(page: Page, html: str, what: list[str]) -> None:
    assert wrong(page, html) == what


def test_a_request_to_the_outside_is_seen(page: Page) -> None:
    page.requests.clear()
    wrong(page, '<img src="http://192.0.2.1/pixel.png"><p>text</p>')
    page.wait_for("document.images.length === 1")
    assert page.outside("127.0.0.1") == ["http://192.0.2.1/pixel.png"]


def test_a_mistake_in_the_page_is_told(page: Page) -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        page.run("(() => { throw new Error('no such thing') })()")


def test_what_never_comes_true_is_not_waited_for_for_ever(page: Page) -> None:
    with pytest.raises(TimeoutError, match="1 === 2"):
        page.wait_for("1 === 2", seconds=0.3)


def test_a_picture_is_a_picture(page: Page, tmp_path: Path) -> None:
    page.picture(tmp_path / "page.png", 0, 100)
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
