"""The dialogue console on a page, with a real lab behind it: by mouse, by keyboard, by axe's rules.

The last test tries it in JupyterLab itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labmail.lab import Lab
from labmail.widgets.dialogue import DialogueWidget, speak
from labmail.widgets.dialogue.widget import CSS, ESM
from tests.widgets.pages import Pages, chromium, expect, keep

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.peer("chromium")

Open = Callable[..., tuple[Any, DialogueWidget]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def open_console(browser: Any, lab: Lab, tmp_path: Path) -> Iterator[Open]:
    """Opens a console in a page; nothing may go wrong in it, and nothing be asked of anybody."""
    pages = Pages(browser, tmp_path, "console", "Speak it yourself", ESM, CSS)

    def open_one(
        service: str = "smtp",
        *,
        role: Any = "client",
        **page: Any,
    ) -> tuple[Any, DialogueWidget]:
        console = speak(lab, "mail.ask.com", service, role=role)
        return pages.open(console, **page), console

    yield open_one
    pages.close()


def line(page: Any) -> Any:
    return page.locator(".field")


def say(page: Any, *lines: str) -> None:
    for words in lines:
        before = page.locator(".log .line").count()
        line(page).fill(words)
        line(page).press("Enter")
        page.wait_for_function(f"document.querySelectorAll('.log .line').length > {before}")


def last(page: Any) -> Any:
    return page.locator(".log .line").last


def here(page: Any) -> Any:
    return page.locator('[aria-current="step"] .name')


ROAD = ("EHLO my.laptop", "MAIL FROM:<me@my.laptop>", "RCPT TO:<bob@ask.com>")

# ── by mouse ─────────────────────────────────────────────────────────────────────────────────────


def test_a_ready_line_is_picked_sent_and_explained(open_console: Open) -> None:
    page, _ = open_console()
    page.get_by_role("button", name="EHLO my.laptop").click()
    expect(line(page)).to_have_value("EHLO my.laptop")
    expect(line(page)).to_be_focused()
    page.get_by_role("button", name="Send CRLF").click()
    expect(here(page)).to_have_text("greeted")
    expect(page.locator(".mean .sentence")).to_contain_text("You are greeted.")
    expect(page.locator(".mean .digit")).to_have_text(["2", "5", "0"])
    page.get_by_role("button", name="220 mail.ask.com").click()
    expect(page.locator(".mean .sentence")).to_contain_text("Say EHLO and yours.")


def test_a_whole_letter_and_what_became_of_it(open_console: Open, lab: Lab) -> None:
    page, _ = open_console()
    say(page, *ROAD, "DATA")
    expect(here(page)).to_have_text("content")
    expect(page.get_by_role("textbox")).to_have_accessible_name("A line of the letter")
    say(page, "Subject: from the page", "", "Hello.", ".")
    expect(page.locator(".log .note").last).to_contain_text("in the mailbox of bob@ask.com? Yes")
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["from the page"]
    keep(page, "console-letter-light")


def test_a_letter_is_pasted_line_by_line(open_console: Open, lab: Lab) -> None:
    page, _ = open_console()
    say(page, *ROAD, "DATA")
    line(page).focus()
    page.evaluate("""() => {
      const pasted = new DataTransfer();
      pasted.setData("text/plain", "Subject: pasted\\r\\n\\r\\nOne.\\nTwo.\\n.\\n");
      document.activeElement.dispatchEvent(new ClipboardEvent("paste",
        { clipboardData: pasted, bubbles: true, cancelable: true }));
    }""")  # fmt: skip
    expect(here(page)).to_have_text("greeted")
    assert lab.user("bob@ask.com").mailbox[0].text.split() == ["One.", "Two."]


def test_another_line_end_is_seen_and_refused(open_console: Open) -> None:
    page, _ = open_console()
    page.get_by_label("Line end").select_option("LF")
    say(page, "NOOP")
    expect(page.locator(".log .c .crlf").last).to_have_text("LF")
    expect(last(page)).to_contain_text("500 5.5.2")


def test_the_roles_swapped(open_console: Open) -> None:
    page, _ = open_console(dark=True)
    page.get_by_role("button", name="I am the server").click()
    expect(page.get_by_role("heading", name="You are mail.ask.com")).to_be_visible()
    expect(line(page)).to_be_disabled()
    page.get_by_role("button", name="Let a client call").click()
    expect(page.locator(".prospects button")).to_have_count(5)
    for _ in range(3):
        page.locator(".prospects button").first.click()
        page.get_by_role("button", name="Send CRLF").click()
        page.wait_for_function("document.querySelector('.field').value === ''")
        expect(page.locator(".prospects button")).to_have_count(5)
    keep(page, "console-server-dark")
    expect(page.locator(".machine h4").last).to_contain_text("RCPT TO:<bob@ask.com>")
    ends = [f" {end}. " for end in ("deferred", "bounced", "deferred", "deferred")]
    expect(page.locator(".prospects .sign")).to_have_text(ends)
    page.get_by_role("button", name="no answer for five minutes").click()
    expect(page.locator(".log .note").last).to_contain_text("When is bob@ask.com tried again?")
    expect(page.get_by_role("button", name="Let a client call")).to_be_visible()


def test_many_lines_of_an_answer_go_at_once(open_console: Open) -> None:
    page, _ = open_console("pop3", role="server")
    page.get_by_role("button", name="Let a client call").click()
    for verb in ("USER", "PASS", "UIDL", "RETR", "DELE", "QUIT"):
        page.locator(".prospects button").first.click()
        line(page).press("Enter")
        expect(page.locator(".log .c").last).to_contain_text(verb)
    page.locator(".prospects button").first.click()
    line(page).press("Enter")
    expect(page.locator(".log")).to_contain_text("has fetched “By hand”")


def test_pop3_in_its_own_states(open_console: Open) -> None:
    page, console = open_console()
    page.get_by_role("button", name="POP3").click()
    for name in ("USER bob", "PASS ⟨bob@ask.com's password⟩", "STAT"):
        page.get_by_role("button", name=name).click()
        line(page).press("Enter")
        expect(line(page)).to_have_value("")
    expect(here(page)).to_have_text("logged in")
    assert "+OK 0 0" in console.text


def test_the_words_in_place_of_the_picture(open_console: Open) -> None:
    page, console = open_console()
    say(page, "NOOP")
    page.get_by_role("button", name="Text").click()
    expect(page.get_by_role("region", name="The dialogue in words")).to_have_text(console.text)
    page.get_by_role("button", name="Text").click()
    expect(line(page)).to_be_visible()


def test_why_is_unfolded(open_console: Open) -> None:
    page, _ = open_console()
    say(page, *ROAD[:2], "RCPT TO:<nobody@elsewhere.test>")
    page.get_by_role("button", name="why").click()
    expect(page.locator(".log .why li").first).to_be_visible()


# ── by keyboard ──────────────────────────────────────────────────────────────────────────────────


def test_one_tab_stop_each_and_arrows_inside(open_console: Open) -> None:
    page, _ = open_console()
    say(page, "EHLO my.laptop", "NOOP", "DATA")
    line(page).focus()
    keys = []
    for _ in range(6):
        page.keyboard.press("Tab")
        keys.append(page.evaluate("document.activeElement.dataset.key"))
    assert keys[:4] == ["end", "send", "piece-0", "wait"]
    line(page).focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") == "ask"
    page.keyboard.press("Home")
    expect(page.locator(".mean h4")).to_contain_text("220 mail.ask.com")
    assert page.evaluate("document.activeElement.textContent").startswith("220")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").startswith("250 HELP")


def test_what_was_said_before_comes_back(open_console: Open) -> None:
    page, _ = open_console()
    say(page, "EHLO my.laptop", "NOOP")
    line(page).press("ArrowUp")
    line(page).press("ArrowUp")
    expect(line(page)).to_have_value("EHLO my.laptop")
    line(page).press("ArrowDown")
    expect(line(page)).to_have_value("NOOP")


def test_the_field_keeps_its_focus_and_its_words(open_console: Open) -> None:
    page, console = open_console()
    line(page).fill("half a com")
    console.talk.say("NOOP")
    page.evaluate("news => window.news(news)", json.dumps(console._model()))
    expect(last(page)).to_contain_text("250 2.0.0 OK")
    expect(line(page)).to_have_value("half a com")
    expect(line(page)).to_be_focused()


def test_jupyterlabs_keys_are_kept_off_everything_that_can_have_the_focus(
    open_console: Open,
) -> None:
    page, _ = open_console()
    say(page, *ROAD, "RCPT TO:<nobody@elsewhere.test>")
    page.get_by_role("button", name="Text").click()
    bare = page.evaluate("""() => [...document.querySelectorAll(
      "button, input, select, textarea, summary, a, [tabindex]")]
      .filter(node => node.dataset.lmSuppressShortcuts !== "true").map(node => node.outerHTML)""")
    assert bare == []


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("state", ["begun", "refused", "server", "over", "still", "words"])
def test_axe_finds_nothing(open_console: Open, state: str, dark: bool) -> None:
    page, _ = open_console(dark=dark, role="server" if state == "server" else "client",
                           still=state == "still")  # fmt: skip
    if state == "refused":
        say(page, "EHLO my.laptop", "DATA")
    elif state == "server":
        page.get_by_role("button", name="Let a client call").click()
        expect(page.locator(".prospects button")).to_have_count(5)
    elif state == "over":
        say(page, "QUIT")
    elif state == "words":
        page.get_by_role("button", name="Text").click()
    keep(page, f"console-{state}-{'dark' if dark else 'light'}")
    found = axe.Axe().run(page, context=".lm").response["violations"]
    assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0].get("any")) for v in found] == []


@pytest.mark.parametrize("width", [600, 900, 1200])
def test_nothing_sticks_out(open_console: Open, width: int) -> None:
    page, _ = open_console(width=width)
    say(page, *ROAD[:2], "RCPT TO:<" + "x" * 200 + "@ask.com>")
    keep(page, f"console-{width}")
    sticking = page.evaluate("""() => {
      const edge = document.querySelector(".lm").getBoundingClientRect();
      return [...document.querySelectorAll(".lm *:not(.vh, .vh *)")].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && box.right > edge.right + 1;
      }).map(node => node.className);
    }""")
    assert sticking == []


def test_hostile_words_are_words(open_console: Open) -> None:
    page, console = open_console()
    say(page, "NOOP <img src=x onerror=\"document.title='taken'\">")
    console.talk.send(b"NOOP \x1b[2J\xff\x00\r\n")
    page.evaluate("news => window.news(news)", json.dumps(console._model()))
    expect(page.locator(".log .crlf", has_text="ESC")).to_be_visible()
    assert page.title() == "console" and page.locator(".lm img").count() == 0


def test_a_kernel_that_does_not_answer_is_told_of(open_console: Open) -> None:
    page, _ = open_console(answers=False)
    page.clock.install()
    line(page).fill("NOOP")
    line(page).press("Enter")
    page.clock.fast_forward(300)
    expect(page.locator(".busy")).to_be_visible()
    page.clock.fast_forward(9000)
    expect(page.get_by_role("status").first).to_contain_text("run this cell again")


def test_a_kernel_that_goes_while_it_is_asked(open_console: Open) -> None:
    page, _ = open_console(answers=False)
    page.clock.install()
    line(page).fill("NOOP")
    line(page).press("Enter")
    page.clock.fast_forward(300)
    expect(page.locator(".busy")).to_be_visible()
    page.evaluate("window.tell('comm_live_update')")
    expect(page.locator(".busy")).to_be_hidden()
    page.clock.fast_forward(9000)
    told = page.get_by_role("status").first
    expect(told).to_contain_text("The kernel is gone")
    for needs_it in (line(page), page.get_by_role("button", name="Send"),
                     page.get_by_role("button", name="Start again")):  # fmt: skip
        expect(needs_it).to_be_disabled()
    page.get_by_role("button", name="220 mail.ask.com").click()
    expect(page.locator(".mean .sentence")).to_contain_text("The server is ready")
    page.get_by_role("button", name="Text").click()
    expect(page.locator(".words")).to_be_visible()


def test_without_a_kernel_it_can_be_read_and_explained(open_console: Open, lab: Lab) -> None:
    page, _ = open_console(still=True)
    expect(page.get_by_role("status").first).to_contain_text("as it was")
    expect(line(page)).to_be_disabled()
    page.get_by_role("button", name="220 mail.ask.com").click()
    expect(page.locator(".mean .sentence")).to_contain_text("The server is ready")


def test_nothing_moves_for_those_who_asked_for_that(browser: Any, open_console: Open) -> None:
    page, _ = open_console()
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("document.querySelector('.busy').hidden = false")
    moves = page.evaluate("getComputedStyle(document.querySelector('.busy')).animationName")
    assert moves == "none"


# ── in JupyterLab ────────────────────────────────────────────────────────────────────────────────


def patiently(page: Any, expression: str) -> None:
    """Asks until it is true; a promise is awaited."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(200)
    raise TimeoutError(expression)


