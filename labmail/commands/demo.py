"""``labmail demo``: one letter, from one company to another, and its story in the terminal.

The letter is written, carried and fetched by the same servers as in the notebooks, on the lab's
own clock. Then it is told step by step, in the five roles of every picture of labmail::

    ○ a person's program   ↔ talk   ◆ decide   ■ keep   ● ask

Colours appear on a terminal only, and say no more than sign and word do.

    labmail demo --why --dialogue         the reasons, and every line that was said
    labmail demo --picture journey.svg    the same as a picture; the README's is made so

Try: ``labmail demo``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from labmail.lab import Lab, Person
from labmail.trace.closeup import spoken
from labmail.trace.words import after, day, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from labmail.trace import Step, Story

SUBJECT, TEXT = "Lunch on Friday?", "The usual place, at noon?\n"

SIGNS = {"person": "○", "talk": "↔", "decide": "◆", "keep": "■", "ask": "●"}
COLOURS = {
    "person": "bold",
    "talk": "bright_blue",
    "decide": "magenta",
    "keep": "yellow",
    "ask": "cyan",
}
PAUSE = 0.12
"""Seconds from step to step on a terminal, so that one sees the letter go."""
WIDEST = 110
"""Columns; longer lines are hard to read."""


def run(options: argparse.Namespace) -> int:
    """Sends a letter between the first users of two companies, fetches it, tells the story."""
    from rich.console import Console

    began = time.perf_counter()
    with Lab(options.town) as lab:
        sender, reader = pair(lab)
        letter = sender.send(to=reader.address, subject=SUBJECT, text=TEXT)
        reader.fetch()
        story = lab.story(letter)
        took = time.perf_counter() - began
        if options.picture:
            return _save(story, options.picture)
        console = Console(highlight=False)
        console.width = min(console.width, WIDEST)
        teller = Teller(console, story, why=options.why, dialogue=options.dialogue)
        teller.tell(sender, reader, lab)
        teller.end(took)
    return 0


def pair(lab: Lab) -> tuple[Person, Person]:
    """Who writes and who reads: the first user, and the first one who has mail elsewhere."""
    users = list(lab.users.values())
    if not users:
        raise ValueError(
            f"nobody lives in {lab.town.name}: a letter needs a [users.…] table (docs/towns.md)"
        )
    first = users[0]
    return first, next((u for u in users if u.host != first.host), users[-1])


def _save(story: Story, path: Path) -> int:
    path.write_text(story.svg + "\n", encoding="utf-8")
    print(f"{path}: the journey of “{story.subject}”, {len(story)} steps")
    return 0


class Teller:
    """Tells a story to a console, step by step."""

    def __init__(self, console: Console, story: Story, *, why: bool, dialogue: bool) -> None:
        self.console, self.story = console, story
        self.why, self.dialogue = why, dialogue
        self.names = max(len(self._who(step)) for step in story)
        self.pause = PAUSE if console.is_terminal else 0.0

    def tell(self, sender: Person, reader: Person, lab: Lab) -> None:
        """Who writes to whom; then the steps, with a rule where a chapter begins."""
        say = self.console.print
        say()
        say(self._styled(f"  {lab.town.title}", "bold"))
        say(f"  {sender.name} <{sender.address}> writes to {reader.name} <{reader.address}>.")
        say(f"  The servers are real, the clock is the lab's: {day(self.story.started)}.")
        say()
        say(self._road())
        say()
        say("  " + "   ".join(f"{sign} {role}" for role, sign in SIGNS.items()))
        begins = {span.start: span.titles[0] for span in self.story.journey.chapters}
        for step in self.story:
            if step.number - 1 in begins:
                say()
                self.console.rule(f" {begins[step.number - 1]} ", align="left", style="default")
            say(self._row(step))
            time.sleep(self.pause)

    def end(self, seconds: float) -> None:
        """What became of the letter, and where to go on."""
        story = self.story
        say = self.console.print
        say()
        say(self._styled(f"  {story.journey.outcome}", "bold"))
        for end in story.ends:
            good = end.state == "delivered"
            say(self._styled(f"  {'✓' if good else '○'} {end}", "green" if good else "yellow"))
        took = f"{after(story.steps[-1].after)} on the lab's clock, {seconds:.1f} s on yours"
        say(f"  {len(story)} steps, {took}.")
        say("  Nothing has left this computer.")
        say()
        say("  More:  make demo ARGS=--why        the reasons of each step")
        say("         make demo ARGS=--dialogue   every line that was said")
        say("  Next:  make lab                    the first notebook")
        say()

    def _road(self) -> Text:
        """Where the letter has been, as a line: ``Alice ━━ mail.example.com ━━ … ━━ Bob``."""
        journey = self.story.journey
        lanes = (point[1] for road in journey.roads[:1] for point in road.points)
        titles = dict.fromkeys(journey.lanes[lane].title for lane in lanes)
        line = self._styled(" ━━ ", "bright_blue").join(self._styled(t, "bold") for t in titles)
        return self._text("  ").append_text(line)

    def _who(self, step: Step) -> str:
        return self.story.actor(step.host).called

    def _row(self, step: Step) -> Table:
        """Number, time, who, and what there is to say."""
        from rich.table import Table

        colour = COLOURS[step.role] if step.ok else "red"
        row = Table.grid(padding=(0, 1), expand=True)
        for width in (4, 8, min(self.names + 2, 26)):
            row.add_column(width=width, justify="right" if width == 4 else "left")
        row.add_column(ratio=1)
        who = self._styled(f"{SIGNS[step.role]} {self._who(step)}", colour)
        row.add_row(str(step.number), step.time, who, self._words(step))
        return row

    def _words(self, step: Step) -> Table:
        """The lines of a step; a mark in front of each stands out where a line goes on."""
        from rich.table import Table

        words = Table.grid(padding=(0, 1, 0, 0))
        for mark, line, style in self._lines(step):
            inner = Table.grid(padding=(0, 1, 0, 0))
            inner.add_column(width=len(mark))
            inner.add_column(overflow="fold")
            marked = (self._styled(mark, style), self._styled(line, style))
            inner.add_row(*marked)
            words.add_row(inner if mark else marked[1])
        return words

    def _lines(self, step: Step) -> Iterator[tuple[str, str, str]]:
        """Mark, words and style of each line."""
        for told in step.tellings:
            yield "", printable(told.question) or told.label, "bold"
            if told.answer:
                yield "→" if told.ok else "✕", printable(told.answer), "" if told.ok else "red"
            if self.why:
                yield from (("·", printable(line), "dim") for line in told.why)
        if self.dialogue:
            for who, line in spoken(step.said):
                yield who, line, "cyan" if who == "C:" else "dim"

    def _styled(self, words: str, style: str) -> Text:
        text = self._text(words)
        text.stylize(style)
        return text

    def _text(self, words: str) -> Text:
        from rich.text import Text

        return Text(words.expandtabs())
