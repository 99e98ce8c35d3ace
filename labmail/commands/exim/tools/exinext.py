"""``exinext``: what the hints know of a host or an address.

    $ exinext bob@ask.com
    Transport: mail.ask.com [128.10.30.2] error 110: Connection timed out
      first failed: 02-Mar-2026 09:02:07
      last tried:   02-Mar-2026 09:19:14
      next try at:  02-Mar-2026 09:34:14

An address is routed, to see which hosts would be tried; then whatever is remembered of these hosts,
and of the address itself, is told. A name, or an IP address, finds what is remembered of it.

Law: Exim specification, §53.9 (exinext).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labmail.exim.routing import DELIVERY
from labmail.mta.recipient import Recipient
from labmail.mta.routing.planning import route_all

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.retry.retry import Attempt

KINDS = {"T": "Transport", "R": "Route"}


async def exinext(mta: Mta, words: Sequence[str]) -> Said:
    """What the program says for these addresses or names."""
    if not words:
        return Said(1, err="exinext: expected an address, a domain, or a host\n")
    return Said(out="".join([await _about(mta, word) for word in words]))


async def _about(mta: Mta, asked: str) -> str:
    hosts = await _hosts(mta, asked)
    bare = not hosts and "@" not in asked and "." not in asked
    wanted = [*hosts, *([f"{asked}@{mta.orders.qualify_domain}"] if bare else []), asked]
    said = [_told(key, attempt) for key, attempt in mta.hints if _speaks(key, wanted)]
    head = [] if hosts or bare else [f"No remote hosts found for {asked}\n"]
    return "".join([*head, *(said or [f"No retry data found for {asked}\n"])])


async def _hosts(mta: Mta, asked: str) -> list[str]:
    """The hosts that mail for an address, or for anybody in a domain, would go to."""
    address = asked if "@" in asked else f"postmaster@{asked}"
    guide = mta.office.guide_for_asking(purpose=DELIVERY)
    plan = await route_all([Recipient(address)], guide)
    return [host.name for routing in plan.ends for host in routing.hosts]


def _speaks(key: str, wanted: Sequence[str]) -> bool:
    """Whether a hint is about one of these: ``T:mail.ask.com:128.10.30.2``, ``T:bob@ask.com``."""
    _, _, about = key.partition(":")
    return any(each.lower() in _names(about) for each in wanted)


def _names(about: str) -> Iterator[str]:
    """By what names somebody may ask for it."""
    about = about.lower()
    yield about
    if "@" in about:
        yield about.rpartition("@")[2]
    else:
        host, _, address = about.partition(":")
        yield host
        yield from (address, address.rpartition(":")[0])


def _told(key: str, attempt: Attempt) -> str:
    kind, _, about = key.partition(":")
    problem = attempt.problem or "unknown"
    lines = [
        f"{KINDS.get(kind, kind)}: {_place(about)} error {attempt.errno}: {problem}",
        f"  first failed: {_moment(attempt.first_failed)}",
        f"  last tried:   {_moment(attempt.last_try)}",
        f"  next try at:  {_moment(attempt.next_try)}",
        *(["  past final cutoff time"] if attempt.expired else []),
    ]
    return "".join(f"{line}\n" for line in lines)


def _place(about: str) -> str:
    """A host with its address in brackets, and its port where that is not 25."""
    if "@" in about:
        return about
    host, _, address = about.partition(":")
    address, colon, port = address.partition(":") if address.count(":") < 2 else (address, "", "")
    return f"{host} [{address}]{colon}{port}" if address else host


def _moment(posix: float) -> str:
    return f"{datetime.fromtimestamp(posix, UTC):%d-%b-%Y %H:%M:%S}"
