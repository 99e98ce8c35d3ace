"""The picture: well-formed, safe, self-contained, readable in light and dark, always the same."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from labmail.trace import Actor, Cast, Gap, Place, Recorder
from labmail.trace.figure import corners, rounded
from labmail.trace.icons import COMPONENTS, LABELS, PATHS, ROLES, STATES, icon_of
from labmail.trace.layout import layout
from labmail.trace.style import DARK, LIGHT, sheet
from labmail.trace.svg import Markup, tag
from tests.trace.scenes import (
    ALICE,
    BOB,
    CAST,
    LETTER,
    MX1,
    SCENES,
    Composed,
    Happened,
    Scene,
    Stored,
    moved,
    ordinary,
    submitted,
)
from tests.trace.test_story import HOSTILE, many

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@pytest.mark.parametrize("scene", SCENES)
def test_it_is_one_well_formed_picture_that_needs_nothing_else(scene: str) -> None:
    svg = SCENES[scene]().story(LETTER, CAST).svg
    root = parsed(svg)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert set((root.get("aria-labelledby") or "").split()) <= set(ids)
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in svg and "@import" not in svg and "<image" not in svg
    for reference in re.findall(r"url\(#([^)]+)\)", svg):
        assert reference in ids


def test_those_who_do_not_see_it_are_told_the_same() -> None:
    root = parsed(ordinary().story(LETTER, CAST).svg)
    title, told = root.findtext(f"{SVG}title") or "", root.findtext(f"{SVG}desc") or ""
    assert "Lunch on Friday?" in title
    assert "bob@ask.com: delivered" in told
    assert "6. Which router takes bob@ask.com?" in told


def test_every_step_has_a_column_with_number_name_and_question() -> None:
    story = ordinary().story(LETTER, CAST)
    root = parsed(story.svg)
    shown = [element.text for element in root.iter(f"{SVG}text")]
    for step in story:
        assert str(step.number) in shown and step.label in shown
    titles = [e.findtext(f"{SVG}title") for e in root.iter(f"{SVG}g") if e.get("class") == "col"]
    assert titles == [f"{step.number}. {step.question}" for step in story]


def test_hostile_text_stays_text() -> None:
    cast = Cast((Actor(MX1, "<b>", "</text>&", "host", "<script>alert(1)</script>"), *CAST.hosts))
    trace = ordinary(subject=HOSTILE)
    story = trace.story(LETTER, cast)
    root = parsed(story.svg)
    assert not list(root.iter(f"{SVG}script"))
    assert any("<script>" in (e.text or "") for e in root.iter(f"{SVG}text"))
    page = story._repr_html_()
    assert "<script" not in page
    assert "</text><script" not in page
    page.encode("utf-8")


def test_hostile_addresses_states_and_labels() -> None:
    who = '"><svg onload=alert(1)>@ask.com'
    s = Scene()
    s.tell(Composed, ALICE, 0, now=moved(ALICE, "mua", "under way", who))
    s.tell(
        Happened, "<i>.test", 0.1, called="<u>", says="</title>", result="]]>", to='"<"',
        now={who: Place("<i>.test", "<c>", "deferred", "<d>&")},
    )  # fmt: skip
    root = parsed(s.trace.story(LETTER).svg)
    allowed = {"svg", "title", "desc", "style", "defs", "pattern", "path", "rect", "circle"}
    allowed |= {"g", "text", "tspan"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    assert not [key for e in root.iter() for key in e.attrib if key.startswith("on")]


def test_the_page_has_the_picture_in_a_box_that_scrolls_and_the_words_below() -> None:
    page = ordinary().story(LETTER, CAST)._repr_html_()
    assert page.startswith('<div><div style="overflow-x:auto"><svg ')
    assert "<summary>The same in words</summary>" in page
    assert "  6  0.06 s   Which router takes bob@ask.com?\n" in page


def test_a_very_long_journey_is_told_in_words_only() -> None:
    s = Scene()
    submitted(s)
    for n in range(300):
        s.tell(Happened, f"h{n % 3}.test", n)
    page = s.trace.story(LETTER)._repr_html_()
    assert "<svg" not in page and "300" in page


def test_light_and_dark_follow_theme_and_preference() -> None:
    css = sheet()
    assert set(LIGHT) == set(DARK)
    assert (
        "@media (prefers-color-scheme:dark){.lmj:root,body:not([data-jp-theme-light]) .lmj" in css
    )
    assert 'body[data-jp-theme-light="false"] .lmj{' in css
    used = set(re.findall(r"var\(--lmj-(\w+)", css))
    assert used <= set(LIGHT) | {"font"}


def test_no_rule_reaches_beyond_the_picture() -> None:
    for line in sheet().splitlines():
        for selector in line.split("{")[0].split(","):
            assert ".lmj" in selector or selector.startswith("@media"), line


def _contrast(one: str, two: str) -> float:
    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    bright, dim = sorted((light(one), light(two)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_colours_can_be_read(colours: dict[str, str]) -> None:
    paper = re.findall(r"#\w+", colours["surface"])[0]
    for name in ("accent", "ok", "wait", "bad", "ice", "person", "talk", "decide", "keep", "ask"):
        assert _contrast(colours[name], paper) >= 4.5, name


def test_every_drawing_that_is_named_exists() -> None:
    named = {*COMPONENTS.values(), *LABELS.values(), *ROLES.values()}
    named |= {sign for _, sign in STATES.values()} | {"host", "person", "names", "letter"}
    assert named <= set(PATHS)
    assert icon_of("talk", "no such part", "x") in PATHS


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_lies_outside_the_paper_and_no_label_on_another(scene: str) -> None:
    place = layout(SCENES[scene]().story(LETTER, CAST).journey)
    assert place.x[-1] + place.w[-1] <= place.width
    assert all(a < b for a, b in zip(place.y, place.y[1:], strict=False))
    assert max(place.y) < place.bottom < place.height
    for chip in place.chips:
        assert chip.x >= 0 and chip.x + chip.width <= place.width and chip.y < place.head
    ordered = sorted(place.chips, key=lambda chip: (chip.y, chip.x))
    for one, two in pairwise(ordered):
        assert one.y != two.y or one.x + one.width <= two.x


def test_what_became_of_it_is_seen_without_scrolling() -> None:
    s = Scene()
    submitted(s)
    for n in range(40):
        s.tell(Happened, f"h{n % 3}.test", n)
    place = layout(s.trace.story(LETTER, CAST).journey)
    assert place.width > 2000
    assert all(chip.x + chip.width < 984 for chip in place.chips)


def test_roads_bend_only_at_right_angles() -> None:
    for scene in SCENES.values():
        place = layout(scene().story(LETTER, CAST).journey)
        for index in range(len(place.journey.roads)):
            points = corners(place, index)
            for (x1, y1), (x2, y2) in pairwise(points):
                assert x1 == x2 or y1 == y2


def test_round_corners() -> None:
    assert rounded([(0, 0), (100, 0), (100, 100)]) == "M0 0L91 0Q100 0 100 9L100 100"
    assert rounded([(0, 0)]) == "" and rounded([]) == ""
    assert "nan" not in rounded([(0, 0), (0, 0), (0, 5)])


def test_a_gap_is_a_line_across_all_lanes_without_a_lane_of_its_own() -> None:
    before = Scene()
    submitted(before)
    trace = Recorder(lambda: before.now + 60)
    trace.resume(before.trace.events)
    assert trace.find(Gap)
    story = trace.story(LETTER, CAST)
    assert "lab" not in [lane.name for lane in story.journey.lanes]
    assert len([e for e in parsed(story.svg).iter() if e.get("class") == "gap"]) == 1


def test_signs_at_the_same_place_stand_in_a_row() -> None:
    s = Scene()
    submitted(s, BOB, "carol@ask.com")
    s.tell(Stored, MX1, 1, recipient=BOB, now=moved(MX1, "store", "delivered", BOB))
    s.tell(Stored, MX1, 2, now=moved(MX1, "spool", "frozen", "carol@ask.com"))
    root = parsed(s.trace.story(LETTER, CAST).svg)
    ends = [
        group.get("transform")
        for group in root.iter(f"{SVG}g")
        if any(child.get("class") == "end" for child in group)
    ]
    assert len(ends) == len({str(end).partition(",")[0] for end in ends}) == 2


def test_many_recipients_share_one_sign_and_one_chip_a_state() -> None:
    root = parsed(many(500).story(LETTER, CAST).svg)
    chips = [e for e in root.iter(f"{SVG}rect") if e.get("class") == "chip"]
    assert len(chips) == 2


def test_markup_is_only_what_was_made_here() -> None:
    assert tag("text", "<b>") == "<text>&lt;b&gt;</text>"
    assert tag("text", Markup("<b/>")) == "<text><b/></text>"
    assert tag("text", x=None, cls='"') == '<text class="&quot;"/>'
    assert tag("text", "\x00") == "<text>\\x00</text>"
