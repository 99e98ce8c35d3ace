"""`self`: the way leads back to this host. Sending it on would make a circle, so what now?

    freeze    keep it until somebody has looked          defer     keep it, try again later
    fail      it cannot be delivered                     pass      ask the next router
    send      send it all the same                       reroute:  it is for another domain

Law: Exim specification, chapter 15 (self).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.config.split import SPACE

from .outcome import Defer, Fail, Outcome, Pass, Rerouted

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .address import Address
    from .desk import Desk
    from .host import Host


async def at_this_host(desk: Desk, router: Block, address: Address, host: Host) -> Outcome | None:
    """What `self` says. None: send it."""
    text = "remote host address is the local host"
    if host.mx is not None:
        text = "lowest numbered MX record points to local host"
    address.message = text
    wish = router["self"]
    desk.note(router, "what if the way leads back to this host?", wish, text, "self")
    if wish == "send":
        return None
    if wish == "pass":
        address.self_hostname = host.name
        return Pass(text)
    if wish == "fail":
        return Fail(text, "self = fail")
    if wish == "defer":
        return Defer(text, "self = defer")
    if wish.startswith("reroute:"):
        domain = wish.removeprefix("reroute:").lstrip(SPACE)
        domain = domain.removeprefix("rewrite:").lstrip(SPACE)
        return Rerouted(with_domain(address, domain), text)
    told = f"{address.domain.text} (while routing <{address.text.text}>)"
    desk.log(f"{text}: {told}", "MAIN")
    return Defer(text, "self = freeze", freeze=True)


def with_domain(address: Address, domain: str) -> Address:
    """The same local part in another domain: a child of the address."""
    local = address.text.text.rpartition("@")[0]
    return address.child(address.text.like(f"{local}@{domain}"))