@pytest.mark.long
def test_in_jupyterlab(browser: Any, tmp_path: Path) -> None:
    from nbformat import v4, write

    from tests.browser.jupyterlab import ENDED, NOTEBOOK, READY, RUN_ALL, jupyterlab

    cells = ['from labmail import Lab, speak\nlab = Lab("two_companies")',
             'console = speak(lab, "mail.ask.com")\nconsole', "1 + 1"]  # fmt: skip
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = tmp_path / "console.ipynb"
    book = v4.new_notebook(
        metadata={"kernelspec": spec}, cells=[v4.new_code_cell(cell) for cell in cells]
    )
    write(book, notebook)
    folder = tmp_path / "lab"
    folder.mkdir()
    with jupyterlab(notebook, folder) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1100})
        page.goto(address)
        patiently(page, READY)
        page.evaluate(RUN_ALL)
        patiently(page, ENDED)
        expect(line(page)).to_be_visible()
        say(page, *ROAD[:2], "RCPT TO:<bbo@ask.com>")
        expect(last(page)).to_contain_text("550 5.1.1")
        keep(page, "console-jupyterlab")
        cells_before = page.locator(".jp-Cell").count()
        for part in (".ask[tabindex='0']", ".piece", ".deeds button", ".bar button", "select"):
            page.locator(f".lm-dialogue {part}").first.focus()
            page.keyboard.type("dd")
        assert page.locator(".jp-Cell").count() == cells_before

        # the page loaded again: the same dialogue, and it goes on
        page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        page.wait_for_timeout(500)
        page.reload()
        patiently(page, READY)
        expect(last(page)).to_contain_text("550 5.1.1")
        say(page, "RCPT TO:<bob@ask.com>")
        expect(last(page)).to_contain_text("250 2.1.5")

        # the kernel gone: nothing more can be said, all of it read
        page.evaluate(f"({NOTEBOOK}).sessionContext.session.kernel.shutdown()")
        expect(page.locator(".lm-dialogue .gone")).to_contain_text("The kernel is gone")
        expect(line(page)).to_be_disabled()
        page.get_by_role("button", name="550 5.1.1").click()
        expect(page.locator(".mean .sentence")).to_be_visible()
        keep(page, "console-jupyterlab-gone")
        page.close()
