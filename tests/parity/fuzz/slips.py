"""Slips of the pen: a sentence that somebody typed too fast.

What an engine says about bad syntax is part of its language, and administrators read it often.
"""

from __future__ import annotations

from random import Random

STRAY = [*list("{}$\\:;,<>!=_ ()\"'"), "${", "}}", "\\N", "$h_", "${if ", "{}", "fail", "é"]


def slip(text: str, r: Random) -> str:
    """The sentence with one thing wrong: lost, doubled, swapped or strayed in."""
    if not text:
        return r.choice(STRAY)
    at = r.randrange(len(text))
    roll = r.random()
    if roll < 0.35:
        return text[:at] + text[at + 1 :]
    if roll < 0.55:
        return text[:at] + r.choice(STRAY) + text[at:]
    if roll < 0.7:
        return text[:at] + text[at : at + 1] + text[at:]
    if roll < 0.85:
        return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return text[:at]
