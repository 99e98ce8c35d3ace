"""Addresses that need a domain, and rewriting.

Law: Exim specification, §14.2 (qualify_domain, qualify_recipient), chapter 31 (rewriting).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.expansion.variables.machine import qualify_domain

if TYPE_CHECKING:
    from labmail.exim.text import Text

    from .desk import Desk


def recipient_domain(desk: Desk) -> str:
    """`qualify_recipient`, or what stands in for it."""
    told = desk.context.settings.get("qualify_recipient")
    return str(told) if told else sender_domain(desk)


def sender_domain(desk: Desk) -> str:
    """`qualify_domain`, or what stands in for it."""
    return qualify_domain(desk.context).text


async def rewritten(desk: Desk, address: Text, *, recipient: bool = True) -> Text:
    """The address as the rewriting rules for the envelope want it."""
    flag = "T" if recipient else "F"
    if not any(flag in rule.meaning.flags for rule in desk.configuration.rewrites):
        return address
    from labmail.exim.rewriting import rewrite_envelope

    told: Text = await rewrite_envelope(
        address,
        recipient=recipient,
        configuration=desk.configuration,
        context=desk.context,
    )
    return told
