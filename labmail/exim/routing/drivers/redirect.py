"""redirect: the address becomes others, files, programs, or nothing, as a list says.

    data = ${lookup{$local_part}lsearch{/etc/aliases}}
    file = $home/.forward

The list may be a user's, so its options say what it may ask for. It may be a filter: a program of
its own, which decides by the letter.

Law: Exim specification, chapter 22.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.text import Text

from ..address import Address
from ..handing import find_transport, hand_on
from ..outcome import Children, Decline, Defer, Discard, Fail, Outcome, Settled
from ..people import identity
from ..qualifying import recipient_domain, rewritten
from ..redirection.reading import Broken, Item, Permits, Reading, Spoken, leniency
from ..redirection.source import Source, filter_kind

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..desk import Desk
    from ..people import Identity

CODE = re.compile(r"[245]\d\d(?:\s+[245]\.\d{1,3}\.\d{1,3})?(?:\s+|$)")


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    await hand_on(desk, router, address)
    who = await identity(desk, router, person)
    home_domain = await _home_domain(desk, router, address)
    source = Source(desk, router, who, person)
    listed = await source.text()
    kind = filter_kind(listed.text)
    if kind is not None:
        from ..redirection.filtering import filtered

        return await filtered(desk, router, address, listed, kind, who)
    reading = Reading(permits(desk, router), desk.context.files, source.open)
    try:
        items = reading.read(listed)
    except Broken as broken:
        part = "file" if router["file"] is not None else "data"
        return Defer(f"error in redirect {part}: {broken}")
    except Spoken as spoken:
        return await _spoken(desk, router, address, spoken, home_domain)
    for complaint in reading.skipped:
        desk.log(f"{router.name} router: skipped error: {complaint}", "MAIN")
    if not items:
        if reading.skipped:
            return Decline("syntax error in redirection data")
        return Decline("its list is empty")
    children = [await child(desk, router, address, item, home_domain, who) for item in items]
    return Children(children, f"its list names {', '.join(item.text.text for item in items)}")


def permits(desk: Desk, router: Block) -> Permits:
    """What the router's options let a list ask for."""
    return Permits(
        fail=router["allow_fail"],
        defer=router["allow_defer"],
        blackhole=not router["forbid_blackhole"],
        include=not router["forbid_include"],
        directory=router["include_directory"],
        skip_errors=router["skip_syntax_errors"],
        lenient=leniency(desk.context.settings),
    )


async def _home_domain(desk: Desk, router: Block, address: Address) -> str:
    """The domain of items that have none."""
    if router["qualify_preserve_domain"]:
        return address.domain.text
    given = router["qualify_domain"]
    if given is None:
        return recipient_domain(desk)
    told = await desk.expanded(given, lambda said: f'failed to expand "{given}": {said}')
    if told is None:
        raise Settled(Defer(f'failed to expand "{given}": it was forced to fail'))
    return told.text


async def _spoken(
    desk: Desk, router: Block, address: Address, spoken: Spoken, home_domain: str
) -> Outcome:
    """The list says what becomes of the address as a whole."""
    if spoken.word == "blackhole":
        return Discard("its list says :blackhole:")
    text = spoken.text
    if router["forbid_smtp_code"]:
        text = CODE.sub("", text, count=1)
    if spoken.word == "defer":
        return Defer(text, "its list says :defer:")
    who = await identity(desk, router)
    children = [await child(desk, router, address, item, home_domain, who) for item in spoken.items]
    return Fail(text, "its list says :fail:", children)


async def child(
    desk: Desk, router: Block, address: Address, item: Item, home_domain: str, who: Identity
) -> Address:
    """What an item of the list turns into."""
    if item.made:
        return await made(desk, router, address, item.text, who)
    text = item.text
    if item.at_home:
        text = text._replace(text=f"{text.text}@{address.text.text.rpartition('@')[2]}")
    else:
        if not item.qualified:
            text = text._replace(text=f"{text.text}@{home_domain}")
        if router["rewrite"]:
            text = await rewritten(desk, text)
    if router["check_ancestor"] and _among_ancestors(text, address):
        text = address.text
    new = address.child(text)
    new.start = next(
        (other for other in desk.configuration.routers if other.name == router["redirect_router"]),
        None,
    )
    new.one_time = router["one_time"]
    return new


def _among_ancestors(text: Text, address: Address) -> bool:
    for older in (address, *address.ancestors):
        caseful = older.router is not None and older.router["caseful_local_part"]
        one, other = text.text, older.text.text
        if one == other or (not caseful and one.lower() == other.lower()):
            return True
    return False


TRANSPORTS = {"|": "pipe_transport", ">": "reply_transport"}


async def made(desk: Desk, router: Block, address: Address, text: Text, who: Identity) -> Address:
    """A file, a program or an answer, with the transport for it."""
    new = address.child(text, made=True)
    new.router, new.user = router, who
    option = TRANSPORTS.get(text.text[:1])
    if option is None:
        option = "directory_transport" if text.text.endswith("/") else "file_transport"
    forbidden = {
        "pipe_transport": "forbid_pipe",
        "reply_transport": "forbid_filter_reply",
    }.get(option, "forbid_file")
    new.permitted = not router[forbidden]
    known = desk.context.variables
    place = "address_pipe" if option == "pipe_transport" else "address_file"
    known[place] = text
    try:
        new.transport = await find_transport(desk, router, option, option)
    except Settled as settled:
        new.message = getattr(settled.outcome, "text", "")
    finally:
        known.pop(place, None)
    return new
