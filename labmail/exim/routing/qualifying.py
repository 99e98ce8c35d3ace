"""Addresses that need a domain, and rewriting.

Law: Exim specification, §14.2 (qualify_domain, qualify_recipient), chapter 31 (rewriting).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.expansion.variables.machine import qualify_domain, qualify_recipient
from labmail.exim.text import Text

if TYPE_CHECKING:
    from .desk import Desk


def recipient_domain(desk: Desk) -> str:
    """`qualify_recipient`, or what stands in for it."""
    return qualify_recipient(desk.context).text


def sender_domain(desk: Desk) -> str:
    """`qualify_domain`, or what stands in for it."""
    return qualify_domain(desk.context).text


async def rewritten(desk: Desk, address: Text, *, recipient: bool = True) -> Text:
    """The address as the rewriting rules for the envelope want it; itself where no rule fits."""
    flag = "T" if recipient else "F"
    rules = [rule.meaning for rule in desk.configuration.rewrites]
    if not any(_concerns(rule.flags, flag) for rule in rules):
        return address
    from labmail.exim.rewriting import rewrite

    told = await rewrite(address.text, flag, rules, desk.context, recipient_domain(desk))
    for complaint in told.complaints:
        desk.log(complaint, "MAIN PANIC")
    return Text(told.address) if told.used else address


def _concerns(flags: str, flag: str) -> bool:
    """Is a rule for this place of the envelope? Asked first: most rules are for headers, and
    what rewrites is loaded when it is needed."""
    places = set(flags) - set("qQRw")
    return not places or bool(places & {flag, "E"})
