"""The route on a page, with a real lab behind it: by mouse, by keyboard, by axe's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labmail.lab import Lab
from labmail.widgets.route import RouteWidget, route
from labmail.widgets.route.widget import CSS, ESM
from tests.widgets.pages import Pages, chromium, expect, keep
from tests.widgets.routes import CONFIGURATION

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.peer("chromium")

Open = Callable[..., tuple[Any, RouteWidget]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def open_picture(browser: Any, lab: Lab, tmp_path: Path) -> Iterator[Open]:
    """Opens a route in a page; nothing may go wrong in it, and nothing be asked of anybody."""
    pages = Pages(browser, tmp_path, "route", "The route of an address", ESM, CSS)

    def open_one(
        address: str = "bob@ask.com",
        compare: str = "postmaster@example.com",
        *,
        configuration: str = CONFIGURATION,
        **page: Any,
    ) -> tuple[Any, RouteWidget]:
        picture = route(address, configuration, lab.host("mail.example.com"), compare=compare)
        return pages.open(picture, **page), picture

    yield open_one
    pages.close()


def hops(page: Any) -> Any:
    return page.locator(".hop > button")


def pressed(page: Any) -> Any:
    return page.locator(".hop > button[aria-pressed='true']")


# ── by mouse ─────────────────────────────────────────────────────────────────────────────────────


def test_two_chains_and_where_they_part(open_picture: Open) -> None:
    page, _ = open_picture()
    expect(page.get_by_role("group", name="Route of bob@ask.com")).to_be_visible()
    expect(page.locator(".differs")).to_have_count(2)
    expect(page.locator(".differs .verdict")).to_have_text(["declines", "accepts"])
    expect(page.locator(".out").first).to_contain_text("becomes root@example.com")
    expect(page.locator(".off").first).to_contain_text("not asked any more: local_user, far")
    expect(page.locator(".sum")).to_contain_text("goes by smtp to mail.ask.com")


def test_the_deciding_lines_are_marked(open_picture: Open) -> None:
    page, _ = open_picture()
    expect(pressed(page)).to_have_accessible_name(
        r"far: accepts, transport = smtp: the DNS names its hosts, line 24"
    )
    lines = CONFIGURATION.split("\n")
    expect(page.locator(".cfg .hit")).to_have_count(2)
    hops(page).first.click()
    expect(page.locator(".cfg .no")).to_contain_text(lines[9].strip())
    expect(page.locator(".change")).to_contain_text("ask.com would have to be in +ours")


def test_an_edited_configuration_moves_the_path(open_picture: Open) -> None:
    page, picture = open_picture(compare="")
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Configuration")
    field.fill(CONFIGURATION.replace("domains = ! +ours", "domains = nowhere.test"))
    expect(page.locator(".sum")).to_contain_text("cannot be delivered: Unrouteable address")
    assert picture.explanation.code == 2
    field.fill(CONFIGURATION.replace("driver = dnslookup", "driver = dnslokup"))
    expect(page.locator(".mistake")).to_contain_text("dnslokup")
    expect(page.locator(".body")).to_have_class("body old")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".cfg .wrong")).to_contain_text("dnslokup")
    keep(page, "route-mistake")
    page.get_by_role("button", name="Edit").click()
    field.fill(CONFIGURATION)
    expect(page.locator(".sum")).to_contain_text("mail.ask.com")
    expect(page.locator(".body")).to_have_class("body")


LONG = CONFIGURATION.replace("begin routers\n", "begin routers\n" + "# far above\n" * 300)
SEEN = """(part, box) => {
  const inside = document.querySelector(part).getBoundingClientRect();
  const frame = document.querySelector(box).getBoundingClientRect();
  return inside.top >= frame.top && inside.bottom <= frame.bottom; }"""


def seen(page: Any, part: str, box: str) -> None:
    page.wait_for_function(f"([part, box]) => ({SEEN})(part, box)", arg=[part, box])


def test_the_line_that_decided_is_in_sight(open_picture: Open) -> None:
    page, _ = open_picture(configuration=LONG, compare="")
    seen(page, ".cfg .hit", ".cfg")
    page.locator(".cfg").evaluate("node => node.scrollTo(0, 0)")
    hops(page).first.click()
    seen(page, ".cfg .no", ".cfg")
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Configuration")
    assert field.evaluate("node => node.value.slice(node.selectionStart).split('\\n')[0]") == (
        "  domains = +ours"
    )
    assert field.evaluate("node => node.scrollTop") > 0
    field.fill(LONG.replace("driver = dnslookup", "driver = dnslokup"))
    page.get_by_role("button", name="Done").click()
    seen(page, ".cfg .wrong", ".cfg")


def test_a_router_far_down_is_in_sight(open_picture: Open) -> None:
    more = "".join(
        f"r{n}:\n  driver = accept\n  domains = no.test\n  transport = box\n" for n in range(40)
    )
    long = CONFIGURATION.replace("begin routers\n", f"begin routers\n{more}")
    page, _ = open_picture(configuration=long, compare="")
    seen(page, "[aria-pressed='true']", ".chains")
    keep(page, "route-long")


def test_another_address(open_picture: Open) -> None:
    page, _ = open_picture(compare="")
    page.get_by_label("Address", exact=True).fill("nobody@example.com")
    page.get_by_label("compared with").fill("alice@example.com")
    page.get_by_role("button", name="Walk").click()
    expect(page.locator(".chain")).to_have_count(2)
    expect(page.locator(".sum")).to_contain_text("Unrouteable address")
    page.get_by_label("compared with").fill("")
    page.get_by_label("Address", exact=True).fill("a@@b")
    page.keyboard.press("Enter")
    expect(page.locator(".trouble")).to_contain_text("This is no address")


def test_the_words_in_place_of_the_picture(open_picture: Open) -> None:
    page, picture = open_picture()
    page.get_by_role("button", name="Text").click()
    expect(page.get_by_role("region", name="The route in words")).to_have_text(picture.text)
    expect(page.locator(".chains")).to_be_hidden()


# ── by keyboard ──────────────────────────────────────────────────────────────────────────────────


def test_the_hops_by_keys(open_picture: Open) -> None:
    page, _ = open_picture()
    pressed(page).focus()
    for key, hop in (("Home", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("End", -1)):
        page.keyboard.press(key)
        expect(hops(page).nth(hop)).to_be_focused()
        expect(hops(page).nth(hop)).to_have_attribute("aria-pressed", "true")
    assert page.locator(".hop > button[tabindex='0']").count() == 1


def test_jupyterlabs_keys_are_kept_off_everything_that_can_have_the_focus(
    open_picture: Open,
) -> None:
    page, _ = open_picture()
    bare = page.evaluate("""() => [...document.querySelectorAll(
      "button, input, select, textarea, summary, a, [tabindex]")]
      .filter(node => node.dataset.lmSuppressShortcuts !== "true").map(node => node.outerHTML)""")
    assert bare == []


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("state", ["two", "failed", "editing", "old", "still", "words"])
def test_axe_finds_nothing(open_picture: Open, state: str, dark: bool) -> None:
    address = "nobody@example.com" if state == "failed" else "bob@ask.com"
    page, _ = open_picture(address, dark=dark, still=state == "still")
    if state == "words":
        page.get_by_role("button", name="Text").click()
    elif state in ("editing", "old"):
        page.get_by_role("button", name="Edit").click()
    if state == "old":
        page.get_by_role("textbox", name="Configuration").fill("begin routers\nx:\n  driver = y\n")
        expect(page.locator(".mistake")).to_be_visible()
    keep(page, f"route-{state}-{'dark' if dark else 'light'}")
    found = axe.Axe().run(page, context=".lm").response["violations"]
    assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0].get("any")) for v in found] == []


@pytest.mark.parametrize("width", [600, 900, 1200])
def test_nothing_sticks_out(open_picture: Open, width: int) -> None:
    page, _ = open_picture(f"{'x' * 60}@{'y' * 60}.test", width=width)
    keep(page, f"route-{width}")
    sticking = page.evaluate("""() => {
      const edge = document.querySelector(".lm").getBoundingClientRect();
      return [...document.querySelectorAll(".lm *:not(.vh, .vh *)")].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && box.right > edge.right + 1;
      }).map(node => node.className);
    }""")
    assert sticking == []


@pytest.mark.parametrize(
    ("width", "compare", "beside"), [(760, "", True), (760, "a@b.test", False), (620, "", False)]
)
def test_the_configuration_stands_beside_where_there_is_room(
    open_picture: Open, width: int, compare: str, beside: bool
) -> None:
    page, _ = open_picture(compare=compare, width=width)
    chains, side = (page.locator(part).bounding_box() for part in (".chains", ".side"))
    assert (side["x"] >= chains["x"] + chains["width"]) is beside


def test_hostile_words_are_words(open_picture: Open) -> None:
    bad = "<img src=x onerror=\"document.title='taken'\">\u202e"
    page, _ = open_picture(configuration=f"# {bad}\n{CONFIGURATION}")
    assert page.title() == "route" and page.locator(".lm img").count() == 0


def test_a_kernel_that_is_gone(open_picture: Open) -> None:
    page, _ = open_picture()
    page.evaluate("window.lost()")
    expect(page.get_by_role("status").first).to_contain_text("run the cell again")
    expect(page.get_by_role("button", name="Walk")).to_be_disabled()
    hops(page).first.click()
    expect(hops(page).first).to_have_attribute("aria-pressed", "true")


def test_without_a_kernel_it_can_be_read(open_picture: Open) -> None:
    page, _ = open_picture(still=True)
    expect(page.get_by_role("button", name="Edit")).to_be_disabled()
    hops(page).nth(1).click()
    expect(page.locator(".key")).to_contain_text("shown for local_user")


# ── in JupyterLab ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_in_jupyterlab(browser: Any, tmp_path: Path) -> None:
    from nbformat import v4, write

    from tests.browser.jupyterlab import ENDED, READY, RUN_ALL, jupyterlab, wait_for

    cells = [
        'from labmail import Lab, route\nlab = Lab("two_companies")',
        f'route("bob@ask.com", {CONFIGURATION!r}, lab.host("mail.example.com"))',
        "1 + 1",
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = tmp_path / "picture.ipynb"
    book = v4.new_notebook(
        metadata={"kernelspec": spec}, cells=[v4.new_code_cell(cell) for cell in cells]
    )
    write(book, notebook)
    folder = tmp_path / "lab"
    folder.mkdir()
    with jupyterlab(notebook, folder) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1100})
        page.goto(address)
        wait_for(page, READY)
        page.evaluate(RUN_ALL)
        wait_for(page, ENDED)
        expect(page.locator(".sum")).to_contain_text("mail.ask.com")
        page.get_by_label("Address", exact=True).fill("nobody@example.com")
        page.keyboard.press("Enter")
        expect(page.locator(".sum")).to_contain_text("Unrouteable address")
        keep(page, "route-jupyterlab")
        before = page.locator(".jp-Cell").count()
        for part in (".hop > button[tabindex='0']", ".cfg", "[data-key='edit']"):
            page.locator(f".lm-route {part}").first.focus()
            page.keyboard.type("dd")
        assert page.locator(".jp-Cell").count() == before
        page.close()
