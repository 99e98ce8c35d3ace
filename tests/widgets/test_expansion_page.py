"""The expansion on a page, with a real lab behind it: by mouse, by keyboard, by axe's rules.

The last test tries it in JupyterLab itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labmail.lab import Lab
from labmail.widgets.expansion import ExpansionWidget, unfold
from labmail.widgets.expansion.widget import CSS, ESM
from tests.widgets.pages import HOW, Pages, chromium, expect, keep

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.peer("chromium")

Open = Callable[..., tuple[Any, ExpansionWidget]]

DECISION = (
    "${if match_domain{$domain}{+local_domains}"
    "{${lookup{${lc:$local_part}}lsearch{/etc/aliases}{$value}{nobody}}}{elsewhere}}"
)
GIVEN = {"local_part": "Root", "domain": "example.com"}
STEPS = ["$domain", "match_domain", "$local_part", "lc", "$value", "lookup", "if"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def open_picture(browser: Any, lab: Lab, tmp_path: Path) -> Iterator[Open]:
    """Opens a string in a page; nothing may go wrong in it, and nothing be asked of anybody."""
    pages = Pages(browser, tmp_path, "expansion", "An expansion, step by step", ESM, CSS)

    def open_one(
        text: str = DECISION,
        **more: Any,
    ) -> tuple[Any, ExpansionWidget]:
        how = {word: more.pop(word) for word in HOW if word in more}
        picture = unfold(text, lab.host("mail.example.com"), **{**GIVEN, **more})
        return pages.open(picture, **how), picture

    yield open_one
    pages.close()


def steps(page: Any) -> Any:
    return page.get_by_role("option")


def so_far(page: Any) -> Any:
    return page.locator(".sofar code")


def field(page: Any) -> Any:
    return page.get_by_role("textbox", name="String")


# ── by mouse ─────────────────────────────────────────────────────────────────────────────────────


def test_it_begins_at_the_end_and_goes_to_and_fro(open_picture: Open) -> None:
    page, _ = open_picture()
    assert [s.split("\n")[-1] for s in steps(page).all_inner_texts()] == ["start", *STEPS]
    expect(so_far(page)).to_have_text("alice")
    steps(page).nth(2).click()
    expect(so_far(page)).to_contain_text("${if true{${lookup{${lc:$local_part}}lsearch")
    expect(page.locator(".whole mark")).to_have_text("match_domain{$domain}{+local_domains}")
    expect(page.locator(".said")).to_contain_text("example.com is in the domain list local_domains")
    expect(page.locator(".sofar s")).to_have_text("elsewhere")
    page.get_by_role("button", name="First").or_(page.locator('[data-key="first"]')).first.click()
    expect(so_far(page)).to_have_text(DECISION)
    page.locator('[data-key="next"]').click()
    expect(so_far(page)).to_contain_text("match_domain{example.com}")


def test_where_it_was_found_and_what_was_not_asked(open_picture: Open) -> None:
    page, _ = open_picture()
    row = page.get_by_role("treeitem", name="lookup , ${lookup").or_(
        page.locator("[role=treeitem]", has_text="of /etc/aliases")
    )
    expect(row.first).to_contain_text("alice")
    never = page.locator(".tree .never")
    expect(never).to_have_count(2)
    expect(never.first).to_contain_text("not asked")
    expect(never.first).to_have_accessible_name("text nobody: not asked")
    expect(page.locator(".tree .taint")).to_have_count(3)


def test_a_row_of_the_tree_leads_to_its_step(open_picture: Open) -> None:
    page, _ = open_picture()
    page.get_by_role("treeitem", name="operator lc").click()
    expect(steps(page).nth(4)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".said")).to_contain_text("Capital letters made small.")


def test_another_string_is_expanded_on_the_host(open_picture: Open) -> None:
    page, picture = open_picture()
    field(page).fill("${lookup dnsdb{mx=ask.com}}")
    field(page).press("Enter")
    expect(so_far(page)).to_have_text("10 mail.ask.com")
    assert picture.explanation.value == "10 mail.ask.com"
    field(page).fill("a")
    page.get_by_role("button", name="Expand").click()
    expect(page.locator(".rail")).to_contain_text("stands for itself")


def test_a_failure_is_shown_where_it_is(open_picture: Open) -> None:
    page, _ = open_picture("${if eq{${lc:A}}{a}{yes}")
    expect(page.locator(".head .chip")).to_have_text("fails")
    expect(page.locator(".said")).to_contain_text('syntax error in "if" item - "fail" expected')
    expect(page.locator(".whole .here")).to_have_text("ends here")
    page, _ = open_picture("${lookup{a}lsearch{/etc/$local_part}}")
    expect(page.locator(".said")).to_contain_text("chosen by a stranger")
    page, _ = open_picture("${if eq{a}{b}{c}fail}")
    expect(page.locator(".head .chip")).to_have_text("fails on purpose")


def test_what_a_pattern_leaves_is_listed(open_picture: Open) -> None:
    page, _ = open_picture(r"${if match{a+b}{\N^(.)\+(.)\N}{$2}}")
    steps(page).nth(1).click()
    expect(page.locator(".numbers dd")).to_have_text(["a+b", "a", "b"])


def test_the_words_in_place_of_the_picture(open_picture: Open) -> None:
    page, picture = open_picture()
    page.get_by_role("button", name="Text").click()
    expect(page.get_by_role("region", name="The expansion in words")).to_have_text(picture.text)
    expect(page.get_by_role("tree")).to_be_hidden()


# ── predict ──────────────────────────────────────────────────────────────────────────────────────


def test_values_are_withheld_until_there_is_a_guess(open_picture: Open) -> None:
    page, _ = open_picture("${uc:${lc:$local_part}}", predict=True)
    expect(steps(page)).to_have_count(1)
    for word in ("Root", "root", "ROOT"):
        assert word not in page.locator(".lm-expansion").inner_text().replace("is Root", "")
    guess = page.get_by_role("textbox", name="Your guess")
    guess.fill("Root")
    guess.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("so it is")
    page.keyboard.press("Enter")
    expect(guess).to_be_focused()
    guess.fill("wrong")
    guess.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("not so")
    expect(page.locator(".verdict")).to_contain_text("it becomes root")
    keep(page, "expansion-predict")
    page.get_by_role("button", name="Show step 2").click()
    page.get_by_role("button", name="Just show me").click()
    expect(page.locator(".head .chip")).to_contain_text("ROOT")
    expect(page.locator(".guess")).to_be_hidden()


def test_a_condition_is_guessed_by_a_choice(open_picture: Open) -> None:
    page, _ = open_picture("${if eq{a}{A}{yes}{no}}", predict=True)
    page.get_by_role("radio", name="true").check()
    expect(page.locator(".verdict")).to_contain_text("it is")
    expect(page.locator(".verdict")).to_contain_text("false")


# ── by keyboard ──────────────────────────────────────────────────────────────────────────────────


def test_the_rail_by_keys(open_picture: Open) -> None:
    page, _ = open_picture()
    steps(page).last.focus()
    for key, step in (("ArrowLeft", 6), ("Home", 0), ("ArrowRight", 1), ("End", 7), ("ArrowUp", 6)):
        page.keyboard.press(key)
        expect(steps(page).nth(step)).to_have_attribute("aria-selected", "true")
        expect(steps(page).nth(step)).to_be_focused()


def test_the_tree_by_keys(open_picture: Open) -> None:
    page, _ = open_picture()
    tree = page.get_by_role("treeitem")
    tree.first.focus()
    page.keyboard.press("ArrowDown")
    expect(tree.nth(1)).to_be_focused()
    expect(steps(page).nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(tree.last).to_be_focused()
    assert page.locator("[role=treeitem][tabindex='0']").count() == 1


def test_it_plays_and_stops_at_the_end(open_picture: Open) -> None:
    page, _ = open_picture("${uc:${lc:A}}")
    page.clock.install()
    page.get_by_role("button", name="Play again").click()
    expect(steps(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.clock.run_for(1700)
    expect(steps(page).nth(2)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("button", name="Play again")).to_be_visible()


def test_nothing_moves_for_those_who_asked_for_that(open_picture: Open) -> None:
    page, _ = open_picture()
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Play again").click()
    expect(steps(page).last).to_have_attribute("aria-selected", "true")
    page.evaluate("document.querySelector('.busy').hidden = false")
    moves = page.evaluate("getComputedStyle(document.querySelector('.busy')).animationName")
    assert moves == "none"


def test_jupyterlabs_keys_are_kept_off_everything_that_can_have_the_focus(
    open_picture: Open,
) -> None:
    page, _ = open_picture(predict=True)
    bare = page.evaluate("""() => [...document.querySelectorAll(
      "button, input, select, textarea, summary, a, [tabindex]")]
      .filter(node => node.dataset.lmSuppressShortcuts !== "true").map(node => node.outerHTML)""")
    assert bare == []


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("state", ["end", "middle", "failed", "predict", "still", "words"])
def test_axe_finds_nothing(open_picture: Open, state: str, dark: bool) -> None:
    text = "${lc:A} ${lookup{a}lsearch{/etc/$local_part}{x}{y}}" if state == "failed" else DECISION
    page, _ = open_picture(text, dark=dark, predict=state == "predict", still=state == "still")
    if state == "middle":
        steps(page).nth(4).click()
    elif state == "words":
        page.get_by_role("button", name="Text").click()
    keep(page, f"expansion-{state}-{'dark' if dark else 'light'}")
    found = axe.Axe().run(page, context=".lm").response["violations"]
    assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0].get("any")) for v in found] == []


@pytest.mark.parametrize("width", [600, 900, 1200])
def test_nothing_sticks_out(open_picture: Open, width: int) -> None:
    page, _ = open_picture("${uc:${lc:$local_part}}" + "y" * 200, width=width, local_part="x" * 300)
    steps(page).nth(2).click()
    keep(page, f"expansion-{width}")
    sticking = page.evaluate("""() => {
      const edge = document.querySelector(".lm").getBoundingClientRect();
      return [...document.querySelectorAll(".lm *:not(.vh, .vh *)")].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && box.right > edge.right + 1;
      }).map(node => node.className);
    }""")
    assert sticking == []


def test_hostile_words_are_words(open_picture: Open) -> None:
    bad = "<img src=x onerror=\"document.title='taken'\">\x1b\u202e"
    page, _ = open_picture("$local_part" + bad.replace("$", ""), local_part=bad)
    assert page.title() == "expansion" and page.locator(".lm img").count() == 0
    assert "\u202e" not in page.content()


def test_a_kernel_that_does_not_answer_is_told_of(open_picture: Open) -> None:
    page, _ = open_picture(answers=False)
    page.clock.install()
    field(page).fill("a")
    field(page).press("Enter")
    page.clock.fast_forward(300)
    expect(page.locator(".busy")).to_be_visible()
    page.clock.fast_forward(9000)
    expect(page.get_by_role("status").first).to_contain_text("run this cell again")


def test_without_a_kernel_it_can_be_gone_through(open_picture: Open) -> None:
    page, _ = open_picture(still=True)
    expect(field(page)).to_be_disabled()
    steps(page).nth(3).click()
    expect(page.locator(".said")).to_contain_text("$local_part")
    page.get_by_role("button", name="Predict").click()
    expect(page.locator(".guess")).to_be_visible()


# ── in JupyterLab ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_in_jupyterlab(browser: Any, tmp_path: Path) -> None:
    from nbformat import v4, write

    from tests.browser.jupyterlab import ENDED, READY, RUN_ALL, jupyterlab, wait_for

    cells = [
        'from labmail import Lab, unfold\nlab = Lab("two_companies")',
        'unfold("${uc:$local_part}", lab.host("mail.example.com"), local_part="bob")',
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
        expect(so_far(page)).to_have_text("BOB")
        field(page).fill("${lookup dnsdb{mx=ask.com}}")
        field(page).press("Enter")
        expect(so_far(page)).to_have_text("10 mail.ask.com")
        keep(page, "expansion-jupyterlab")
        before = page.locator(".jp-Cell").count()
        for part in (
            "[role=option][tabindex='0']",
            "[role=treeitem][tabindex='0']",
            ".head button",
        ):
            page.locator(f".lm-expansion {part}").first.focus()
            page.keyboard.type("dd")
        assert page.locator(".jp-Cell").count() == before
        page.close()
