"""The journey as a page that stands alone: by mouse, by keyboard, by a screen reader's rules.

The same module runs in JupyterLab (test_journey_in_jupyterlab.py). With ``LABMAIL_PICTURES=FOLDER``
pictures of each state are kept there, in light and dark, to be looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labmail.widgets.journey.widget import JourneyWidget
from tests.widgets import journeys

expect = pytest.importorskip("playwright.sync_api").expect
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.peer("chromium")

Open = Callable[..., Any]


@pytest.fixture
def open_journey(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a journey in a page; at the end nobody was asked for anything and nothing failed."""
    wrong: list[str] = []
    asked: list[str] = []
    contexts = []

    def open_one(
        told: journeys.Told,
        *,
        width: int = 980,
        dark: bool = False,
        compare: Any = None,
        **view: Any,
    ) -> Any:
        widget = JourneyWidget(*told, compare=compare, live=False, **view)
        file = tmp_path / f"journey{len(contexts)}.html"
        widget.to_html(file)
        size = {"width": width + 32, "height": 900}
        scheme = "dark" if dark else "light"
        contexts.append(chromium.new_context(viewport=size, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(file.as_uri())
        expect(page.get_by_role("region", name="Journey of a letter")).to_be_visible()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith("file:")] == []


def keep(page: Any, name: str) -> None:
    if folder := os.environ.get("LABMAIL_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(350)
        page.screenshot(path=Path(folder, f"journey-{name}.png"), full_page=True)


def step(page: Any, number: int) -> Any:
    return page.get_by_role("option", name=re.compile(rf"^Step {number}:"))


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))


def sentence(page: Any) -> Any:
    return page.locator(".sentence .n")


# ── what one sees ────────────────────────────────────────────────────────────────────────────────


def test_the_outcome_is_seen_at_once(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary())
    expect(page.get_by_role("heading", name="Lunch on Friday?")).to_be_visible()
    expect(page.locator("header")).to_contain_text("Alice, to bob@ask.com · arrived after")
    expect(page.locator(".chip")).to_have_text("bob@ask.comdelivered")
    expect(page.get_by_role("option")).to_have_count(len(journeys.ordinary()[0].steps))
    expect(page.get_by_role("img")).to_have_attribute("aria-label", re.compile("Lunch on Friday"))
    keep(page, "ordinary-light")


def test_why_it_came_back_stands_below_and_leads_to_the_step(open_journey: Open) -> None:
    page = open_journey(journeys.unknown())
    why = page.locator(".fates p")
    expect(why).to_have_count(1)
    expect(why).to_contain_text("550 5.1.1")
    keep(page, "unknown-light")
    link = why.get_by_role("button")
    number = str(link.text_content()).removeprefix("step ")
    link.click()
    expect(sentence(page)).to_have_text(number)
    expect(page.locator(".sentence")).to_contain_text("550 5.1.1")
    expect(page.get_by_role("tabpanel")).to_be_visible()


def test_a_letter_that_arrived_needs_no_reason_and_a_guess_gets_none(open_journey: Open) -> None:
    expect(open_journey(journeys.ordinary()).locator(".fates")).to_have_count(0)
    page = open_journey(journeys.unknown(), predict=True)
    expect(page.locator(".chip")).to_contain_text("under way")
    expect(page.locator(".fates")).to_have_count(0)


def test_ends_on_one_lane_do_not_cover_each_other(open_journey: Open) -> None:
    page = open_journey(journeys.five())
    boxes = [one.bounding_box() for one in page.locator(".endsign circle").all()]
    assert len(boxes) >= 2
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = max(abs(one["x"] - other["x"]), abs(one["y"] - other["y"]))
            assert apart >= 20, "one end lies upon another"


OUTSIDE = """() => {
  const lm = document.querySelector('.lm'), edge = lm.getBoundingClientRect().right;
  const parts = 'header *, .picture, .rail [role=option], .deck *, .pane *';
  return [...lm.querySelectorAll(parts)].filter(one => !one.closest('.well, .vh'))
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.right > edge + 1).map(([markup]) => markup);
}"""
"""What sticks out at the right; a well scrolls by itself."""


