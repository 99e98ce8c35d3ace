"""The orchard: the town of chapter 05, its planted faults, and a second one to judge by.

A check of names must not ask in the student's own lab: her name servers would remember the answer,
and her next experiment would be another one. So it asks in a *twin*: a town of the same hosts with
her files under /etc/bind and /var/cache/bind, in which nothing is remembered yet.

Try: ``plant(Lab("names"))``, and then ``lab.explain("rosa@farm.test", at="mail.example.com")``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ..lab import Lab, load_town
from .claim import Claim

if TYPE_CHECKING:
    from labmail.exim.routing.why import Explanation

    from ..world import HostFiles

T = TypeVar("T")

SENDER, NAMES, BACKUP = "mail.example.com", "ns.orchard.test", "ns.example.com"
"""Who sends, who has the zones of the orchard, and who keeps a copy of club.test."""

FOLDERS = ("/etc/bind", "/var/cache/bind")
PLANTED = 2026030209
"""The serial of a zone with a planted fault."""

HEAD = f"""\
$TTL 5m
@       IN SOA ns.orchard.test. hostmaster.orchard.test. ( {PLANTED} 3h 1h 1w 5m )
        IN NS  ns.orchard.test.
"""

MX, HOST = "        IN MX  10 mail.farm.test.\n", "mail    IN A   198.51.100.2\n"
FARM = {
    "a name with a slip of the pen": MX.replace("mail.", "mial.") + HOST,
    "no final dot": MX.replace("test.", "test") + HOST,
    "an address in the place of a name": MX.replace("mail.farm.test.", "198.51.100.2.") + HOST,
    "an alias": MX + "mail    IN CNAME host\nhost    IN A   198.51.100.2\n",
    "a private address": MX + HOST.replace("198.51.100.2", "192.168.5.2"),
    "no address": MX + "; mail IN A 198.51.100.2\n",
    "null MX": "        IN MX  0 .\n" + HOST,
    "the dead host first": (
        "        IN MX  5 old.farm.test.\n" + MX + HOST + "old     IN A   198.51.100.9\n"
    ),
}
"""What may be wrong with farm.test: each can be read, and is not what was meant."""

SHOP_MX = "        IN MX  10 mail.orchard.test.\n"
SHOP = {
    "an alias beside other data": SHOP_MX + "@       IN CNAME www\nwww     IN A   198.51.100.2\n",
    "no preference": SHOP_MX.replace("10 ", "") + "www     IN A   198.51.100.2\n",
    "three numbers of four": SHOP_MX + "www     IN A   198.51.100\n",
}
"""What may be wrong with shop.test: the server does not load such a zone."""

CLUB_HEAD = HEAD + "        IN NS  ns.example.com.\n"
CLUB = {
    "the serial of the mistake again": PLANTED,
    "a serial from next year": 2027030201,
}
"""What is wrong with club.test: it was mended, and only one of its two servers has noticed."""


def zone_path(zone: str) -> str:
    return f"/etc/bind/db.{zone}"


def plant(lab: Lab, seed: int = 1) -> None:
    """Breaks the mail of farm.test, shop.test and club.test, each in its way.

    ``seed`` chooses the faults; the same seed breaks the same things.
    """
    files = lab.host(NAMES).files
    files.write_text(zone_path("farm.test"), HEAD + _chosen(FARM, seed))
    files.write_text(zone_path("shop.test"), HEAD + _chosen(SHOP, seed))
    _half_mended(lab, files, _chosen(CLUB, seed))
    lab.host(NAMES).restart("dns")


def _half_mended(lab: Lab, files: HostFiles, wrong: int) -> None:
    """club.test was wrong, and both servers had it; then its own was mended."""
    old = CLUB_HEAD.replace(str(PLANTED), str(wrong)) + SHOP_MX.replace("mail.", "mial.")
    files.write_text(zone_path("club.test"), old)
    lab.host(NAMES).reload_names()
    lab.run()
    files.write_text(zone_path("club.test"), CLUB_HEAD + SHOP_MX)


def _chosen(faults: Mapping[str, T], seed: int) -> T:
    return list(faults.values())[seed % len(faults)]


@contextmanager
def twin(lab: Lab) -> Iterator[Lab]:
    """The town of ``lab`` with its name servers' files, in which nothing is remembered yet."""
    hosts = {
        name: replace(plan, files=plan.files + tuple(_files(lab.host(name).files)))
        for name, plan in lab.town.hosts.items()
    }
    with Lab(replace(lab.town, name=f"{lab.town.name}, judged", hosts=hosts)) as town:
        yield town


def _files(files: HostFiles) -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for name in files.listdir(folder) if files.exists(folder) else ():
            yield f"{folder}/{name}", files.read_text(f"{folder}/{name}")


# ── asking ───────────────────────────────────────────────────────────────────────────────────────

Hosts = list[tuple[str, str]]
"""Names and addresses of mail hosts, in the order in which they are tried."""


def walk(town: Lab, address: str) -> Explanation:
    """What the sending host would do with a letter to this address."""
    return town.explain(address, at=SENDER)


def hosts_of(walk: Explanation) -> Hosts:
    """Where it would go, if it would go anywhere."""
    ends = walk.data()["ends"]
    return [(name, address) for end in ends for name, address, *_ in end["hosts"]]


def said(walk: Explanation) -> str:
    """What comes of an address, in a line: its hosts, or Exim's words."""
    end = walk.data()["ends"][0]
    there = ", then ".join(f"{name} [{address}]" for name, address in hosts_of(walk))
    return there or end["text"] or end["outcome"]


def serial_of(lab: Lab, zone: str, server: str = NAMES) -> int:
    """The serial with which a server answers for a zone; 0 if it does not."""
    answer = lab.host(server).dig(zone, "SOA", server=server, recurse=False)
    return int(answer.texts[0].split()[2]) if answer else 0


def elsewhere(lab: Lab, needed: str, town: str) -> Iterator[Claim]:
    """A claim that fails, where the lab is another town's."""
    if needed not in lab.hosts:
        yield Claim("this is the lab of the exercise", False, town, f"the town “{lab.town.title}”")


def loads(lab: Lab, town: Lab, zone: str, server: str = NAMES) -> Claim:
    """The zone is read without a complaint, by the twin ``town`` and by the server that runs."""
    troubles = [p for p in town.host(server).name_problems if p.zone == zone]
    running, written = (serial_of(each, zone, server) for each in (lab, town))
    stale = f"the server answers with serial {running or 'nothing'}, the file says {written}"
    return Claim(
        f"{zone} loads, and there is nothing to complain about",
        not troubles and running == written != 0,
        "not a word of complaint from the name server, and the file loaded as it is",
        f"{troubles[0].spot}: {troubles[0].what}" if troubles else stale,
    )


# ── the lab of 05.4 ──────────────────────────────────────────────────────────────────────────────

SUBJECT = "Still there?"
"""The subject of the letters that must not be late."""


def monday(seed: int = 1) -> Lab:
    """A lab of its own for one working day, the same for every ``seed``."""
    return Lab(replace(load_town("names"), name="Monday"))
