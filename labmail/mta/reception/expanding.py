"""Expanding: what EXPN is told, where the administrator allows it.

A list is asked for by its name, and answered with its members as the routers know them::

    C: EXPN team
    S: 250-2.1.5 <bob@ask.com>
    S: 250 2.1.5 <carol@ask.com>

That tells a stranger who is there, so hardly anybody allows it (RFC 5321 §7.3).

Law: RFC 5321 §3.5. Try: ``Settings(expn_hosts="128.10.12.0/24")``.
"""

from __future__ import annotations

from labmail.exim.routing.outcome import Accept
from labmail.smtp import PathError, Reply, parse_path

from ..office import Office
from ..recipient import Recipient
from ..routing.planning import route_all
from ..routing.routing import UNROUTEABLE


async def expand(office: Office, text: str) -> Reply:
    """Who is behind ``text``, a name or an address; only those of our own domains are told."""
    try:
        recipient = Recipient(_address(text, office.orders.qualify_domain))
    except PathError as problem:
        return Reply(501, str(problem), "5.1.3")
    if not await office.orders.in_domains("+local_domains", recipient.domain):
        return Reply(550, f"{recipient.domain} is not one of our domains", "5.1.2")
    plan = await route_all([recipient], office.guide_for_asking())
    members = [end.recipient.address for end in plan.ends if isinstance(end.answer, Accept)]
    if not members:
        return Reply(550, UNROUTEABLE, "5.1.1")
    return Reply(250, "\n".join(f"<{member}>" for member in dict.fromkeys(members)), "2.1.5")


def _address(text: str, home: str) -> str:
    """The address that is asked about: in brackets or not, with a domain or without."""
    inner = text.removeprefix("<").removesuffix(">")
    path, rest = parse_path(f"<{inner}>" if "@" in inner else f"<{inner}@{home}>")
    if rest:
        raise PathError(text, len(text) - len(rest), "the end")
    return path.address
