"""Rewriting the addresses of a header: each address of each field, by the rules for its place.

    From: bob@old.example (Bob), carol             the rule *@old.example $1@new.example h
    From: bob@new.example (Bob), carol@ask.com     and a name without a domain has got one

What stands around an address (a name, a comment, the blanks) stays as it was, unless a rule says
with ``w`` that it has a whole new text. A field whose addresses nobody can read stays as it is.

Law: Exim specification, §31.1 (when rewriting happens), §31.9 (flags); RFC 5322 §3.4, §3.6.

Try: ``await rewrite_header("From: bob@old.example\\n", rules, context)``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.expansion.addresses import BadAddress, extract, pieces
from labmail.exim.rewriting import PLACES, holds_at, rewrite

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context
    from labmail.exim.options.rewrite import Rewriting

UNREADABLE = "rewrite: "
"""How a complaint begins that is about an address, and not about a rule."""
RECIPIENTS = frozenset("tcb")
"""Flags of fields whose bare names get the domain of recipients."""

_GROUP = re.compile(r"""(\s*[^"<>(:;]*:)?(.*?)(;\s*)?""", re.DOTALL)
"""``Friends: ann`` at the beginning of a group, ``ben;`` at its end."""


class Qualify(NamedTuple):
    """The domains that bare names get; "" where they are left as they are."""

    sender: str = ""
    recipient: str = ""


AS_THEY_ARE = Qualify()


def place_of(field: str) -> str | None:
    """The flag of a field that has addresses: ``f`` for From and for Resent-From.

    >>> place_of("Resent-To"), place_of("Subject")
    ('t', None)
    """
    flag = PLACES.get(field.strip().lower().removeprefix("resent-"))
    return flag if flag is not None and flag.islower() else None


async def rewrite_header(
    line: str, rules: Sequence[Rewriting], context: Context, qualify: Qualify = AS_THEY_ARE
) -> tuple[str, tuple[str, ...]]:
    """A field with the lines that continue it, rewritten; and what was wrong with rules."""
    name, colon, value = line.partition(":")
    flag = place_of(name)
    domain = qualify.recipient if flag in RECIPIENTS else qualify.sender
    if flag is None or not (domain or any(holds_at(rule, flag) for rule in rules)):
        return line, ()
    body = value.rstrip("\n")
    complaints: list[str] = []
    made, at = [], 0
    for piece in pieces(body):
        start = body.index(piece, at)
        made.append(body[at:start])
        at = start + len(piece)
        made.append(await _rewritten(piece, flag, rules, context, domain, complaints))
    new = "".join(made) + body[at:]
    return f"{name}{colon}{new}{value[len(body) :]}", tuple(complaints)


async def _rewritten(
    piece: str,
    flag: str,
    rules: Sequence[Rewriting],
    context: Context,
    domain: str,
    complaints: list[str],
) -> str:
    """One address with all that stands around it."""
    group = _GROUP.fullmatch(piece)
    if group is not None and (group[1] or group[3]):
        inner = await _rewritten(group[2], flag, rules, context, domain, complaints)
        return f"{group[1] or ''}{inner}{group[3] or ''}"
    try:
        found = extract(piece)
        if not found.domain:
            if not domain or not found.address:
                return piece
            piece = f"{piece[: found.end]}@{domain}{piece[found.end :]}"
        made = await rewrite(piece, flag, rules, context, domain)
    except BadAddress as bad:
        if rules and bad.message != "empty address":
            complaints.append(f"{UNREADABLE}{bad.message}")
        return piece
    complaints += made.complaints
    return made.text
