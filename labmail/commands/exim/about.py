"""``labmail exim --help``: what is supported and what not, from the table that the reader uses.

Exim's own ``--help`` is three lines that send the reader to the manual; a call without arguments
still says something as short.
"""

from __future__ import annotations

from .words import ACTIONS, EITHER, HEARD, NOT_YET, SENDER, SETTINGS, WITHOUT_EFFECT, Word

SHORT = """\
labmail exim reads Exim 4 configurations, and takes and delivers mail on this computer by them.
Options say what to do: labmail exim --help lists them.
"""


def help_text() -> str:
    """The whole table."""
    return "\n".join(
        [
            "usage: labmail exim [options] [arguments]",
            "       labmail exim --town TOWN --host NAME [--root FOLDER] [options] [arguments]",
            "",
            "Exim's command line, answered by labmail in Python: nothing else is started.",
            "",
            *_part("What to do", ACTIONS),
            *_part("How", SETTINGS),
            *_part("Who sends, from where", SENDER),
            "Taken, without effect:",
            *_wrapped(sorted({word.name for word in WITHOUT_EFFECT})),
            "",
            *_part("Not yet", NOT_YET),
            "The strings: Exim specification, chapter 11. What differs: docs/exim.md.",
            "",
        ]
    )


def _part(title: str, words: tuple[Word, ...]) -> list[str]:
    rows: dict[str, list[str]] = {}
    for word in words:
        note = f"{word.help} (no effect)" if word.state == HEARD else word.help
        rows.setdefault(note, []).append(word.usage)
    lines = [f"{title}:"]
    for note, usages in rows.items():
        names = "  " + ", ".join(usages)
        lines += [f"{names:<22}  {note}"] if len(names) <= 22 else [names, f"{'':22}  {note}"]
    return [*lines, ""]


def _wrapped(names: list[str]) -> list[str]:
    import textwrap

    return textwrap.wrap(" ".join(names), 78, initial_indent="  ", subsequent_indent="  ",
                         break_on_hyphens=False)  # fmt: skip


def not_yet(word: Word) -> str:
    """What is said to somebody who asks for one of `NOT_YET`."""
    able = ", ".join(word.name for word in ACTIONS)
    data = f" {word.data}" if word.takes == EITHER else ""
    return f"labmail exim: {word.name}{data} ({word.help}) is not there yet; there are {able}\n"
