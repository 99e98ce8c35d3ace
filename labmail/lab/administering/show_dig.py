"""What an answer of a name server looks like: who said it, and the records section by section.

    ask.com MX: NOERROR
      said by  ns.ask.com [128.10.30.1], which has the zone (flags qr aa rd)
      answer
        ask.com.       3600  MX  10 mail.ask.com.
      additional
        mail.ask.com.  3600  A   128.10.30.2

Try: ``lab.host("mail.example.com").dig("ask.com", "MX")`` as the last line of a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from labmail.dns import Record
from labmail.message import Shown, look
from labmail.message.shown import cut, more
from labmail.message.visible import visible
from labmail.trace.icons import PATHS

from ..showable import fact_lines, facts

if TYPE_CHECKING:
    from .digging import DigAnswer

MOST = 200
"""Records of a section that are shown; the object has them all."""
COLUMNS = ("name", "may be kept (s)", "type", "data")


def show_dig(answer: DigAnswer) -> Shown:
    """The whole answer, as text and as a table for each section."""
    asked, pairs = f"{answer.name} {answer.type}", _facts(answer)
    good = bool(answer)
    drawing = look.icon(PATHS["names" if good else "cross"], "ask")
    verdict = f'<span class="lm-{"ok" if good else "wait"}">{look.esc(answer.status)}</span>'
    head = f'<div class="lm-line">{drawing}<h3>{look.esc(asked)}</h3>{verdict}</div>'
    rows = [look.row(head, facts(pairs)), *(look.row(part) for part in _sections_html(answer))]
    lines = [visible(f"{asked}: {answer.status}"), *map(visible, fact_lines(pairs))]
    return Shown(
        "\n".join([*lines, *_section_lines(answer)]), look.card(*rows, label=f"dig {asked}")
    )


def _facts(answer: DigAnswer) -> dict[str, str]:
    who = f"{answer.server_name} [{answer.server}]" if answer.server_name else answer.server
    flags = f" (flags {' '.join(answer.flags)})" if answer.flags else ""
    holds = ", which has the zone" if "aa" in answer.flags else ""
    pairs = {"said by" if answer.flags or answer else "asked": f"{who}{holds}{flags}"}
    return pairs | ({"why": answer.why} if answer.why else {})


def _sections(answer: DigAnswer) -> Iterator[tuple[str, tuple[Record, ...]]]:
    for section, records in (
        ("answer", answer.records),
        ("authority", answer.authority),
        ("additional", answer.additional),
    ):
        if records:
            yield section, records


def _section_lines(answer: DigAnswer) -> Iterator[str]:
    every = [record for _, records in _sections(answer) for record in records[:MOST]]
    name = max((len(record.name) for record in every), default=0)
    ttl = max((len(str(record.ttl)) for record in every), default=0)
    kind = max((len(record.type) for record in every), default=0)
    for section, records in _sections(answer):
        yield f"  {section}"
        lines = [f"{r.name:<{name}}  {r.ttl:>{ttl}}  {r.type:<{kind}}  {r.data}" for r in records]
        yield from (f"    {visible(line)}" for line in cut(lines, MOST, "records"))


def _sections_html(answer: DigAnswer) -> Iterator[str]:
    for section, records in _sections(answer):
        cells = (
            (look.code(r.name), look.esc(str(r.ttl)), look.esc(r.type), look.code(r.data))
            for r in records[:MOST]
        )
        rest = "".join(look.quiet(line) for line in more(len(records), MOST, "records"))
        yield f"<h4>{section}</h4>{look.table(COLUMNS, cells)}{rest}"
