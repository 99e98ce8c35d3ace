"""Where everything lies in the picture, in real pixels.

One row a lane, in bands; one column a step. The width follows from the number of steps, so that
type never shrinks: a long journey is a wide picture, and the page scrolls it.

         gutter        column  column  column
       ┌──────────────┬───────┬───────┬───────┬──┐
       │ chapter      │                          │
       │ ▌band  lane ─┼───●───────◆──────────────│
       │        lane ─┼──────────────────■───────│
       │ rail         │   1       2       3      │
       └──────────────┴──────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .journey import Journey
from .svg import width

EDGE = 16
FULL = 840
"""The width of a picture of ordinary length: a notebook's column beside the list of files."""
SMALLEST = 0.82
"""How far a narrow page may shrink a picture; then it scrolls, for small type is no help."""
NARROWEST, WIDEST = 44.0, 64.0
"""How narrow and how wide a column may be."""
LANE, BAND_HEAD, BAND_GAP, CHAPTERS = 46, 20, 6, 30
RAIL = 62
TAIL = 12
"""Room behind the last column, for the signs at which the roads end."""
LINE = 7
"""From one road to the next, where several lie on one lane."""


@dataclass(frozen=True, slots=True)
class Chip:
    """Where a recipient's chip lies in the head."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Pixels: ``x`` and ``w`` of each column, ``y`` of each lane, (title, top, bottom) of bands."""

    journey: Journey
    width: float
    height: float
    gutter: float
    head: float
    x: tuple[float, ...]
    w: tuple[float, ...]
    y: tuple[float, ...]
    bands: tuple[tuple[str, float, float], ...]
    chips: tuple[Chip, ...]

    @property
    def bottom(self) -> float:
        """The end of the lanes; the rail begins here."""
        return self.height - RAIL

    @property
    def right(self) -> float:
        return self.width - EDGE

    def host(self, column: int) -> float:
        """The height at which a step's host stands: on the road of the recipient concerned."""
        step = self.journey.columns[column]
        return self.lane(step.lane, step.offset)

    def middle(self, column: int) -> float:
        return self.x[column] + self.w[column] / 2

    def lane(self, lane: int, offset: float = 0.0) -> float:
        return self.y[lane] + offset * LINE


def layout(journey: Journey) -> Layout:
    """The layout of a journey."""
    gutter = _gutter(journey)
    weights = [column.width for column in journey.columns]
    total = sum(weights) or 1
    unit = min(WIDEST, max(NARROWEST, (FULL - gutter - TAIL - EDGE) / total))
    widths = [unit * weight for weight in weights]
    x = [gutter + sum(widths[:i]) for i in range(len(widths))]
    full = max(gutter + sum(widths) + TAIL + EDGE, 640.0)
    chips, head = _chips(journey, full)
    bands, y, bottom = _rows(journey, head + CHAPTERS)
    return Layout(
        journey=journey,
        width=full,
        height=bottom + 10 + RAIL,
        gutter=gutter,
        head=head,
        x=tuple(x),
        w=tuple(widths),
        y=tuple(y),
        bands=tuple(bands),
        chips=tuple(chips),
    )


def _gutter(journey: Journey) -> float:
    """Room for the names of the lanes."""
    names = [width(lane.title, bold=True) for lane in journey.lanes]
    return min(max(188.0, 38 + max(names, default=0) + 6), 260.0)


def _rows(
    journey: Journey, top: float
) -> tuple[list[tuple[str, float, float]], list[float], float]:
    """Bands, the middle of each lane, and the end of the last band."""
    bands: list[tuple[str, float, float]] = []
    y: list[float] = []
    at = top
    for index, lane in enumerate(journey.lanes):
        if not index or lane.company != journey.lanes[index - 1].company:
            at += BAND_GAP if index else 0
            bands.append((lane.company, at, at))
            at += BAND_HEAD if lane.company else 2
        y.append(at + LANE / 2)
        at += LANE
        bands[-1] = (*bands[-1][:2], at)
    return bands, y, at


# ── the head ─────────────────────────────────────────────────────────────────────────────────────

CHIP = 24


def chip_width(who: str, words: str) -> float:
    return 26 + width(who) + 4 + width(words, bold=True) + 9


def _chips(journey: Journey, full: float) -> tuple[list[Chip], float]:
    """The chips, and the height of the head: beside the title if there is room, else below it.

    A picture that will be scrolled has them below, where they are seen at once.
    """
    widths = [chip_width(end.recipient, end.words) for end in journey.ends]
    title = max(width(journey.subject, 15, bold=True) + 40, width(journey.outcome))
    beside = sum(widths) + 6 * len(widths)
    if full <= FULL / SMALLEST and beside <= full - 2 * EDGE - title - 12:
        x = full - EDGE - beside + 6
        return list(_in_a_row(widths, x, 18)), 60
    chips = list(_wrapped(widths, min(full, FULL)))
    return chips, (chips[-1].y if chips else 32) + CHIP + 10


def _in_a_row(widths: list[float], x: float, y: float) -> Iterator[Chip]:
    for wide in widths:
        yield Chip(x, y, wide)
        x += wide + 6


def _wrapped(widths: list[float], full: float) -> Iterator[Chip]:
    x, y = float(EDGE), 58.0
    for wide in widths:
        if x > EDGE and x + wide > full - EDGE:
            x, y = float(EDGE), y + CHIP + 6
        yield Chip(x, y, wide)
        x += wide + 6
