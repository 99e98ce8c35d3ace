"""The journey as a picture: one SVG, for the notebook and for a page that has no notebook.

It needs no script and fetches nothing. Type is in real pixels; light and dark follow the reader.
All that strangers wrote (subjects, addresses, host names) is escaped. The same story always gives
the same bytes.

From back to front: paper, bands, lanes, chapters, silent hosts, roads, steps, end signs, rail.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from .drawing import end_signs, head, picture, rail, step
from .journey import Journey
from .layout import CHAPTERS, EDGE, SMALLEST, Layout, layout
from .style import sheet
from .svg import Markup, number, tag, width
from .words import short


def figure(journey: Journey) -> str:
    """The picture of a journey as one SVG element."""
    place = layout(journey)
    mark = f"lmj-{crc32(journey.letter.encode('utf-8', 'replace')):08x}"
    return tag(
        "svg",
        tag("title", f"Journey of a letter: {journey.subject}", id=f"{mark}-title"),
        tag("desc", description(journey), id=f"{mark}-desc"),
        tag("style", Markup(sheet())),
        tag("defs", _hatching(mark)),
        *_ground(place),
        *_chapters(place),
        *_silences(place, mark),
        *_gaps(place),
        *(_road(place, index) for index in range(len(journey.roads))),
        *(step(place, index) for index in range(len(journey.columns))),
        *end_signs(place),
        *rail(place),
        *head(place),
        *_columns(place),
        xmlns="http://www.w3.org/2000/svg",
        cls="lmj",
        role="img",
        aria_labelledby=f"{mark}-title {mark}-desc",
        width=place.width,
        height=place.height,
        viewBox=f"0 0 {number(place.width)} {number(place.height)}",
    )


def description(journey: Journey) -> str:
    """What the picture shows, in words, for those who do not see it."""
    ends = "; ".join(str(end) for end in journey.ends)
    steps = " ".join(f"{c.number}. {c.question or c.label}" for c in journey.columns[:40])
    return f"{journey.outcome}. {ends}. {len(journey.columns)} steps, from left to right: {steps}"


# ── the ground ───────────────────────────────────────────────────────────────────────────────────


def _ground(place: Layout) -> Iterator[Markup]:
    """Paper, bands and lanes, with the names of companies and hosts."""
    yield tag(
        "rect", cls="paper", x=0.5, y=0.5, width=place.width - 1, height=place.height - 1, rx=8
    )
    yield _rule(place, place.head)
    for company, top, bottom in place.bands:
        yield tag("rect", cls="band", x=8, y=top, width=place.width - 16, height=bottom - top, rx=6)
        if company:
            yield tag("text", company, x=18, y=top + 15, cls="t1 b q")
    for index, lane in enumerate(place.journey.lanes):
        y = place.lane(index)
        yield tag(
            "path", cls="hair", d=f"M{number(place.gutter + 4)} {number(y)}H{number(place.right)}"
        )
        yield from _name(place, index, lane.title, lane.note, lane.kind)


def _rule(place: Layout, y: float) -> Markup:
    return tag("path", cls="hair", d=f"M1 {number(y)}H{number(place.width - 1)}")


def _name(place: Layout, index: int, title: str, note: str, kind: str) -> Iterator[Markup]:
    y, room = place.lane(index), place.gutter - 38 - 8
    fits = width(title, bold=True) <= room
    shown = title if fits else short(title, int(room / 7.2))
    role = "ask" if kind == "names" else "person"
    yield picture(kind, 18, y - (14 if note else 8), 14, f"i {role}")
    yield tag("text", shown, x=38, y=y + (-2 if note else 4), cls="b")
    if note:
        yield tag("text", note, x=38, y=y + 13, cls="t1 q")


def _chapters(place: Layout) -> Iterator[Markup]:
    spans = place.journey.chapters
    for span in spans:
        left, right = place.x[span.start], place.x[span.end] + place.w[span.end]
        room = right - left - 6 + (EDGE if span is spans[-1] else 0)
        fitting = (t for t in span.titles if width(t, 12, bold=True) <= room)
        yield tag("text", next(fitting, ""), x=left + 5, y=place.head + 19, cls="t2 b")
        if span is not spans[-1]:
            down = f"M{number(right)} {number(place.head + 8)}V{number(place.bottom)}"
            yield tag("path", cls="hair cut", d=down)


# ── hosts that do not answer ─────────────────────────────────────────────────────────────────────


def _hatching(mark: str) -> Markup:
    return tag(
        "pattern",
        tag("path", cls="hatch", d="M0 0V7"),
        id=f"{mark}-hatch",
        width=7,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _silences(place: Layout, mark: str) -> Iterator[Markup]:
    for silence in place.journey.silences:
        y, left = place.lane(silence.lane), place.x[silence.start]
        right = place.right if silence.end is None else place.x[silence.end]
        yield tag(
            "rect",
            x=left,
            y=y - 14,
            width=right - left,
            height=28,
            rx=3,
            fill=f"url(#{mark}-hatch)",
        )
        yield tag("text", silence.words, x=left - 6, y=y + 4, cls="silent", text_anchor="end")


def _gaps(place: Layout) -> Iterator[Markup]:
    """Where the lab was stopped, a line across all lanes: nobody was there."""
    for index, column in enumerate(place.journey.columns):
        if column.component == "lab":
            x = number(place.middle(index))
            down = f"M{x} {number(place.head + CHAPTERS)}V{number(place.bottom)}"
            yield tag("path", cls="gap", d=down)


# ── roads ────────────────────────────────────────────────────────────────────────────────────────


def _road(place: Layout, index: int) -> Markup:
    line = place.journey.roads[index]
    path = rounded(corners(place, index))
    return tag("path", cls="road back" if line.back else "road", d=path) if path else Markup("")


def corners(place: Layout, index: int) -> list[tuple[float, float]]:
    """The corners of a road: along the lane, then in the middle of a column to the next."""
    line = place.journey.roads[index]
    points: list[tuple[float, float]] = []
    for column, lane, offset in line.points:
        x, y = place.middle(column), place.lane(lane, offset)
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    if points:
        last = len(place.x) - 1
        stop = place.right - 6 if line.end is None else place.middle(line.end)
        if line.end is None or line.end <= last:
            points.append((stop, points[-1][1]))
    return [point for i, point in enumerate(points) if not i or point != points[i - 1]]


def rounded(points: list[tuple[float, float]], radius: float = 9) -> str:
    """A path through these points whose corners are round."""
    if len(points) < 2:
        return ""
    path = [f"M{_xy(points[0])}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        path.append(f"L{_xy(_towards(here, before, radius))}")
        path.append(f"Q{_xy(here)} {_xy(_towards(here, after, radius))}")
    return "".join([*path, f"L{_xy(points[-1])}"])


def _towards(
    here: tuple[float, float], there: tuple[float, float], most: float
) -> tuple[float, float]:
    """The point on the way from ``here`` to ``there``, at most half of it."""
    dx, dy = there[0] - here[0], there[1] - here[1]
    length = (dx * dx + dy * dy) ** 0.5
    part = min(most, length / 2) / length if length else 0
    return here[0] + dx * part, here[1] + dy * part


def _xy(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _columns(place: Layout) -> Iterator[Markup]:
    """Over everything, a column for the pointer: its title is the step's question."""
    for column, x, w in zip(place.journey.columns, place.x, place.w, strict=True):
        yield tag(
            "g",
            tag("title", f"{column.number}. {column.question or column.label}"),
            tag("rect", x=x, y=place.head + 26, width=w, height=place.height - place.head - 34),
            cls="col",
        )


LONG = 200
"""Steps beyond which a picture says less than words."""


def html(journey: Journey, text: str) -> str:
    """The picture in a box that scrolls if it must, and the same in words below it."""
    words = tag("pre", *_lines(text), style="white-space:pre-wrap")
    if len(journey.columns) > LONG:
        return tag("div", words)
    summary = tag("summary", "The same in words")
    drawn = figure(journey)
    least = number(SMALLEST * layout(journey).width)
    sized = drawn.replace("<svg ", f'<svg style="max-width:100%;min-width:{least}px" ', 1)
    return tag(
        "div",
        tag("div", Markup(sized), style="overflow-x:auto"),
        tag("details", summary, words, style="font:13px system-ui,sans-serif;margin:6px 2px"),
    )


def _lines(raw: str) -> Iterator[str]:
    """Text for a ``pre``: escaped line by line, for line ends are not printable."""
    for line in raw.split("\n"):
        yield line
        yield Markup("\n")
