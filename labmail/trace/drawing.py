"""The parts of the picture: steps, end signs, the rail and the head.

Shape says the kind of a step: a diamond decides, a square keeps, a circle is asked or acts, a thin
line with two tips is talk, and a line that ends in a cross is a call in vain.
"""

from __future__ import annotations

from collections.abc import Iterator

from .icons import PATHS, STATES, icon_of
from .journey import Column
from .layout import EDGE, Chip, Layout
from .state import End
from .svg import Markup, number, tag, width
from .words import short


def step(place: Layout, index: int) -> Markup:
    """One step of the journey."""
    column = place.journey.columns[index]
    x, y = place.middle(index), place.host(index)
    role = "bad" if not column.ok else column.role
    drawing = icon_of(column.role, column.component, column.label)
    if column.peer is None:
        return tag("g", *node(column, x, y, drawing), cls=role)
    below = place.lane(column.peer)
    parts: list[Markup] = []
    if column.arrives is not None:
        parts.append(_chevron(place, index))
    else:
        node_there = column.role == "ask"
        for at in _strokes(place, index):
            parts += wire(at, y, below, column, 11 if node_there else 3)
        if node_there:
            parts += node(column, x, below, drawing)
    return tag("g", *parts, cls=role)


def node(column: Column, x: float, y: float, drawing: str) -> Iterator[Markup]:
    """The shape of a step, with its drawing in it."""
    if column.role == "decide":
        turn = f"rotate(45 {number(x)} {number(y)})"
        box = {"x": x - 10, "y": y - 10, "width": 20, "height": 20, "rx": 3, "transform": turn}
    else:
        round_ = 4 if column.role == "keep" else 12
        box = {"x": x - 12, "y": y - 12, "width": 24, "height": 24, "rx": round_}
    yield tag("rect", cls="shape", **box)
    yield picture(drawing, x - 6.5, y - 6.5, 13)


def picture(name: str, x: float, y: float, size: float, cls: str = "i") -> Markup:
    """A drawing, with its upper left corner at (x, y)."""
    transform = f"translate({number(x)},{number(y)}) scale({number(size / 16)})"
    return tag("path", cls=cls, d=PATHS[name], transform=transform)


def _strokes(place: Layout, index: int) -> list[float]:
    """Where the wires of a step are: one in the middle, or one for each try, in their rhythm."""
    column = place.journey.columns[index]
    if not column.tries:
        return [place.middle(index)]
    room = place.w[index] - 22
    return [place.x[index] + 11 + room * part for part in column.tries]


def wire(x: float, y: float, peer: float, column: Column, gap: float) -> Iterator[Markup]:
    """Talk between two lanes: a double arrow, or a line that ends in a cross."""
    down = 1 if peer > y else -1
    many = len(column.tries) > 1
    start, stop = y + down * 3, peer - down * (gap if column.ok else 16)
    yield tag("path", cls="wire", d=f"M{number(x)} {number(start)}V{number(stop - down * 6)}")
    if column.ok:
        yield _tip(x, stop, down)
        yield _tip(x, start, -down)
        return
    half = 2.5 if many else 4
    size = number(2 * half)
    cross = f"M{number(x - half)} {number(stop - half)}l{size} {size}m0 -{size}l-{size} {size}"
    yield tag("path", cls="wire", d=cross)


def _tip(x: float, y: float, down: int) -> Markup:
    return tag("path", cls="tip", d=f"M{number(x)} {number(y)}l-4 {-7 * down}h8z")


def _chevron(place: Layout, index: int) -> Markup:
    """On the road itself: which way the letter crosses."""
    for line in place.journey.roads:
        for (_, lane, _), (column, there, _) in zip(line.points, line.points[1:], strict=False):
            if column == index and lane != there:
                down = 1 if there > lane else -1
                middle = (place.lane(lane) + place.lane(there)) / 2 - 3 * down
                start = f"M{number(place.middle(index) - 4)} {number(middle)}"
                return tag("path", cls="chev", d=f"{start}l4 {5 * down}l4 {-5 * down}")
    return Markup("")


# ── where the roads end ──────────────────────────────────────────────────────────────────────────


def end_signs(place: Layout) -> Iterator[Markup]:
    """At the end of each road the state of the letter; signs that would overlap stand in a row."""
    taken: list[tuple[float, float]] = []
    for line in place.journey.roads:
        if line.end is not None or not line.points:
            continue
        x, y = place.right - 6, place.lane(*line.points[-1][1:])
        while any(abs(y - other) < 22 and x == there for there, other in taken):
            x -= 24
        taken.append((x, y))
        colour, sign = STATES[line.state]
        arrived = line.state in ("delivered", "fetched")
        if line.back and arrived:
            colour, sign = "bad", "letter"
        yield _sign(x, y, colour, sign, len(line.recipients))


def _sign(x: float, y: float, colour: str, sign: str, count: int) -> Markup:
    inner = (
        tag("text", str(count) if count < 100 else "…", cls="count", y=4)
        if count > 1
        else picture(sign, -6, -6, 12, "sign")
    )
    circle = tag("circle", cls="end", r=11)
    return tag("g", circle, inner, cls=colour, transform=f"translate({number(x)},{number(y)})")


# ── the rail ─────────────────────────────────────────────────────────────────────────────────────


def rail(place: Layout) -> Iterator[Markup]:
    """Below the lanes: the number of each step, its name and its time."""
    top = place.bottom
    yield tag("path", cls="hair", d=f"M1 {number(top)}H{number(place.width - 1)}")
    yield tag("text", "step", x=18, y=top + 17, cls="t1 q")
    yield tag("text", "time, not to scale", x=18, y=top + 45, cls="t1 q")
    last = ""
    for index, column in enumerate(place.journey.columns):
        x, room = place.middle(index), place.w[index]
        yield tag("text", str(column.number), x=x, y=top + 17, cls="t1 b mid")
        if width(column.label, 11) <= room + 2:
            yield tag("text", column.label, x=x, y=top + 31, cls="t1 q mid")
        if column.time != last and width(column.time, 11) <= room + 2:
            yield tag("text", column.time, x=x, y=top + 45, cls="t1 q mid")
        last = column.time


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


def head(place: Layout) -> Iterator[Markup]:
    """The subject, one line of outcome, and a chip for each recipient."""
    journey = place.journey
    room = int((place.width - 2 * EDGE - 24) / 9)
    yield picture("letter", EDGE, 14, 16)
    yield tag("text", short(journey.subject, room), x=EDGE + 24, y=27, cls="t3")
    yield tag("text", short(journey.outcome, room), x=EDGE, y=46, cls="q")
    for end, chip in zip(journey.ends, place.chips, strict=True):
        yield _chip(end, chip)


def _chip(end: End, chip: Chip) -> Markup:
    """One recipient and what became of it: sign and word, never colour alone."""
    colour, sign = STATES.get(end.state, ("now", "letter"))
    words = tag("tspan", end.words, cls="state", dx=6)
    middle = chip.x + (chip.width + 26 - 9) / 2
    return tag(
        "g",
        tag("rect", cls="chip", x=chip.x, y=chip.y, width=chip.width, height=24, rx=12),
        picture(sign, chip.x + 8, chip.y + 5, 14),
        tag("text", tag("tspan", end.recipient), words, x=middle, y=chip.y + 17, cls="mid"),
        cls=colour,
    )
