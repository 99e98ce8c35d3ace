"""The queue on a page, with a real lab behind it: by mouse, by keyboard, by axe's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labmail.lab import Lab
from labmail.widgets.queue import QueueWidget, queue
from labmail.widgets.queue.widget import CSS, ESM
from tests.widgets.pages import Pages, chromium, expect, keep

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.peer("chromium")

HOST = "mail.example.com"
Open = Callable[..., tuple[Any, QueueWidget]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        lab.down("mail.ask.com")
        alice = lab.user("alice@example.com")
        alice.send(to="bob@ask.com", subject="One")
        lab.clock.advance("80m")
        alice.send(to="carol@ask.com, bob@ask.com", subject="Two")
        lab.host(HOST).freeze(lab.host(HOST).queue[1])
        yield lab


@pytest.fixture
def open_picture(browser: Any, lab: Lab, tmp_path: Path) -> Iterator[Open]:
    """Opens a queue in a page; nothing may go wrong in it, and nothing be asked of anybody."""
    pages = Pages(browser, tmp_path, "queue", f"Queue of {HOST}", ESM, CSS)

    def open_one(**page: Any) -> tuple[Any, QueueWidget]:
        picture = queue(lab.host(HOST))
        return pages.open(picture, **page), picture

    yield open_one
    pages.close()


def chips(page: Any) -> Any:
    return page.locator(".chip")


def test_what_waits_and_why(open_picture: Open) -> None:
    page, _ = open_picture()
    expect(page.locator(".who")).to_have_text(["bob@ask.com", "carol@ask.com and bob@ask.com"])
    expect(chips(page)).to_have_text(["deferred", "frozen"])
    tried = page.get_by_role("img", name="5 tries in vain, next at Mon 10:2")
    expect(tried).to_be_visible()
    expect(page.locator(".why")).to_contain_text("Connection timed out")
    expect(page.locator(".rules .cur")).to_have_text("F,2h,15m")
    page.get_by_role("button", name="carol@ask.com and").click()
    expect(page.locator(".why")).to_contain_text("a frozen letter waits for a person")


def test_the_clock_is_moved(open_picture: Open) -> None:
    page, _ = open_picture()
    expect(page.get_by_role("timer")).to_contain_text("Mon 10:2")
    page.get_by_role("button", name="To the next try").click()
    expect(page.locator("tbody tr").first).to_contain_text("6 tries")
    page.get_by_role("button", name="+ 5 d").click()
    expect(chips(page)).to_have_text(["bounced", "frozen"])
    expect(page.locator(".said b")).to_have_text('lab.clock.advance("5d")')
    expect(page.get_by_role("button", name="No try planned")).to_be_disabled()
    expect(page.get_by_role("button", name="5 d", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="2 d", exact=True).click()
    expect(page.get_by_role("button", name="2 d", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_letters_are_frozen_thawed_tried_and_removed(open_picture: Open, lab: Lab) -> None:
    page, _ = open_picture()
    first = page.locator("tbody tr").first
    first.get_by_role("button", name="Freeze: bob@ask.com").click()
    expect(chips(page)).to_have_text(["frozen", "frozen"])
    first.get_by_role("button", name="Thaw: bob@ask.com").click()
    expect(chips(page)).to_have_text(["deferred", "frozen"])
    first.get_by_role("button", name="Try now: bob@ask.com").click()
    expect(first).to_contain_text("6 tries")
    first.get_by_role("button", name="Remove: bob@ask.com").click()
    expect(chips(page)).to_have_text(["removed", "frozen"])
    expect(page.locator(".said")).to_contain_text("nobody is told")
    first.get_by_role("button", name="Clear: bob@ask.com").click()
    expect(chips(page)).to_have_text(["frozen"])
    assert len(lab.host(HOST).queue) == 1


def test_by_keyboard(open_picture: Open) -> None:
    """One Tab stop for the letters; arrows move among them, and focus survives a deed."""
    page, _ = open_picture()
    page.locator(".who").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".who").nth(1)).to_be_focused()
    expect(page.locator(".why")).to_contain_text("a frozen letter waits for a person")
    page.keyboard.press("Home")
    freeze = page.locator("tbody tr").first.get_by_role("button", name="Freeze")
    freeze.focus()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_text(["frozen", "frozen"])
    page.locator("[data-key='leap 1h']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("timer")).to_contain_text("Mon 11:2")
    expect(page.locator("[data-key='leap 1h']")).to_be_focused()


def test_an_empty_queue_says_so(open_picture: Open, lab: Lab) -> None:
    for letter in lab.host(HOST).queue:
        lab.host(HOST).remove(letter)
    page, picture = open_picture()
    for each in picture.rows:
        page.get_by_role("button", name="Clear").first.click()
        expect(page.get_by_text(each["id"])).to_have_count(0)
    expect(page.get_by_text("The queue is empty.")).to_be_visible()
    keep(page, "queue-empty")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [980, 600, 400])
def test_axe_finds_nothing(open_picture: Open, width: int, dark: bool) -> None:
    page, _ = open_picture(width=width, dark=dark)
    keep(page, f"queue-{width}-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe.Axe().run(page, context=".lm").response["violations"]
    assert not found, [each["help"] for each in found]


def test_many_letters_keep_the_page_short(open_picture: Open, lab: Lab) -> None:
    alice = lab.user("alice@example.com")
    for n in range(12):
        alice.send(to="bob@ask.com", subject=f"{n}", run=False)
    lab.up("mail.ask.com")
    lab.host(HOST).run_queue(force=True)
    lab.down("mail.ask.com")
    for n in range(12):
        alice.send(to="carol@ask.com", subject=f"{n}", run=False)
    lab.clock.advance("3m")
    page, _ = open_picture()
    expect(page.locator(".more")).to_have_text("and 7 more that have left")
    assert page.locator(".wrap").evaluate("table => table.clientHeight") <= 560
    page.get_by_role("button", name="Freeze").last.scroll_into_view_if_needed()
    expect(page.get_by_role("columnheader", name="Letter")).to_be_in_viewport()
    keep(page, "queue-many")


def test_on_a_phone_nothing_lies_beside_the_page(open_picture: Open) -> None:
    page, _ = open_picture(width=400)
    assert (
        page.evaluate("(w => w.scrollWidth - w.clientWidth)(document.querySelector('.wrap'))") == 0
    )
    page.get_by_role("button", name="Freeze").click()
    expect(chips(page)).to_have_text(["frozen", "frozen"])


def test_without_a_kernel_it_is_read(open_picture: Open) -> None:
    page, _ = open_picture(still=True)
    expect(page.get_by_text("This is the queue as it was.")).to_be_visible()
    expect(page.get_by_role("button", name="To the next try")).to_be_disabled()
    page.get_by_role("button", name="carol@ask.com and").click()
    expect(page.locator(".why")).to_contain_text("a frozen letter")
