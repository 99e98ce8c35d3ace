"""Filters: what a user, or an administrator, asks of the mail.

    # Exim filter                                      the first line says what it is
    if $h_subject: contains "urgent" then
      unseen deliver ben@phone.test
    endif

A filter is a small program that runs for each letter and decides: another address, a file, a
program, an answer. It does nothing itself: it comes to a list of deeds, and those who deliver do
them later.

    words, conditions, commands   from text to a tree
    run                           one run of it, for one letter
    numbers                       10k, 0x10
    asking, personal              conditions, for a letter
    obeying                       commands, for a letter:  answering, changing
    deeds, outcome                what it comes to, and why
    allowed                       what the administrator lets it do
    sieve/                        the other language: # Sieve filter

Law: "Exim's interfaces to mail filtering"; RFC 5228 (Sieve).

Try: ``kind("# Exim filter")``.
"""

from __future__ import annotations

import re

from labmail.exim.expansion import Context

from .allowed import PLAIN, SYSTEM, TESTED, TESTED_SYSTEM, Allowed
from .commands import read_filter
from .deeds import Deed
from .mistakes import FilterError
from .obeying import obey
from .outcome import Outcome
from .run import Letter

__all__ = [
    "SYSTEM",
    "TESTED",
    "TESTED_SYSTEM",
    "Allowed",
    "Deed",
    "FilterError",
    "Letter",
    "Outcome",
    "kind",
    "run_filter",
]

_MARK = re.compile(r"[ \t\n\r\v\f]*#[ \t]*(exim|sieve)[ \t]+filter", re.IGNORECASE)


def kind(text: str) -> str:
    """``exim``, ``sieve``, or "" for a list of addresses: what the first line says.

    >>> kind("#Exim filter"), kind("# Sieve filters"), kind("ben@ask.com")
    ('exim', 'sieve', '')
    """
    found = _MARK.match(text)
    return found[1].lower() if found else ""


async def run_filter(
    text: str, context: Context, letter: Letter, allowed: Allowed = PLAIN
) -> Outcome:
    """What a filter comes to for the letter in the context. Mistakes are in ``error``."""
    if kind(text) == "sieve" and not allowed.system:
        from .sieve import run_sieve

        return run_sieve(text, context, letter, allowed)
    outcome = Outcome()
    try:
        steps = read_filter(text, system=allowed.system, may=allowed.commands)
        return await obey(steps, context, letter, allowed)
    except FilterError as mistake:
        outcome.error, outcome.help = mistake.message, mistake.help
    except RecursionError:
        outcome.error = "nested too deep"
    return outcome
