"""Exercises of chapter 05, *Names and MX*: mending the names of others, and moving a mail host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..lab import Lab
from . import evidence
from .claim import Claim
from .exercise import exercise
from .orchard import (
    BACKUP,
    NAMES,
    PLANTED,
    SENDER,
    SUBJECT,
    elsewhere,
    hosts_of,
    loads,
    said,
    serial_of,
    twin,
    walk,
)

if TYPE_CHECKING:
    from labmail.trace import Event

# ── 05.3: three zones ────────────────────────────────────────────────────────────────────────────

FARM_HOST = "mail.farm.test"
MEANT = {
    "farm.test": (FARM_HOST, "198.51.100.2"),
    "shop.test": ("mail.orchard.test", "198.51.100.2"),
    "club.test": ("mail.orchard.test", "198.51.100.2"),
}
"""The host to which the mail of each domain shall go first."""


@exercise(
    "05.3",
    "Find the fault: three zones",
    hints=(
        "For each domain: what does exim -bt say on mail.example.com, what does dig say there, and "
        "what does dig say if it asks ns.orchard.test itself? What is in name_problems?",
        "Compare names and dots, and whether a name leads to an address that strangers can reach. "
        "Where two servers answer differently, compare their serials: a copy is fetched only if "
        "the number is higher.",
        "Mend the record in the zone file, give the zone a serial that is higher than any that a "
        "server has, reload, and let the old answers run out: they are kept five minutes.",
    ),
)
def three_zones(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Each domain's zone is in order, both servers say the same, and a letter has come."""
    yield from elsewhere(lab, NAMES, 'Lab("names")')
    if NAMES not in lab.hosts:
        return
    with twin(lab) as town:
        for zone, meant in MEANT.items():
            yield loads(lab, town, zone)
            yield _leads(town, zone, meant)
    yield _raised(lab)
    yield _both_servers(lab)
    yield _letters_came(lab)


def _leads(town: Lab, zone: str, meant: tuple[str, str]) -> Claim:
    found = walk(town, f"rosa@{zone}")
    return Claim(
        f"whoever asks is sent to the mail host of {zone}",
        hosts_of(found)[:1] == [meant],
        f"{meant[0]} [{meant[1]}] first",
        said(found),
    )


def _raised(lab: Lab) -> Claim:
    """The zones that have been mended since the faults were planted have new serials."""
    serials = {zone: serial_of(lab, zone) for zone in MEANT}
    low = [f"{zone}: {serial or 'none'}" for zone, serial in serials.items() if serial <= PLANTED]
    return Claim(
        "every mended zone has a new serial",
        not low,
        "a higher number than before",
        ", ".join(low),
    )


def _both_servers(lab: Lab) -> Claim:
    here, there = (_answers(lab, server) for server in (NAMES, BACKUP))
    return Claim(
        "both servers of club.test say the same",
        here == there and "nothing" not in here,
        "one serial, one MX",
        f"{NAMES} says {here}, {BACKUP} says {there}",
    )


def _answers(lab: Lab, server: str) -> str:
    """What a server of club.test says itself: its serial, and the MX."""
    mx = lab.host(server).dig("club.test", "MX", server=server, recurse=False)
    return f"{serial_of(lab, 'club.test', server) or 'nothing'} ({', '.join(mx.texts)})"


def _letters_came(lab: Lab) -> Claim:
    stored = lab.trace.find("mta.Stored", host="mail.orchard.test")
    came = {event.recipient.partition("@")[2] for event in stored}
    missing = [zone for zone in MEANT if zone not in came]
    return Claim(
        "Rosa has had a letter at each of the three",
        not missing,
        "one to each domain",
        f"none for {', '.join(missing)}",
        _last_try(lab, missing),
    )


def _last_try(lab: Lab, zones: list[str]) -> Event | None:
    """The last letter that did not arrive there: put off, or given up."""
    tried = [*lab.trace.find("mta.PutOff"), *lab.trace.find("mta.GivenUp")]
    ours = [e for e in tried if e.address.partition("@")[2] in zones]
    return max(ours, key=lambda event: event.time, default=None)


# ── 05.4: a move ─────────────────────────────────────────────────────────────────────────────────

OLD, NEW, NS = "mail.ask.com", "gate.ask.com", "ns.ask.com"
BOB = "bob@ask.com"


@exercise(
    "05.4",
    "Do it: move the mail of ask.com",
    hints=(
        "What do other hosts remember of ask.com, and for how long? dig shows what is left.",
        "An answer lives in caches for as many seconds as its TTL said when it was fetched. Until "
        "then the old host must take the mail.",
        "Lower the TTL of the MX, and let the *old* time run out. Then change the MX; wait the new "
        "short time; only then close the wall. Each time a higher serial, and reload.",
    ),
)
def move(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The MX has moved, the wall is closed, and no letter on the way had to wait."""
    yield from elsewhere(lab, NEW, 'begin("05.4")')
    if NEW not in lab.hosts:
        return
    mx = lab.host(NS).dig("ask.com", "MX", server=NS)
    hosts = [text.split()[1].rstrip(".") for text in mx.texts]
    yield Claim(
        "the MX of ask.com is the gateway", hosts == [NEW], NEW, ", ".join(hosts) or str(mx)
    )
    wall = _wall(lab)
    yield Claim(
        "the wall is closed",
        wall is not None,
        f"nobody outside reaches {OLD}",
        "everybody does",
    )
    yield from _mail_went_on(lab, wall)


def _wall(lab: Lab) -> Event | None:
    """The event with which the mail host was cut off, if it still is."""
    told = [e for e in lab.trace.find("lab.FaultSet") if {*e.hosts, e.other} >= {OLD, SENDER}]
    return told[-1] if told and any(f.kind == "partition" for f in lab.faults) else None


def _mail_went_on(lab: Lab, wall: Event | None) -> Iterator[Claim]:
    names = evidence.letters(lab, SUBJECT)
    written = [e for e in lab.trace.find("mua.Composed") if e.letter in set(names)]
    after = [e for e in written if wall and e.time > wall.time]
    yield Claim(
        "Alice has written before the wall was closed, and for half an hour after it",
        len(after) >= 3 and len(after) < len(written),
        f"letters “{SUBJECT}” on both sides of it",
        f"{len(written) - len(after)} before, {len(after)} after",
    )
    arrived = len(evidence.arrived(lab, BOB, SUBJECT))
    late = evidence.last(lab, "mta.PutOff", names)
    yield Claim(
        "each of her letters has arrived",
        0 < len(names) == arrived,
        "as many as were written, once each",
        f"{len(names)} written, {arrived} arrived",
        late,
    )
    waited = {e.letter for e in lab.trace.find("mta.PutOff") if e.letter in set(names)}
    yield Claim(
        "none had to wait",
        bool(after) and not waited,
        "a road for every letter at its time",
        f"{len(waited)} had to wait" if waited else "nothing has been tried yet",
        late,
    )
