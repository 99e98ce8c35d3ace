"""``-brw``: what rewriting makes of an address, at each place where it may stand.

    labmail exim -brw postmaster@ask.com
    labmail exim -brw 'The Post <postmaster@ask.com>'

An address without a domain is qualified first, with that of recipients, as if it came by SMTP.

Law: Exim specification, §5.3, -brw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.drive import drive
from labmail.exim.expansion.addresses import BadAddress, extract
from labmail.exim.expansion.variables.machine import qualify_recipient
from labmail.exim.regex import Panic
from labmail.exim.rewriting import PLACES, Rewritten, holds_at, rewrite, rewrite_smtp
from labmail.exim.text import EMPTY

if TYPE_CHECKING:
    from .opening import Opened

ENVELOPE = ("env-from", "env-to")


def test_rewriting(opened: Opened) -> int:
    """Prints a line for each place; gives the exit code."""
    caller = opened.caller
    if not opened.request.words:
        caller.say("-brw needs an address argument\n")
        return 1
    if opened.request.sender is None:
        opened.context.variables["sender_address"] = EMPTY
    try:
        _try(opened.request.words[0], opened)
    except Panic as panic:
        caller.complain(f"{caller.stamp()} {panic.message}\n")
        return 1
    return 0


def _try(word: str, opened: Opened) -> None:
    caller, context = opened.caller, opened.context
    rules = [rule.meaning for rule in opened.configuration.rewrites]
    if not rules:
        caller.say("No rewrite rules are defined\n")
        return
    domain = qualify_recipient(context).text
    text = word if "@" in word else f"{word}@{domain}"
    if any(holds_at(rule, "S") for rule in rules):
        wrong: list[str] = []
        spoken = drive(rewrite_smtp(word, rules, context, wrong))
        caller.complain("".join(f"{caller.stamp()} {one}\n" for one in wrong))
        if spoken != word:
            caller.say(f"    SMTP: {spoken}\n")
    if not any(holds_at(rule, flag) for rule in rules for flag in PLACES.values()):
        return
    shown, complaints = "", ""
    try:
        found = extract(text)
        plain = text[: found.start] + found.address + text[found.end :]
        for place, flag in PLACES.items():
            words = found.address if place in ENVELOPE else plain
            made = drive(rewrite(words, flag, rules, context, domain))
            if opened.request.debug is not None:
                _tell(place, made, opened)
            complaints += "".join(f"{caller.stamp()} {one}\n" for one in made.complaints)
            text = made.address or "<>" if place in ENVELOPE else made.text
            shown += f"{place:>8}: {text}\n"
    except BadAddress as bad:
        words = str(bad)
        shown = f"Syntax error in {text}\n{words[:1].upper()}{words[1:]}\n"
    caller.complain(complaints)
    caller.say(shown)


def _tell(place: str, made: Rewritten, opened: Opened) -> None:
    """The rules for a place, as far as they were tried, and what came of each: for ``-d``."""
    complain, written = opened.caller.complain, opened.configuration.rewrites
    complain(f"{place}\n" + ("" if made.tried else "  no rule is for this place\n"))
    for tried in made.tried:
        rule = next(rule for rule in written if rule.meaning is tried.rule)
        complain(f"  rule {rule.text}  ({rule.file}:{rule.line})\n")
        complain(f"    {tried.address}: {tried.said}\n")
