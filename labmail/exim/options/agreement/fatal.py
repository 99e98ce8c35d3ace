"""Mistakes that Exim does not even call mistakes of the configuration, and ends at."""

from __future__ import annotations

from labmail.exim.config import Unplaced


class Fatal(Unplaced):
    """Told without a heading."""

    heading = ""
    panic = "MAIN PANIC DIE"


def must_compile(pattern: str) -> None:
    """Is it a regular expression? Raises Fatal."""
    from labmail.exim.regex import Panic, required

    try:
        required(pattern)
    except Panic as wrong:
        raise Fatal(wrong.message, help=wrong.help) from None