@pytest.mark.parametrize("width", [600, 900, 1200])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_runs_out_of_the_frame(open_journey: Open, width: int, dark: bool) -> None:
    for scene in (journeys.ordinary, journeys.host_down, journeys.five):
        page = open_journey(scene(), width=width, dark=dark, step=9)
        for tab in ("Dialogue", "Why", "State"):
            page.get_by_role("tab", name=tab).click()
            assert page.evaluate(OUTSIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep(page, f"{scene.__name__}-{width}-{'dark' if dark else 'light'}")


def test_type_does_not_scale_with_the_width(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), width=600)
    for width in (600, 1200):
        page.set_viewport_size({"width": width + 32, "height": 900})
        expect(page.locator(".picture")).to_have_attribute("width", re.compile(rf"^{width - 2}"))
        box = page.locator(".picture").bounding_box()
        assert box["width"] == float(page.locator(".picture").get_attribute("width"))
    assert page.locator(".lm").bounding_box()["width"] == 1200


def test_a_column_can_be_clicked_and_scrubbed(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary())
    columns = page.locator(".col")
    columns.nth(4).click(position={"x": 10, "y": 40})
    expect(sentence(page)).to_have_text("5")
    page.mouse.down()
    for number in (6, 7, 8):
        columns.nth(number).hover(position={"x": 10, "y": 40}, force=True)
    page.mouse.up()
    expect(sentence(page)).to_have_text("9")


def test_one_recipient_may_be_followed(open_journey: Open) -> None:
    page = open_journey(journeys.five())
    chip = page.get_by_role("button", name=re.compile("^carol@ask.com"))
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(chip).to_be_focused()
    assert page.locator("path.road:not(.dim)").count() == 1
    chip.click()
    assert page.locator("path.road.dim").count() == 0


def test_inside_the_hosts_the_same_rows_unfold(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=6)
    names = page.locator(".picture text")
    assert "Queue" not in names.all_text_contents()
    button = page.get_by_role("button", name="Inside the hosts")
    button.click()
    expect(button).to_be_focused()
    assert names.all_text_contents().count("Queue") == 2
    assert "POP3 server" in names.all_text_contents()
    keep(page, "inside-light")


def test_the_text_is_what_print_says(open_journey: Open) -> None:
    story, trace = journeys.five()
    page = open_journey((story, trace))
    page.get_by_role("button", name="Text", exact=True).click()
    assert page.get_by_role("region", name="The journey in words").text_content() == str(story)


# ── the keyboard ─────────────────────────────────────────────────────────────────────────────────


def test_the_steps_are_a_list_that_keys_go_through(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary())
    count = len(journeys.ordinary()[0].steps)
    step(page, count).focus()
    page.keyboard.press("Home")
    assert focused(page).startswith("Step 1:")
    expect(sentence(page)).to_have_text("1")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert focused(page) == "Step 6: Which router takes bob@ask.com?"
    expect(step(page, 6)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    assert focused(page).startswith("Step 5:")
    page.keyboard.press("End")
    assert focused(page).startswith(f"Step {count}:")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith(f"Step {count}:")


def test_each_group_has_one_tab_stop_and_every_stop_keeps_its_keys(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=6)
    for role in ("option", "tab"):
        assert page.locator(f"[role={role}][tabindex='0']").count() == 1
    for view in ("Predict", "Text"):
        page.get_by_role("button", name=view, exact=True).click()
        assert (
            page.evaluate(
                """[...document.querySelectorAll('button, input, [tabindex]')]
            .filter(one => one.dataset.lmSuppressShortcuts !== 'true').map(one => one.outerHTML)"""
            )
            == []
        )


def test_the_whole_of_it_can_be_reached_by_tab(open_journey: Open) -> None:
    page = open_journey(journeys.five(), step=6, tab="dialogue")
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.key ?? ''"))
    wanted = {"chip-0", "chip-4", "step-5", "first", "play", "last", "stop-router", "predict"}
    assert wanted | {"inside", "twin", "tab-dialogue", "fold"} <= reached


def test_tabs_go_by_arrows_and_keep_the_focus(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=7)
    page.get_by_role("tab", name="Dialogue").focus()
    for name in ("Why", "State"):
        page.keyboard.press("ArrowRight")
        tab = page.get_by_role("tab", name=name)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("tabpanel")).to_have_count(0)
    expect(page.get_by_role("button", name="Details of this step")).to_be_focused()


