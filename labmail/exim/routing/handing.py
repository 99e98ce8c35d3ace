"""What a router hands on with an address: a transport, header lines, where bounces go.

Law: Exim specification, chapter 15 (transport, headers_add, headers_remove, errors_to).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import EMPTY, Text

from .outcome import Defer, Settled

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .address import Address
    from .desk import Desk

LOCAL = frozenset({"appendfile", "autoreply", "lmtp", "pipe"})
"""Transports that deliver on this host, under a user's name."""


def is_local(transport: Block) -> bool:
    return transport.driver in LOCAL


async def find_transport(
    desk: Desk, router: Block, option: str = "transport", missing: str = ""
) -> Block | None:
    """The transport that an option names. Settles the matter where there is none of that name.

    ``missing`` says what is wrong where the option is not set; without it, that is all right.
    """
    named = router[option]
    if named is None:
        if missing:
            raise Settled(Defer(f"{missing} unset in {router.name} router"))
        return None
    name = named
    if "$" in named:
        try:
            told = await desk.expand(named)
        except (ExpansionFailed, Deferred) as failed:
            said = f'failed to expand transport "{named}" in {router.name} router: {failed.message}'
            raise Settled(Defer(said, failed.help)) from None
        if told.tainted:
            words = f"attempt to use tainted value '{told.text}' from '{named}' for transport"
            desk.log(words, "MAIN PANIC")
            raise Settled(Defer("internal configuration error", words))
        name = told.text
    found = desk.transports.get(name)
    if found is None:
        raise Settled(Defer(f'transport "{name}" not found in {router.name} router'))
    return found


async def hand_on(desk: Desk, router: Block, address: Address) -> None:
    """Where bounces go, and what becomes of the header."""
    await _errors_to(desk, router, address)
    await _headers(desk, router, address)


async def _errors_to(desk: Desk, router: Block, address: Address) -> None:
    given = router["errors_to"]
    if given is None:
        return
    told = await desk.expanded(
        given, lambda said: f'{router.name} router failed to expand "{given}": {said}'
    )
    if told is None:
        return
    if told.text and not await _is_good(desk, router, told, address):
        return
    address.ignores_errors = not told.text
    address.errors_to = told.text


async def _is_good(desk: Desk, router: Block, told: Text, address: Address) -> bool:
    """Would a bounce arrive there? Asked for deliveries; when an address is verified, it is not:
    the two might ask about each other."""
    if desk.verifying:
        return True
    from .follow import follow

    context = desk.context
    before, numeric = dict(context.variables), context.numeric
    context.variables["verify_mode"] = Text("R")
    context.variables["sender_address"] = EMPTY  # as a bounce would have it
    try:
        followed = await follow(told, desk.verifier(), full=False)
    finally:
        context.variables, context.numeric = before, numeric
        desk.about = address
    desk.note(router, "would bounces arrive?", "no" if followed.code else "yes", "", "errors_to")
    return not followed.code


async def _headers(desk: Desk, router: Block, address: Address) -> None:
    for option, separator, kept in (
        ("headers_add", "\n", address.headers_add),
        ("headers_remove", ":", address.headers_remove),
    ):
        if router[option] is None:
            continue
        words = "add_headers" if option == "headers_add" else "remove_headers"
        for item in split(router[option], separator):
            failing = f'{router.name} router failed to expand {words} item "{item}": '
            told = await desk.expanded(item, failing.__add__)
            if told is not None and told.text:
                kept.append(told.text)
