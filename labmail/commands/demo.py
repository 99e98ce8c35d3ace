"""``labmail demo``: one letter, from Alice to Bob, and its story in the terminal.

Try: ``labmail demo --dialogue``.
"""

from __future__ import annotations

import argparse

from labmail.lab import Lab


def run(options: argparse.Namespace) -> int:
    """Sends a letter between the first users of two companies, fetches it, prints the story."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    with Lab(options.town) as lab:
        sender, recipient = _pair(lab)
        console.print(
            Panel(
                f"{sender.name} <{sender.address}> writes to {recipient.name} "
                f"<{recipient.address}>.\nReal servers in this process; lab time: "
                f"{lab.clock.now():%A, %d %B %Y, %H:%M} UTC.",
                title=lab.town.title,
            )
        )
        letter = sender.send(
            to=recipient.address,
            subject="Lunch on Friday?",
            text="The usual place, at noon?\n",
        )
        recipient.fetch()
        story = lab.story(letter)
        text = story.show(dialogue=True) if options.dialogue else story.text
        console.print(Text(str(text)))
        console.print(
            f"\nNext: [bold]make lab[/bold] opens the first notebook on {recipient.name}."
        )
    return 0


def _pair(lab: Lab):  # type: ignore[no-untyped-def]
    users = list(lab.users.values())
    first = users[0]
    others = [u for u in users if u.host != first.host] or users[1:] or users
    return first, others[0]