def test_it_plays_and_stops_where_it_was_told_to(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=1)
    page.clock.install()
    step(page, 1).focus()
    page.get_by_role("group", name="Stop before").get_by_role("button", name="routers").click()
    expect(page.get_by_role("option", name=re.compile("breakpoint"))).to_have_count(2)
    step(page, 3).click()
    page.keyboard.press("b")
    assert focused(page).endswith("(breakpoint)")
    step(page, 1).click()
    page.keyboard.press(" ")
    expect(sentence(page)).to_have_text("2")
    assert focused(page).startswith("Step 1:")  # playing does not move the focus
    for stop, number in enumerate(("2", "5", "11")):
        page.clock.run_for(20_000)
        expect(sentence(page)).to_have_text(number)
        expect(page.locator("[data-key=play]")).to_have_text("Play")
        if stop < 2:
            page.locator("[data-key=play]").click()
    page.get_by_role("button", name="Last step (End)").click()
    expect(page.get_by_role("button", name="Play again")).to_be_focused()
    page.get_by_role("button", name="Play again").click()
    expect(sentence(page)).to_have_text("1")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(20_000)
    expect(sentence(page)).to_have_text("1")


def test_what_is_said_is_read_out(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary())
    live = page.locator("[aria-live=polite]")
    step(page, 6).click()
    expect(live).to_contain_text("Which router takes bob@ask.com?")
    expect(live).to_contain_text("dnslookup: ask.com is not in +local_domains.")


def test_less_motion_is_none(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=5)
    duration = "getComputedStyle(document.querySelector('{}')).transitionDuration"
    durations = f"[{duration.format('.played')}, {duration.format('.mark')}]"
    assert page.evaluate(durations) == ["0.28s", "0.28s"]
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(durations) == ["0s", "0s"]


# ── the panes ────────────────────────────────────────────────────────────────────────────────────


def test_the_dialogue_shows_line_ends_and_no_secret(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=2)
    wire = page.get_by_role("log", name="Dialogue")
    expect(wire).to_contain_text("AUTH PLAIN ●●●●●● secret")
    expect(wire).to_contain_text("TLS from here on")
    expect(page.locator(".crlf")).to_have_count(0)
    page.get_by_role("button", name="Show line ends").click()
    lines = page.locator(".wire .c, .wire .s").count()
    expect(page.locator(".crlf")).to_have_count(lines)
    expect(page.locator(".crlf").first).to_have_text("CRLF")


def test_why_says_why_not(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=12)
    pane = page.get_by_role("tabpanel", name="Why")
    expect(pane).to_contain_text("local_user, router 10 of 11")
    expect(pane.locator("li", has_text="system_aliases")).to_contain_text("no: ")
    expect(pane.locator("li", has_text="1 more router")).to_contain_text("not asked: ")


def test_the_state_before_and_after(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), step=5)
    pane = page.get_by_role("tabpanel", name="State")
    card = pane.locator(".chg")
    expect(card).to_contain_text("Queue of mail.example.com")
    expect(card).to_contain_text("before: empty")
    expect(card).to_contain_text("bob@ask.com: under way")
    expect(pane).to_contain_text("+ new")


# ── Predict ──────────────────────────────────────────────────────────────────────────────────────


