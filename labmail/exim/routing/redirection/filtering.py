"""A list that is a filter: a small program of the user's, which decides by the letter.

What the filter comes to (its deeds) turns into addresses, files, programs and answers. If none of
its deeds is significant, the letter goes on as if there were no filter, beside what it set up.

Law: Exim specification, §22.4 (allow_filter); "Exim's interfaces to mail filtering".
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.operators.quoting import printing
from labmail.exim.filters import Allowed, Letter, run_filter
from labmail.exim.filters.deeds import Deed, Deliver, Pipe, Reply, Save
from labmail.exim.filters.outcome import Outcome as Came
from labmail.exim.text import Text

from ..address import Address
from ..handing import hand_on
from ..making import child, home_domain, made, qualifying
from ..outcome import Children, Decline, Defer, Fail, Outcome
from ..rights import seen_by
from .reading import Item

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from ..desk import Desk
    from ..people import Identity

NAMES = {"exim": "Exim", "sieve": "Sieve"}


async def filtered(
    desk: Desk, router: Block, address: Address, listed: Text, kind: str, who: Identity
) -> Outcome:
    """What the filter makes of the address."""
    part = "file" if router["file"] is not None else "data"
    wrong = _forbidden(router, kind)
    if wrong:
        return _mistaken(desk, router, address, wrong, part)
    own = (address.text.text,)
    allowed = Allowed.by_router(router, asking=desk.testing or desk.verifying)
    if kind == "sieve":
        return await _sieve(desk, router, address, listed, who)
    home = await home_domain(desk, router, address)
    with seen_by(desk.context, who), qualifying(desk, home):
        came = await run_filter(listed.text, desk.context, Letter(own), allowed)
    if came.error:
        return _mistaken(desk, router, address, came.error, part, came.help)
    await hand_on(desk, router, address)
    children = await _children(desk, router, address, came, who)
    if came.forced is not None:
        return _forced(came.forced.verb, printing(came.forced.text), children)
    if came.significant:
        return Children(children, "its filter says so")
    if not children:
        return Decline("its filter does nothing with the letter")
    return Children([address.child(address.text), *children], "its filter makes copies")


def _forbidden(router: Block, kind: str) -> str:
    """Why such a filter is not run; or nothing."""
    if not router["allow_filter"]:
        return "filtering not enabled"
    if router[f"forbid_{kind}_filter"]:
        return f"{NAMES[kind]} filtering not enabled"
    return ""


async def _sieve(
    desk: Desk, router: Block, address: Address, listed: Text, who: Identity
) -> Outcome:
    """What a Sieve script makes of it: if it does not say otherwise, the letter is kept."""
    from labmail.exim.filters.sieve import run_sieve

    if (books := router["sieve_vacation_directory"]) is not None:
        part = "file" if router["file"] is not None else "data"
        told = f'error in filter {part}: failed to expand "{books}" (sieve_vacation_directory): '
        await desk.expanded(books, lambda said: told + said)
    user, detail = [await _named(desk, router[f"sieve_{name}address"]) for name in ("user", "sub")]
    letter = Letter((address.text.text,), user=user, detail=detail)
    came = run_sieve(listed.text, desk.context, letter, Allowed.by_router(router))
    desk.log(came.told().rstrip("\n"), "")
    deeds = list(came.deeds)
    if came.implicit_keep or came.error:
        deeds.append(Save("inbox"))
    await hand_on(desk, router, address)
    children = [await _child(desk, router, address, deed, who) for deed in deeds]
    return Children([one for one in children if one is not None], "its Sieve script says so")


async def _named(desk: Desk, given: str | None) -> str | ExpansionFailed | None:
    """What the router says is the user, or the detail: an error counts once a script asks."""
    try:
        return None if given is None else (await desk.expand(given)).text
    except ExpansionFailed as failed:
        return failed


def _mistaken(
    desk: Desk, router: Block, address: Address, wrong: str, part: str, help: str = ""
) -> Outcome:
    if not router["skip_syntax_errors"]:
        return Defer(f"error in filter {part}: {wrong}", help)
    desk.log(f"{router.name} router: skipped error: {wrong}", "MAIN")
    address.message = "syntax error in redirection data"
    return Decline(address.message)


def _forced(verb: str, text: str, children: list[Address]) -> Outcome:
    why = f"its filter says {verb}"
    if verb == "fail":
        return Fail(text, why, children)
    return Defer(text, why, freeze=verb == "freeze")


async def _children(
    desk: Desk, router: Block, address: Address, came: Came, who: Identity
) -> list[Address]:
    """What its deeds turn into, in their order."""
    found = []
    for deed in came.deeds:
        new = await _child(desk, router, address, deed, who)
        if new is not None:
            new.ignores_errors = deed.noerror or new.ignores_errors
            found.append(new)
    return found


async def _child(
    desk: Desk, router: Block, address: Address, deed: Deed, who: Identity
) -> Address | None:
    new = await _made(desk, router, address, deed, who)
    if new is not None:
        new.deed = deed
    return new


async def _made(
    desk: Desk, router: Block, address: Address, deed: Deed, who: Identity
) -> Address | None:
    if isinstance(deed, Deliver):
        qualified = "@" in deed.address
        item = Item(Text(deed.address), qualified=qualified)
        new = await child(desk, router, address, item, who)
        new.errors_to = deed.errors_to if deed.errors_to is not None else new.errors_to
        return new
    if isinstance(deed, Save):
        return await made(desk, router, address, Text(deed.path), who, kind="/")
    if isinstance(deed, Pipe):
        return await made(desk, router, address, Text(f"|{deed.command}"), who)
    if isinstance(deed, Reply):
        return await made(desk, router, address, Text(f">{_mailboxes(deed.to)}"), who)
    return None


def _mailboxes(to: str) -> str:
    """The addresses of a list without the names before them; those that are none are left out."""
    from labmail.exim.expansion.addresses import BadAddress, extract, pieces

    found = []
    for piece in pieces(to.replace("\n", " ")):
        with suppress(BadAddress):
            found.append(extract(piece).address)
    return ",".join(found) or "**bad-reply**"
