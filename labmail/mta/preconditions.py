"""Preconditions: is this router asked at all?

They are looked at in a fixed order, and the first that fails ends it; every answer is a sentence,
because "why not" is half of what a student wants to know::

    no_verify · already asked · domains · local_parts · check_local_user · senders · condition

Law: Exim specification, §3.12 ("Router preconditions").

Try: ``await unmet(router, Recipient("bob@ask.com"), context)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from .lists import AnyList, Found, Outside
from .recipient import Recipient
from .routers.base import Context, Router
from .routers.verdict import Person


@dataclass(frozen=True, slots=True)
class Met:
    """All preconditions hold: ``reasons`` says which were asked, ``person`` whose account it is."""

    reasons: tuple[str, ...] = ()
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """One does not hold."""

    why: str


async def examine(router: Router, recipient: Recipient, context: Context) -> Met | Unmet:
    """Asks the preconditions of ``router`` in order."""
    if router.no_verify and context.verifying:
        return Unmet("it is not asked when an address is only verified (no_verify)")
    if recipient.was_handled_by(router.name):
        return Unmet(f"it has made {recipient} of {recipient} already: to ask again is a loop")
    reasons: list[str] = []
    for subject, wanted in (
        (recipient.domain, router.domains),
        (recipient.local_part, router.local_parts),
    ):
        if wanted is not None:
            found = wanted.find(subject)
            if not found:
                return Unmet(sentence(subject, wanted, found))
            reasons.append(sentence(subject, wanted, found))
    person = None
    if router.check_local_user:
        person = await context.etc.person(recipient.local_part)
        if person is None:
            return Unmet(f"/etc/passwd does not know {recipient.local_part}")
        reasons.append(f"/etc/passwd knows {person.login}")
    return _last(router, recipient, context, Met(tuple(reasons), person))


def _last(router: Router, recipient: Recipient, context: Context, met: Met) -> Met | Unmet:
    if router.senders is not None:
        found = router.senders.find(context.sender)
        said = sentence(context.sender or "<>", router.senders, found)
        if not found:
            return Unmet(said)
        met = Met((*met.reasons, said), met.person)
    if router.condition is not None and not router.condition(recipient, context):
        return Unmet(f"its condition {_name(router.condition)} is false")
    return met


def sentence(subject: str, wanted: AnyList, found: Found) -> str:
    """``ask.com is not in +local_domains``: what a list said of a subject, in words."""
    inside = not found.yes if isinstance(wanted, Outside) else found.yes
    inner = wanted.inner if isinstance(wanted, Outside) else wanted
    return f"{subject} is {'' if inside else 'not '}in {inner}"


def _name(condition: object) -> str:
    name = getattr(condition, "__name__", "")
    return "" if name == "<lambda>" else name.replace("_", " ")
