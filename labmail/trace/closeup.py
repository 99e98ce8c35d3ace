"""From close by: one step with all that belongs to it, and a conversation from greeting to QUIT.

A story is read from afar; these are for the moment at which one wants to know. Both are text in a
terminal and a small picture in a notebook, with the same content::

    >>> lab.story(letter)[6]                                                        # doctest: +SKIP
    Step 6, after 0.23 s, on mail.example.com
    Which router takes bob@ask.com?
    → dnslookup: ask.com is not in +local_domains.
      · system_aliases was skipped: ask.com is not in +local_domains

    >>> lab.story(letter).dialogue("mail.ask.com", "SMTP")                          # doctest: +SKIP
    SMTP: mail.example.com calls mail.ask.com, port 25
    S: 220 mail.ask.com ESMTP labmail
    C: EHLO mail.example.com
    …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from labmail.message import Shown, look

from .dialogue import wire_lines
from .event import Said
from .icons import PATHS, icon_of
from .telling import Telling
from .words import printable

if TYPE_CHECKING:
    from .step import Step
    from .story import Story

MOST = 60
"""Lines of one utterance that are shown; a letter may be longer than one wants to read."""

# ── a step ───────────────────────────────────────────────────────────────────────────────────────


def show_step(step: Step) -> Shown:
    """A step: question and answer, what decided and why not the others, and what was said."""
    return Shown("\n".join(_step_lines(step)), _step_html(step))


def _step_lines(step: Step) -> Iterator[str]:
    yield _place(step)
    for told in step.tellings:
        yield printable(told.question) or told.label
        if told.answer:
            yield f"{_sign(told)} {_answer(told)}"
        yield from (f"  · {printable(line)}" for line in told.why)
    if step.said:
        yield "Said on the wire:"
        yield from (f"  {who} {line}" for who, line in spoken(step.said))


def _place(step: Step) -> str:
    tries = f", {step.label}" if step.tries else ""
    return f"Step {step.number}, after {step.time}, on {printable(step.host)}{tries}"


def _sign(told: Telling) -> str:
    return "→" if told.ok else "✕"


def _answer(told: Telling) -> str:
    proof = f" ({printable(told.proof)})" if told.proof else ""
    return f"{printable(told.answer)}{proof}"


def _step_html(step: Step) -> str:
    drawing = PATHS[icon_of(step.role, step.component, step.label)]
    where = f'<p class="lm-line">{look.icon(drawing, step.role)}{look.esc(_place(step))}</p>'
    rows = [look.row(where, *map(_telling_html, step.tellings))]
    if step.said:
        rows.append(look.row("<h4>said on the wire</h4>", _log(step.said)))
    return look.card(*rows, label=f"Step {step.number}")


def _telling_html(told: Telling) -> str:
    colour = "" if told.ok else ' class="lm-bad"'
    lines = "".join(f"<li>{look.esc(line)}</li>" for line in told.why)
    answer = f"<p><span{colour}>{_sign(told)}</span> {look.esc(_answer(told))}</p>"
    return (
        f"<div><h3>{look.esc(told.question or told.label)}</h3>"
        f"{answer if told.answer else ''}{f'<ul>{lines}</ul>' if lines else ''}</div>"
    )


# ── a conversation ───────────────────────────────────────────────────────────────────────────────


def show_dialogue(story: Story, server: str = "", protocol: str = "") -> Shown:
    """What was said in a story, to ``server`` and in ``protocol`` where these are given.

    Each conversation has a heading; one that carried several letters is shown as far as it was
    about this one. Raises LookupError where nobody spoke there, and says where somebody did.
    """
    every = sorted(
        {line.name: line for step in story.steps for line in step.said}.values(),
        key=lambda line: (line.connection or "", line.number),
    )
    wanted = [s for s in every if server in ("", s.host) and protocol.upper() in ("", s.protocol)]
    if not wanted:
        there = dict.fromkeys(f"{s.protocol} on {s.host}" for s in every)
        raise LookupError(
            f"nobody spoke {protocol or 'a word'} to {server or 'anybody'} in this story; "
            f"said was: {', '.join(there) or 'nothing'}"
        )
    parts = [list(lines) for _, lines in groupby(wanted, key=_conversation)]
    parts.sort(key=lambda lines: lines[0].number)
    texts = ["\n".join(_spoken_text(story, part)) for part in parts]
    rows = (look.row(f"<h3>{look.esc(_heading(story, p))}</h3>", _log(p)) for p in parts)
    return Shown("\n\n".join(texts), look.card(*rows, label="dialogue"))


def _conversation(said: Said) -> tuple[str, str, str]:
    return said.connection or "", said.host, said.protocol


def _heading(story: Story, lines: Sequence[Said]) -> str:
    """Who calls whom: a connection is named after its two ends."""
    first = lines[0]
    client, between, server = (first.connection or "").partition(">")
    if not between:
        return f"{first.protocol}: {first.host} asks"
    caller = story.actor(client.rpartition(":")[0].strip("[]")).called
    port = server.rpartition(":")[2]
    return printable(f"{first.protocol}: {caller} calls {first.host}, port {port}")


def _spoken_text(story: Story, lines: Sequence[Said]) -> Iterator[str]:
    yield _heading(story, lines)
    yield from (f"{who} {line}" for who, line in spoken(lines))


def spoken(said: Sequence[Said]) -> Iterator[tuple[str, str]]:
    """Line by line who speaks, ``C:`` or ``S:``, and what; very long content is cut."""
    return ((who, line) for one in said for who, line in _utterance(one))


def _utterance(said: Said) -> Iterator[tuple[str, str]]:
    lines = wire_lines(said)
    yield from ((f"{said.speaker}:", line) for line in lines[:MOST])
    if len(lines) > MOST:
        yield "", f"… and {len(lines) - MOST:,} more lines"
    if said.elided:
        yield "", f"… {said.elided:,} bytes are left out here"


def _log(said: Sequence[Said]) -> str:
    """The client's commands stand out: they are what one could type oneself."""
    rows = []
    for one in said:
        lines = list(_utterance(one))
        command = ' class="lm-said"' if one.speaker == "C" and len(lines) == 1 else ""
        rows += [
            f"<div{command}><b>{who}</b><span>{look.esc(line)}</span></div>" for who, line in lines
        ]
    return f'<div class="lm-log lm-well">{"".join(rows)}</div>'
