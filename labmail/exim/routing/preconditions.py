"""Whether a router is asked at all. One question after the other; the first "no" ends it.

    what for        verify_only, address_test, verify_sender, verify_recipient
    where to        domains, local_parts, check_local_user
    from whom       senders
    and besides     require_files, condition

The order is Exim's, and it matters: `senders` may speak of $home, since the user has been found by
then, and nothing that costs much is asked before something cheap has said no.

Law: Exim specification, §3.12 (router preconditions), chapter 15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.lists import match_address, match_domain, match_local_part
from labmail.exim.text import EMPTY, Text

from .desk import DELIVERY, RECIPIENT, SENDER
from .outcome import Defer, Settled

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person
    from labmail.exim.expansion.lists import Match

    from .address import Address
    from .desk import Desk


class Stands(NamedTuple):
    """The answer: is the router asked? ``person`` is the local user, where one was looked for."""

    asked: bool
    person: Person | None = None


ASIDE = Stands(False)


async def stands(desk: Desk, router: Block, address: Address) -> Stands:
    """Do all preconditions hold? Settles the matter where that cannot be found out."""
    known = desk.context.variables
    for name in ("home", "domain_data", "local_part_data", "sender_data"):
        known[name] = EMPTY
    if not _wanted(desk, router):
        return ASIDE
    if not await _in_domains(desk, router, address):
        return ASIDE
    if not await _in_local_parts(desk, router, address):
        return ASIDE
    person = None
    if router["check_local_user"]:
        person = _local_user(desk, router, address)
        if person is None:
            return ASIDE
    await _home(desk, router)
    if not await _from_senders(desk, router):
        return ASIDE
    if router["require_files"] is not None:
        from .files import required_files

        if not await required_files(desk, router):
            return ASIDE
    if not await _condition(desk, router):
        return ASIDE
    return Stands(True, person)


def _wanted(desk: Desk, router: Block) -> bool:
    """Is it made for this purpose?"""
    purpose = desk.purpose
    for option, against, question in (
        ("verify_only", purpose == DELIVERY and router["verify_only"], "only for verifying?"),
        ("address_test", desk.testing and not router["address_test"], "also in a test?"),
        (
            "verify_sender",
            purpose == SENDER and not router["verify_sender"],
            "also when a sender is verified?",
        ),
        (
            "verify_recipient",
            purpose == RECIPIENT and not router["verify_recipient"],
            "also when a recipient is verified?",
        ),
    ):
        if against:
            answer = "yes" if option == "verify_only" else "no"
            desk.note(router, question, answer, "so it stands aside", option)
            return False
    return True


async def _in_domains(desk: Desk, router: Block, address: Address) -> bool:
    listed = router["domains"]
    if listed is None:
        return True
    found = await _listed(
        desk,
        router,
        "domains",
        match_domain(desk.context, address.domain, Text(listed), expand=True, cache=desk.cache),
    )
    desk.context.variables["domain_data"] = _value(found)
    return found.matched


async def _in_local_parts(desk: Desk, router: Block, address: Address) -> bool:
    listed = router["local_parts"]
    if listed is None:
        return True
    whole = address.caseful
    end = len(whole.text) - len(address.suffix.text)
    part = whole._replace(text=whole.text[len(address.prefix.text) : end])
    cache = None if address.prefix.text or address.suffix.text else desk.cache
    if router["caseful_local_part"]:
        listed, cache = f"+caseful : {listed}", None
    found = await _listed(
        desk,
        router,
        "local_parts",
        match_local_part(desk.context, part, Text(listed), expand=True, cache=cache),
    )
    desk.context.variables["local_part_data"] = _value(found)
    return found.matched


def _value(found: Match) -> Text:
    return (found.value or EMPTY) if found.matched else EMPTY


def _local_user(desk: Desk, router: Block, address: Address) -> Person | None:
    person = desk.configuration.people.user(address.local_part.text)
    question = f"is {address.local_part.text} a user here?"
    if person is None:
        desk.note(router, question, "no", "/etc/passwd has no such line", "check_local_user")
        return None
    desk.note(router, question, "yes", f"uid {person.uid}", "check_local_user")
    known = desk.context.variables
    known["local_part_data"] = Text(person.name)
    known["home"] = Text(person.home)
    known["local_user_uid"], known["local_user_gid"] = Text(str(person.uid)), Text(str(person.gid))
    return person


async def _home(desk: Desk, router: Block) -> None:
    given = router["router_home_directory"]
    if given is None:
        return
    told = await desk.expanded(
        given, lambda said: f'failed to expand "{given}" for router_home_directory: {said}'
    )
    if told is not None:
        desk.context.variables["home"] = told


async def _from_senders(desk: Desk, router: Block) -> bool:
    if router["senders"] is None:
        return True
    sender = desk.context.variables.get("sender_address", EMPTY)
    found = await _listed(
        desk,
        router,
        "senders",
        match_address(desk.context, sender, Text(router["senders"]), expand=True),
    )
    desk.context.variables["sender_data"] = _value(found)
    return found.matched


async def _listed(desk: Desk, router: Block, option: str, asked: object) -> Match:
    """What a list says."""
    searches = desk.context.searches
    try:
        found: Match = await asked  # type: ignore[misc]
    except Deferred as later:
        if later.help:
            desk.log(later.help, "MAIN PANIC")
        said = getattr(searches, "complaint", None)
        text = f"{option} check lookup or other defer"
        raise Settled(Defer(f"{text}: {said}" if said else text, later.message)) from None
    answer = "yes" if found.matched else "no"
    desk.note(router, QUESTIONS[option], answer, found.why, option)
    return found


QUESTIONS = {
    "domains": "is the domain in `domains`?",
    "local_parts": "is the local part in `local_parts`?",
    "senders": "is the sender in `senders`?",
}


async def _condition(desk: Desk, router: Block) -> bool:
    given = router["condition"]
    if given is None:
        return True
    try:
        told = (await desk.expand(given)).text
    except ExpansionFailed as failed:
        why = f"it has no value: {failed.message}"
        if not failed.forced:
            words = f'failed to expand condition "{given}" for {router.name} router'
            desk.log(f"{words}: {failed.message}", "MAIN PANIC")
        holds = False
    except Deferred as later:
        raise Settled(Defer("condition check lookup defer", later.message)) from None
    else:
        holds, why = truth(told), f'it comes to "{told}"'
    desk.note(router, "does `condition` hold?", "yes" if holds else "no", why, "condition")
    return holds


def truth(text: str) -> bool:
    """What counts as true in an option.

    >>> [truth(text) for text in ("yes", "", "0", "No", "false", "x")]
    [True, False, False, False, False, True]
    """
    return text not in ("", "0") and text.lower() not in ("no", "false")
