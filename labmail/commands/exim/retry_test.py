"""``-brt``: which retry rule holds for an address or a domain, and for which failure.

    labmail exim -brt ask.com                       any failure
    labmail exim -brt bob@ask.com quota_3d          a full mailbox, unread for three days
    labmail exim -brt ask.com mail.ask.com timeout  a host, with the domain that led to it

Law: Exim specification, §5.3, -brt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.drive import drive
from labmail.exim.errors import ConfigError
from labmail.exim.retrying import ANY, Case, failure, find_rule, objection, show
from labmail.exim.text import Text

if TYPE_CHECKING:
    from .opening import Opened

ONE_WORD = (
    "Warning: \"{}\" contains no '@' and no '.' characters. It is being \n"
    "treated as a one-component domain, not as a local part.\n\n"
)


def test_retry(opened: Opened) -> int:
    """Prints the rule; gives the exit code."""
    caller, words = opened.caller, list(opened.request.words)
    if not words:
        caller.say("-brt needs a domain or address argument\n")
        return 1
    key = words.pop(0)
    if "@" not in key and "." not in key:
        caller.say(ONE_WORD.format(key))
    other = words.pop(0) if words and "." in words[0] else ""
    try:
        error = failure(words[0]) if words else ANY
    except ConfigError as wrong:
        caller.say(f"{wrong.message}\n")
        return 1
    sender = opened.request.sender
    case = Case(key, error, other, None if sender is None else Text(sender.strip("<>")))
    rules = [rule.meaning for rule in opened.configuration.retries]
    if opened.request.debug is not None:
        _tell(case, opened)
    rule = drive(find_rule(rules, case, opened.context))
    caller.say(f"Retry rule: {show(rule)}\n" if rule else "No retry information found\n")
    return 0


def _tell(case: Case, opened: Opened) -> None:
    """Every rule up to the one that holds, and why it does not: for ``-d``."""
    caller = opened.caller
    caller.complain(f"{case.key}{case.other and f' ({case.other})'}\n")
    for rule in opened.configuration.retries:
        against = drive(objection(rule.meaning, case, opened.context))
        caller.complain(f"  rule {rule.text}  ({rule.file}:{rule.line})\n")
        caller.complain(f"    does it hold? {f'no: {against}' if against else 'yes'}\n")
        if not against:
            break
