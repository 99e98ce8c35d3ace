"""The MIME tree as a picture made of lines: what each part is, how it travels, how big it is.

::

    multipart/mixed, 1,204 octets
    ├─ text/plain, utf-8, quoted-printable, 30 octets
    └─ image/png, base64, 980 octets, "photo.png"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import look
from .shown import Shown
from .visible import octets, shorten, visible

if TYPE_CHECKING:
    from .part import Part

MOST_PARTS = 100


def show_tree(part: Part) -> Shown:
    return Shown(
        "\n".join(_tree_lines(part)), look.card(look.columns(tree_html(part)), label="MIME tree")
    )


def tree_html(part: Part) -> str:
    return look.heading("MIME tree", "the parts of the body (RFC 2046)") + look.well(
        "\n".join(_tree_lines(part)), wide=True
    )


def _tree_lines(root: Part) -> list[str]:
    """One line for each part, with branches drawn; no call within itself, however deep."""
    lines: list[str] = []
    waiting: list[tuple[Part, str, str]] = [(root, "", "")]
    for _ in range(MOST_PARTS):
        if not waiting:
            return lines
        part, branch, below = waiting.pop()
        lines.append(visible(branch + _part_line(part)))
        lines += [visible(f"{below}  ! {problem}") for problem in part.problems]
        for number, child in reversed(list(enumerate(part.parts, 1))):
            last = number == len(part.parts)
            next_below = below + ("   " if last else "│  ")
            waiting.append((child, below + ("└─ " if last else "├─ "), next_below))
    return [*lines, *(["… and more parts"] if waiting else [])]


def _part_line(part: Part) -> str:
    facts = [part.type]
    if not part.parts:
        facts += [part.charset] if part.charset else []
        facts += [part.encoding]
    facts.append(octets(part.size))
    if part.filename is not None:
        facts.append(f'"{shorten(part.filename, 60)}"')
        facts += [f"saved as {part.safe_name}"] if part.safe_name != part.filename else []
    return ", ".join(facts)
