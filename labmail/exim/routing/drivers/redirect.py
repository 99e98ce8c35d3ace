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

from ..handing import hand_on
from ..making import child, home_domain, qualifying
from ..outcome import Children, Decline, Defer, Discard, Fail, Outcome
from ..people import identity
from ..redirection.reading import Broken, Permits, Reading, Spoken, leniency
from ..redirection.source import Source, filter_kind

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk

CODE = r"[245]\d\d(?:\s+[245]\.\d{1,3}\.\d{1,3})?(?:\s+|$)"


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    who = await identity(desk, router, person)
    source = Source(desk, router, who, person)
    with qualifying(desk, await home_domain(desk, router, address)):
        listed = await source.text()
    if listed is None:
        address.message = None
        return Decline(source.missing)
    kind = filter_kind(listed.text)
    if kind is not None:
        from ..redirection.filtering import filtered

        address.message = None  # a filter knows of nothing before
        return await filtered(desk, router, address, listed, kind, who)
    reading = Reading(permits(desk, router), desk.context.files, source.open)
    try:
        items = reading.read(listed)
    except Broken as broken:
        part = "file" if router["file"] is not None else "data"
        return Defer(f"error in redirect {part}: {broken}")
    except Spoken as spoken:
        if spoken.word != "blackhole" or not reading.skipped:
            return await _spoken(desk, router, address, spoken)
        items = []
    for complaint in reading.skipped:
        desk.log(f"{router.name} router: skipped error: {complaint}", "MAIN")
    if reading.blank:
        address.message = None
    if not items:
        if reading.skipped:
            address.message = "syntax error in redirection data"
            return Decline(address.message)
        return Decline(desk.context.searches.missed or "its list is empty")
    await hand_on(desk, router, address)
    children = [await child(desk, router, address, item, who) for item in items]
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


async def _spoken(desk: Desk, router: Block, address: Address, spoken: Spoken) -> Outcome:
    """The list says what becomes of the address as a whole."""
    if spoken.word == "blackhole":
        return Discard("its list says :blackhole:")
    text = spoken.text
    if router["forbid_smtp_code"]:
        text = re.sub(f"^{CODE}", "", text, count=1)
    if spoken.word == "defer":
        return Defer(text, "its list says :defer:")
    who = await identity(desk, router)
    children = [await child(desk, router, address, item, who) for item in spoken.items]
    return Fail(text, "its list says :fail:", children)
