"""What items of a list turn into: other addresses, files, programs, answers.

Law: Exim specification, §22.6, §22.8 (check_ancestor, repeat_use, one_time).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from labmail.exim.filters.changing import Overlaid
from labmail.exim.text import Text

from .handing import find_transport
from .outcome import Defer, Settled
from .qualifying import recipient_domain, rewritten

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .address import Address
    from .desk import Desk
    from .people import Identity
    from .redirection.reading import Item

TRANSPORTS = {"|": "pipe_transport", ">": "reply_transport"}
FORBIDDEN = {"pipe_transport": "forbid_pipe", "reply_transport": "forbid_filter_reply"}


async def child(
    desk: Desk, router: Block, address: Address, item: Item, who: Identity | None
) -> Address:
    """What an item turns into."""
    if item.made:
        return await made(desk, router, address, item.text, who)
    text = item.text
    if item.at_home:
        text += Text("@") + address.domain
    else:
        if not item.qualified:
            text += Text("@") + await home_domain(desk, router, address)
        if said(router, "rewrite", True):
            text = await rewritten(desk, text)
    named = text.text
    if said(router, "check_ancestor", False) and _among_ancestors(text, address):
        text = address.text
    new = address.child(text)
    new.unique = named
    name = router["redirect_router"]
    new.start = next((one for one in desk.configuration.routers if one.name == name), None)
    new.one_time = said(router, "one_time", False)
    return new


async def home_domain(desk: Desk, router: Block, address: Address) -> Text:
    """The domain of items that have none."""
    if said(router, "qualify_preserve_domain", False):
        return address.domain
    given = router["qualify_domain"] if "qualify_domain" in router.options else None
    if given is None:
        return Text(recipient_domain(desk))
    told = await desk.expanded(given, lambda said: f'failed to expand "{given}": {said}')
    if told is None:
        raise Settled(Defer(f'failed to expand "{given}": it was forced to fail'))
    return told


@contextmanager
def qualifying(desk: Desk, home: Text) -> Iterator[None]:
    """While a list is read and a filter runs, $qualify_recipient is the domain of bare names."""
    before = desk.context.settings
    desk.context.settings = Overlaid(before, {"qualify_recipient": home.text})
    try:
        yield
    finally:
        desk.context.settings = before


def said(router: Block, option: str, otherwise: bool) -> bool:
    """A switch that only redirect has: other drivers make addresses, too."""
    return bool(router[option]) if option in router.options else otherwise


def _among_ancestors(text: Text, address: Address) -> bool:
    for older in (address, *address.ancestors):
        caseful = older.router is not None and older.router["caseful_local_part"]
        one, other = text.text, older.text.text
        if one == other or (not caseful and one.lower() == other.lower()):
            return True
    return False


async def made(
    desk: Desk,
    router: Block,
    address: Address,
    text: Text,
    who: Identity | None,
    *,
    kind: str = "",
) -> Address:
    """A file, a program or an answer, with the transport for it."""
    new = address.child(text, made=True)
    new.router, new.user, new.data = router, who, desk.found()
    new.home = new.data["home"].text if "home" in new.data else None
    option = TRANSPORTS.get(kind or text.text[:1])
    if option is None:
        option = "directory_transport" if text.text.endswith("/") else "file_transport"
    if option not in router.options:
        new.permitted = False
        return new
    new.permitted = not router[FORBIDDEN.get(option, "forbid_file")]
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
