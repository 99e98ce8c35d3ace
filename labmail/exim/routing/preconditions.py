"""Whether a router is asked at all. One question after the other; the first "no" ends it.

    what for        verify_only, address_test, verify_sender, verify_recipient
    where to        domains, local_parts, check_local_user
    from whom       senders
    and besides     require_files, condition

The order is Exim's, and it matters: `senders` may speak of $home, since the user has been found by
then, and nothing that costs much is asked before something cheap has said no. What a list's last
item stood for is in $0, $1 … for all that comes after it, also for a user's filter.

Law: Exim specification, §3.12 (router preconditions), chapter 15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.lists import match_address, match_domain, match_local_part
from labmail.exim.text import EMPTY, Text

from .desk import DELIVERY, RECIPIENT, SENDER
from .outcome import Defer, Settled
from .steps import UNTOLD

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person
    from labmail.exim.expansion.lists import Match

    from .address import Address
    from .desk import Desk


class Stands:
    """The answer: is the router asked? ``person`` is the local user, where one was looked for."""

    __slots__ = ("asked", "person")

    def __init__(self) -> None:
        self.asked = True
        self.person: Person | None = None


async def stands(
    desk: Desk, router: Block, address: Address, *, to_the_end: bool = False
) -> Stands:
    """Do all preconditions hold? Settles the matter where that cannot be found out.

    ``to_the_end``: ask the rest as well after a "no", for whoever wants to know all that is in the
    way. Exim does not.
    """
    known = desk.context.variables
    for name in ("home", "domain_data", "local_part_data", "sender_data"):
        known[name] = EMPTY
    standing = Stands()
    for option, question in QUESTIONS:
        if option and router[option] in UNASKED:
            continue
        if not await question(desk, router, address, standing):
            standing.asked = False
            if not to_the_end:
                break
    return standing


async def _wanted(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    """Is it made for this purpose?"""
    asked = [PURPOSES[desk.purpose]]
    if desk.testing:
        asked.append(("address_test", True, "also in a test?"))
    for option, wanted, question in asked:
        if bool(router[option]) is not wanted:
            desk.note(router, question, "no" if wanted else "yes", "so it stands aside", option)
            return False
    return True


PURPOSES = {
    DELIVERY: ("verify_only", False, "only for verifying?"),
    SENDER: ("verify_sender", True, "also when a sender is verified?"),
    RECIPIENT: ("verify_recipient", True, "also when a recipient is verified?"),
}
"""What an address is routed for: the option that says of a router whether it is for that."""


async def _in_domains(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    domain, listed = address.domain, Text(router["domains"])
    asked = match_domain(desk.context, domain, listed, expand=True, cache=desk.cache)
    found = await _listed(desk, router, "domains", asked, domain.text)
    desk.context.variables["domain_data"] = _value(found)
    return found.matched


async def _in_local_parts(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    listed, whole = router["local_parts"], address.caseful
    end = len(whole.text) - len(address.suffix.text)
    part = whole.like(whole.text[len(address.prefix.text) : end])
    cache = None if address.prefix.text or address.suffix.text else desk.cache
    if router["caseful_local_part"]:
        listed, cache = f"+caseful : {listed}", None
    asked = match_local_part(desk.context, part, Text(listed), expand=True, cache=cache)
    found = await _listed(desk, router, "local_parts", asked, part.text)
    desk.context.variables["local_part_data"] = _value(found)
    return found.matched


def _value(found: Match) -> Text:
    return (found.value or EMPTY) if found.matched else EMPTY


async def _local_user(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    name = address.local_part.text
    person = standing.person = desk.configuration.people.user(name)
    question = f"is {name} a user here?"
    if person is None:
        why = "/etc/passwd has no such line"
        desk.note(router, question, "no", why, "check_local_user", about=name)
        return False
    desk.note(router, question, "yes", f"uid {person.uid}", "check_local_user", about=name)
    known = desk.context.variables
    known["local_part_data"] = Text(person.name)
    known["home"] = Text(person.home)
    known["local_user_uid"], known["local_user_gid"] = Text(str(person.uid)), Text(str(person.gid))
    return True


async def _home(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    """`router_home_directory`: no question, but what comes after it may speak of $home."""
    given = router["router_home_directory"]
    told = await desk.expanded(
        given, lambda said: f'failed to expand "{given}" for router_home_directory: {said}'
    )
    if told is not None:
        desk.context.variables["home"] = told
    return True


async def _from_senders(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    sender = desk.context.variables.get("sender_address", EMPTY)
    asked = match_address(desk.context, sender, Text(router["senders"]), expand=True)
    found = await _listed(desk, router, "senders", asked, sender.text)
    desk.context.variables["sender_data"] = _value(found)
    return found.matched


async def _aloud(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    """`debug_print`: no question either. It is said here, where $home is known."""
    given = router["debug_print"]
    if desk.aloud:
        try:
            desk.log((await desk.expand(given)).text.removesuffix("\n"), "")
        except (Deferred, ExpansionFailed) as failed:
            desk.log(f'failed to expand debug_output "{given}": {failed.message}', "")
    return True


async def _files(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    from .files import required_files

    try:
        return await required_files(desk, router)
    except Settled as settled:
        said = getattr(settled.outcome, "text", "")
        desk.note(router, "are these files there?", UNTOLD, said, "require_files")
        raise


async def _listed(desk: Desk, router: Block, option: str, asked: object, subject: str) -> Match:
    """What a list says."""
    question = f"is the {WHO[option]} in `{option}`?"
    try:
        found: Match = await asked  # type: ignore[misc]
    except Deferred as later:
        if later.help:
            desk.log(later.help, "MAIN PANIC")
        text = f"{option} check lookup or other defer"
        desk.note(router, question, UNTOLD, later.help or later.message, option)
        raise Settled(Defer(text, later.message)) from None
    found.leave_numbers(desk.context)
    answer = "yes" if found.matched else "no"
    desk.note(router, question, answer, found.why, option, about=(subject, found))
    return found


WHO = {"domains": "domain", "local_parts": "local part", "senders": "sender"}


async def _condition(desk: Desk, router: Block, address: Address, standing: Stands) -> bool:
    given, question = router["condition"], "does `condition` hold?"
    about = await desk.reasons(given)
    try:
        told = (await desk.expand(given)).text
    except ExpansionFailed as failed:
        why = f"it has no value: {failed.message}"
        if not failed.forced:
            words = f'failed to expand condition "{given}" for {router.name} router'
            desk.log(f"{words}: {failed.message}", "MAIN PANIC")
        holds = False
    except Deferred as later:
        desk.note(router, question, UNTOLD, later.message, "condition")
        raise Settled(Defer("condition check lookup defer", later.message)) from None
    else:
        holds, why = truth(told), f'it comes to "{told}"'
    answer = "yes" if holds else "no"
    desk.note(router, question, answer, why, "condition", about=about)
    return holds


QUESTIONS = (
    ("", _wanted),
    ("domains", _in_domains),
    ("local_parts", _in_local_parts),
    ("check_local_user", _local_user),
    ("router_home_directory", _home),
    ("senders", _from_senders),
    ("debug_print", _aloud),
    ("require_files", _files),
    ("condition", _condition),
)
"""In Exim's order, each with the option without which it is not asked."""
UNASKED = (None, False)
"""What an option is that nobody has set."""


def truth(text: str) -> bool:
    """What counts as true in an option.

    >>> [truth(text) for text in ("yes", "", "0", "No", "false", "x")]
    [True, False, False, False, False, True]
    """
    return text not in ("", "0") and text.lower() not in ("no", "false")