def test_predict_withholds_what_is_to_come(open_journey: Open) -> None:
    page = open_journey(journeys.host_down(), predict=True, step=5)
    shown = page.locator(".lm").inner_text()
    for word in ("bounced", "given up", "4 days", "retry", "tries", "no connection", "of 22", "22"):
        assert word not in shown, word
    expect(page.get_by_role("option")).to_have_count(5)
    expect(page.locator(".chip")).to_have_text("bob@ask.comunder way")
    expect(page.get_by_role("tab")).to_have_count(0)
    page.get_by_role("button", name="Text", exact=True).click()
    assert "retry" not in page.get_by_role("region", name="The journey in words").inner_text()
    for name in ("Step on (→)", "Last step (End)", "Play"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    keep(page, "predict-light")


def test_predict_asks_before_it_shows(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), predict=True, step=5)
    question = page.get_by_role("group", name="Which router takes bob@ask.com?")
    question.get_by_role("radio", name="hubbed_hosts").check()
    expect(question.locator("label.bad")).to_have_text(re.compile("hubbed_hosts.*not so"))
    expect(question.locator("label.ok")).to_have_text(re.compile("dnslookup.*so it is"))
    expect(page.get_by_role("status")).to_contain_text(["ask.com is not in +local_domains"])
    page.get_by_role("button", name="Show step 6").click()
    expect(sentence(page)).to_have_text("6")
    assert page.evaluate("document.activeElement.type") == "radio"
    keep(page, "predict-answered")


def test_predict_ends_by_showing_everything(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), predict=True)
    for number in range(2, len(journeys.ordinary()[0].steps) + 1):
        radios = page.get_by_role("radio")
        assert radios.count() >= 2 or number < 3
        page.get_by_role("button", name=re.compile("Just show me|Show step")).click()
    expect(page.locator(".guess")).to_be_hidden()
    expect(page.locator(".chip")).to_have_text("bob@ask.comdelivered")


# ── two journeys, and long ones ──────────────────────────────────────────────────────────────────


def test_the_first_difference_is_framed_in_both(open_journey: Open) -> None:
    page = open_journey(journeys.ordinary(), compare=journeys.unknown())
    expect(page.get_by_role("img")).to_have_count(2)
    expect(page.locator("rect.differs")).to_have_count(2)
    expect(page.locator(".sentence")).to_contain_text("The first difference.")
    expect(page.locator(".pair")).to_contain_text(
        "Accepted: the router local_user takes bob@ask.com."
    )
    expect(page.locator(".pair")).to_contain_text("550 5.1.1")
    page.get_by_role("button", name="First step (Home)").click()
    page.get_by_role("button", name="First difference").click()
    assert focused(page).endswith("(the first difference)")
    page.get_by_role("button", name="Journey 2").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("bbo@ask.com")
    keep(page, "compare-light")


def test_a_long_journey_is_folded_and_can_be_opened(open_journey: Open) -> None:
    page = open_journey(journeys.loop(40))
    count = len(journeys.loop(40)[0].steps)
    options = page.get_by_role("option")
    assert options.count() <= 41
    options.last.focus()
    page.keyboard.press("Home")
    assert focused(page) == "Steps 1 to 3, folded: Alice sends it. Enter opens them."
    expect(sentence(page)).to_have_text("1\u20133")
    page.keyboard.press("Enter")
    assert focused(page).startswith("Step 1:")
    for number in (2, 3, 4):
        page.keyboard.press("ArrowRight")
        assert focused(page).startswith(f"Step {number}:")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert focused(page).startswith("Steps 1 to 3, folded")
    page.keyboard.press("End")
    assert focused(page).startswith(f"Step {count}:")


def test_predict_shows_the_step_at_which_one_is_in_a_long_journey_too(open_journey: Open) -> None:
    page = open_journey(journeys.loop(40), predict=True, step=100)
    expect(sentence(page)).to_have_text("100")
    assert page.get_by_role("option").count() <= 41
    page.get_by_role("button", name="Just show me").click()
    expect(sentence(page)).to_have_text("101")


@pytest.mark.long
def test_two_long_journeys_are_told_apart_around_the_reader(open_journey: Open) -> None:
    page = open_journey(journeys.loop(40), compare=journeys.loop(30))
    assert page.get_by_role("option").count() <= 41
    expect(page.locator(".sentence")).to_contain_text("The first difference.")
    page.get_by_role("button", name="First step (Home)").click()
    seen = []
    for _ in range(130):
        seen.append(focused(page) or page.locator("[aria-selected=true]").first.inner_text())
        page.get_by_role("button", name="Step on").click()
        if page.get_by_role("button", name="Step on").is_disabled():
            break
    assert len(seen) == len(journeys.loop(40)[0].steps) - 1
    page.get_by_role("button", name="First difference").click()
    assert focused(page).endswith("(the first difference)")


