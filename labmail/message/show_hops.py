"""The road of a letter as a table: a line for each hop, the oldest first, with its doubts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import look
from .dates import rfc5322_date
from .shown import Shown, more
from .visible import shorten, visible

if TYPE_CHECKING:
    from .received import Hop, Hops

MOST_HOPS = 100
_HOPS = ("", "from", "by", "with", "time", "delay", "")


def show_hops(hops: Hops) -> Shown:
    if not hops:
        empty = "No Received: line: no host has taken this letter yet, or it says so."
        return Shown(empty, look.card(look.row(look.quiet(empty)), label="hops"))
    shown = hops[:MOST_HOPS]
    rest = more(len(hops), MOST_HOPS, "hops")
    cells = [_hop_cells(hop) for hop in shown]
    widths = [max(map(len, column)) for column in zip(_HOPS, *cells, strict=True)]
    lines = [_aligned(row, widths) for row in [_HOPS, *cells]]
    for position, hop in reversed(list(enumerate(shown, 1))):
        lines[position + 1 : position + 1] = [f"   ! {visible(doubt)}" for doubt in hop.doubts]
    rows = [[*map(look.esc, _hop_cells(hop)[:-1]), _doubts_html(hop)] for hop in shown]
    note = look.heading("Hops", "the Received: lines, oldest first (RFC 5321 §4.4)")
    inner = note + look.table(_HOPS, rows) + "".join(map(look.quiet, rest))
    return Shown("\n".join([*lines, *rest]), look.card(look.columns(inner), label="hops"))


def _hop_cells(hop: Hop) -> tuple[str, ...]:
    giver = f"{hop.from_} [{hop.address}]" if hop.address else hop.from_
    time = "?" if hop.time is None else rfc5322_date(hop.time)
    delay = "" if hop.delay is None else f"{hop.delay:+,.0f} s"
    mark = "!" if hop.doubts else ""
    cells = (str(hop.number), giver or "?", hop.by or "?", hop.with_, time, delay, mark)
    return tuple(shorten(visible(cell), 60) for cell in cells)


def _aligned(cells: Iterable[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _doubts_html(hop: Hop) -> str:
    doubts = "<br>".join(look.esc(doubt) for doubt in hop.doubts)
    return f'<span class="lm-wait">!</span> {doubts}' if doubts else ""
