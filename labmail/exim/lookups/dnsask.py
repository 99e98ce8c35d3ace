r"""Asking the DNS as Exim does: aliases followed, strange names refused, parents asked in turn.

    ask         one kind of record of one name
    ask_zone    the same, of the name or of the nearest parent that has any (SOA, ZNS)
    ask_csa     the record by which a host or its domain vouches for an SMTP client

Law: Exim specification, §9.12 (zns, csa), §44.52 (client SMTP authorization), and chapter 14,
`dns_check_names_pattern`, `dns_csa_search_limit`, `dns_again_means_nonexist`.
"""

from __future__ import annotations

from typing import NamedTuple

from labmail.exim.errors import Deferred
from labmail.exim.lookups.names import NameAnswer
from labmail.exim.lookups.table import World

NAME = r"(?i)^(?>(?(1)\.|())[^\W](?>[a-z0-9/_-]*[^\W])?)+(\.?)$"
"""What a name looks like, where `dns_check_names_pattern` says nothing else."""

_LONGEST_LABEL, _LONGEST_NAME = 63, 253
_MISSING = ("nxdomain", "nodata")
_LEVELS, _REVERSE_LEVELS = 5, 3
_CHUNK = 8
"""How many characters of a reverse IPv6 name stand for 16 bits."""


class Patience(NamedTuple):
    """Seconds to wait for a server, and how often to ask; None: as the configuration says."""

    wait: float | None = None
    rounds: int | None = None


PATIENCE = Patience()


async def ask(world: World, name: str, rdtype: str, patience: Patience = PATIENCE) -> NameAnswer:
    """The records of one kind. An alias leads on; one that leads in a circle is a failure."""
    if world.names is None:
        return NameAnswer("again")
    if not asks_for(world, name, rdtype):
        return NameAnswer("nxdomain")
    asked, loops = name, world.setting("dns_cname_loops")
    for _ in range(2 if loops is None else int(loops) + 1):
        if not _fits(name):
            return NameAnswer("fail")
        answer: NameAnswer = await world.names.query(name, rdtype, **_patience(world, patience))
        if answer.status == "again" and await _forgiven(world, name):
            return answer._replace(status="nxdomain")
        alias = answer.of("CNAME")
        if answer.status != "ok" or answer.of(rdtype):
            return answer
        if not alias:
            return answer._replace(status="nodata")
        name = text_of(alias[-1].rdata.target)
    if world.log is not None:
        world.log(f"CNAME loop for {asked} encountered")
    return NameAnswer("fail")


async def ask_zone(
    world: World, name: str, rdtype: str, patience: Patience = PATIENCE
) -> NameAnswer:
    """The records of the name or of the nearest parent that has any; the root is never asked."""
    while True:
        answer = await ask(world, name, rdtype, patience)
        _, dot, name = name.partition(".")
        if answer.status not in _MISSING or not dot:
            return answer


async def ask_csa(world: World, name: str, patience: Patience = PATIENCE) -> tuple[NameAnswer, str]:
    """The SRV records that authorize a client, and the name that they were found for.

    If the name has none (but exists), its parents are asked from the top: one of them may say that
    all names below it must have one.
    """
    answer = await ask(world, f"_client._smtp.{name}", "SRV", patience)
    if answer.status != "nodata":
        return answer, name
    for parent in _parents(name, int(world.setting("dns_csa_search_limit") or _LEVELS)):
        answer = await ask(world, f"_client._smtp.{parent}", "SRV", patience)
        if answer.status == "again" or any(_for_subdomains(record) for record in answer.of("SRV")):
            return answer, parent
    return NameAnswer("nxdomain"), name


async def _forgiven(world: World, name: str) -> bool:
    """Does `dns_again_means_nonexist` name it? What the list itself asks of the DNS is not; nobody
    is in a list that cannot be read."""
    listed, in_domains = world.setting("dns_again_means_nonexist"), world.in_domains
    if not listed or in_domains is None:
        return False
    world.in_domains = None
    try:
        return await in_domains(name, listed)
    except Deferred:
        return False
    finally:
        world.in_domains = in_domains


def _patience(world: World, patience: Patience) -> dict[str, float]:
    """What a resolver is told about waiting; nothing where nobody has said anything."""
    wait = patience.wait or float(world.setting("dns_retrans") or 0)
    rounds = patience.rounds or int(world.setting("dns_retry") or 0)
    told = {"wait": wait, "rounds": rounds}
    return {word: number for word, number in told.items() if number}


def _parents(name: str, levels: int) -> list[str]:
    """The domains above a name, the highest first, without the top ones that belong to nobody."""
    lower = name.lower()
    if lower.endswith(".ip6.arpa"):
        nibbles, top = name[: -len(".ip6.arpa")], name[-len("ip6.arpa") :]
        chunks = range(len(nibbles) - _CHUNK, 0, -_CHUNK)
        return [f"{nibbles[at + 1 :]}.{top}" for at in chunks][:_REVERSE_LEVELS]
    labels = name.split(".")
    top_labels = 1
    if lower.endswith(".in-addr.arpa"):
        top_labels, levels = 2, _REVERSE_LEVELS
    return [".".join(labels[at:]) for at in range(len(labels) - top_labels - 1, 0, -1)][:levels]


def _for_subdomains(record: object) -> bool:
    """Does it say something about the names below? Version 1, and the lowest bit of the port."""
    rdata = record.rdata  # type: ignore[attr-defined]
    return bool(rdata.priority == 1 and rdata.port & 1)


def _fits(name: str) -> bool:
    """Can the name be sent in a question? (RFC 1035 §2.3.4)"""
    labels = name.removesuffix(".").split(".")
    return len(name) <= _LONGEST_NAME and all(1 <= len(one) <= _LONGEST_LABEL for one in labels)


def asks_for(world: World, name: str, rdtype: str) -> bool:
    """Does it look like a name that may be asked for? Not asked of texts and reverse names."""
    pattern = world.setting("dns_check_names_pattern")
    if pattern is None:
        pattern = NAME
    if rdtype in ("PTR", "TXT") or not pattern:
        return True
    from labmail.exim.regex import compile

    return compile(pattern).search(name) is not None


def text_of(name: object) -> str:
    """A name of dnspython's without its final dot; the root is nothing."""
    text: str = name.to_text(omit_final_dot=True)  # type: ignore[attr-defined]
    return "" if text == "." else text