def test_more_than_seven_recipients_are_counted(open_journey: Open) -> None:
    page = open_journey(journeys.twenty())
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".chips")).to_contain_text("2 recipients")
    expect(page.locator(".chips")).to_contain_text("18 recipients")
    page.get_by_role("button", name=re.compile("18 recipients")).click()
    assert page.locator("path.road:not(.dim)").count() == 1
    keep(page, "twenty")


@pytest.mark.long
def test_no_step_of_a_long_journey_is_skipped(open_journey: Open) -> None:
    page = open_journey(journeys.loop(40))
    page.get_by_role("option").last.focus()
    for key, start in (("ArrowRight", "Home"), ("ArrowLeft", "End")):
        page.keyboard.press(start)
        seen: set[int] = set()
        for _ in range(90):
            first, _, last = sentence(page).inner_text().partition("\u2013")
            seen |= set(range(int(first), int(last or first) + 1))
            page.keyboard.press(key)
            assert page.get_by_role("option").count() <= 41
        assert seen == set(range(1, len(journeys.loop(40)[0].steps) + 1))


def test_ten_thousand_events_do_not_make_it_wait(
    open_journey: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    clicked = """async () => { const from = performance.now();
      document.querySelectorAll('[role=option]')[3]?.click();
      await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
      return Math.round(performance.now() - from) }"""
    painted = "Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime)"
    told = []
    for scene in (journeys.loop(12), journeys.loop(300, 30), journeys.loop(900, 9)):
        page = open_journey(scene)
        while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length"):
            page.wait_for_timeout(20)  # the page's own policy forbids a waiting string
        times = (
            page.evaluate(painted),
            page.evaluate("Math.round(performance.now())"),
            page.evaluate(clicked),
        )
        told.append((len(scene[1].events), len(scene[0].steps), *times))
    page.get_by_text("More than 10,000 events").wait_for()
    with capsys.disabled():
        for events, steps, paint, drawn, click in told:
            seen = f"first paint {paint} ms, drawn within {drawn} ms, a step {click} ms"
            print(f"\n{events} events, {steps} steps: {seen}")


# ── strangers, and readers of all kinds ──────────────────────────────────────────────────────────


def test_hostile_mail_stays_text(open_journey: Open) -> None:
    page = open_journey(journeys.hostile())
    title = page.title()
    for number in range(1, len(journeys.hostile()[0].steps) + 1):
        step(page, number).click()
        for tab in ("Dialogue", "Why", "State"):
            page.get_by_role("tab", name=tab).click()
    page.get_by_role("button", name="Text", exact=True).click()
    assert page.title() == title and "taken" in title  # the subject, as text
    assert page.locator(".lm script, .lm img, .lm b:has-text('bold')").count() == 0
    expect(page.get_by_role("heading")).to_contain_text("</script><script>")


STATES: dict[str, tuple[Any, dict[str, Any]]] = {
    "ordinary": (journeys.ordinary, {}),
    "dialogue": (journeys.ordinary, {"step": 2}),
    "why": (journeys.five, {"step": 6}),
    "state": (journeys.ordinary, {"step": 13, "tab": "state"}),
    "inside": (journeys.host_down, {"inside": True, "step": 9}),
    "predict": (journeys.five, {"predict": True, "step": 6}),
    "text": (journeys.ordinary, {"twin": True}),
    "folded": (lambda: journeys.loop(40), {}),
    "words": (lambda: journeys.loop(900, 9), {}),
    "compare": (journeys.ordinary, {"compare": journeys.unknown}),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_journey: Open, state: str, dark: bool) -> None:
    scene, view = STATES[state]
    view = {k: v() if k == "compare" else v for k, v in view.items()}
    page = open_journey(scene(), dark=dark, **view)
    page.wait_for_timeout(300)
    found = axe.Axe().run(page, context=".lm").response["violations"]
    assert [(one["id"], [n["html"][:200] for n in one["nodes"]][:3]) for one in found] == []
    keep(page, f"{state}-{'dark' if dark else 'light'}")
