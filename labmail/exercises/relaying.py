"""Exercises of chapter 11, *Two companies*: whose mail is carried, and how names are shared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
from .answers import ANSWERS, DESK, HERE, HOST, begun, lasting, says
from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from ..lab import LabHost

PARTNER, FAR = "bob@ask.com", "someone@far.test"
BRANCH = "desk3.ask.com"
"""A host of ask.com with a fixed address, 172.20.10.3."""
NS, THEIRS = "ns.example.com", "ns.ask.com"
ZONE = "ask.com"

CELLS: Mapping[str, tuple[str | None, str, bool]] = {
    "a stranger to alice@example.com": (None, HERE, True),
    "a stranger to bob@ask.com": (None, PARTNER, False),
    "a stranger to far.test": (None, FAR, False),
    "games.example.com to far.test": (DESK, FAR, True),
    "desk3.ask.com to alice@example.com": (BRANCH, HERE, True),
    "desk3.ask.com to far.test": (BRANCH, FAR, False),
}
"""Who calls mail.example.com, for whom, and whether the letter is taken."""


def matrix(lab: Lab, **other: bool) -> Iterator[Claim]:
    """Who to whom, asked of the daemon; ``other`` are cells that shall be otherwise, by the name
    of the caller and the company: ``desk3_far``."""
    for text, (client, recipient, taken) in CELLS.items():
        key = f"{(client or 'stranger').partition('.')[0]}_{_company(recipient)}"
        wanted = other.get(key, taken)
        said = says(lab, recipient, client)
        verb = "is taken" if wanted else "is refused"
        code = "250" if wanted else "550"
        yield Claim(f"{text} {verb}", said.startswith(code), f"{code} to RCPT", said)


def _company(recipient: str) -> str:
    return recipient.partition("@")[2].partition(".")[0]


# ── 11.1: the branch ─────────────────────────────────────────────────────────────────────────────


@exercise(
    "11.1",
    "Do it: one host of another company",
    hints=(
        "Is the right that is wanted one of a receiver's domain, or of a sender's host?",
        "dc_relay_domains says *to whom* strangers' letters may go; dc_relay_nets says *who* may "
        "send to everybody.",
        "One more address in dc_relay_nets; then update_exim4_conf() and reload().",
    ),
)
def one_host(lab: Lab, answer: Any) -> Iterator[Claim]:
    """desk3.ask.com may send anywhere through mail.example.com, and nobody else has got more."""
    yield from matrix(lab, desk3_far=True)
    other = says(lab, FAR, "desk4.ask.com")
    yield Claim(
        "desk4.ask.com, which nobody has named, is refused",
        other.startswith("550"),
        "550 to RCPT",
        other,
    )
    yield lasting(lab)


# ── 11.2: a backup ───────────────────────────────────────────────────────────────────────────────


@exercise(
    "11.2",
    "Do it: a backup for ask.com",
    hints=(
        "What does exim -bt bob@ask.com say on mail.example.com? Is that a host on the way, or the "
        "end of it? What does dig ask.com MX say?",
        "Domains in dc_other_hostnames end here; domains in dc_relay_domains are taken in and "
        "passed on. A sender tries the MX with the lowest number first.",
        "ask.com in dc_relay_domains of mail.example.com; a second MX with a higher number in "
        "/etc/bind/db.ask.com, and a higher serial. Then down, a stranger's letter, up, and time.",
    ),
)
def backup(lab: Lab, answer: Any) -> Iterator[Claim]:
    """mail.example.com keeps what is for ask.com while ask.com is away."""
    mx = sorted(text.split() for text in lab.host(THEIRS).dig(ZONE, "MX", server=THEIRS).texts)
    ranks = {name.rstrip("."): int(number) for number, name in mx}
    later = ranks.get(HOST, 0) > ranks.get("mail.ask.com", 10**6)
    shown = ", ".join(" ".join(each) for each in mx)
    yield Claim(
        "ask.com names mail.example.com behind mail.ask.com",
        later,
        "two MX records, mail.ask.com with the lower number",
        shown,
    )
    yield from matrix(lab, stranger_ask=True)
    way = lab.explain(PARTNER, at=HOST).data()["ends"][0]
    there = [name for name, *_ in way["hosts"]]
    yield Claim(
        "mail.example.com passes it on, and does not keep it",
        there == ["mail.ask.com"],
        "mail.ask.com as the next host",
        ", ".join(there) or way["transport"] or way["text"],
    )
    carried = {e.letter for e in lab.trace.find("mta.PutOff", host=HOST) if e.letter}
    stored = [e for e in lab.trace.find("mta.Stored", host="mail.ask.com") if e.letter in carried]
    yield Claim(
        "a letter has waited at mail.example.com, and then come to Bob",
        any(event.recipient == PARTNER for event in stored),
        "a letter that was put off here and stored at mail.ask.com",
        f"{len(carried)} put off here, {len(stored)} of them stored there",
    )
    yield lasting(lab)


# ── 11.3: names ──────────────────────────────────────────────────────────────────────────────────

TYPE = re.compile(r'zone\s+"ask\.com\.?"(?:(?!\bzone\b).)*?\btype\s+(\w+)', re.DOTALL)


@exercise(
    "11.3",
    "Build it: a second name server for ask.com",
    hints=(
        "Ask both servers for the SOA of ask.com. What does name_log say on each?",
        "The secondary asks, the primary allows. It is told of news if the zone names it (NS), and "
        "it fetches only what has a higher serial.",
        "type secondary with primaries on ns.example.com; allow-transfer for its address on "
        "ns.ask.com, and one more NS record with a higher serial. reload_names() on both, run().",
    ),
)
def second_server(lab: Lab, answer: Any) -> Iterator[Claim]:
    """ns.example.com has a copy of ask.com that follows the original, and strangers get none."""
    conf = lab.host(NS).files.read_text("/etc/bind/named.conf.local")
    kind = TYPE.search(conf)
    yield Claim(
        "ns.example.com is a secondary of ask.com",
        kind is not None and kind[1] in ("secondary", "slave"),
        "type secondary",
        f"type {kind[1]}" if kind else "no zone ask.com",
    )
    serials = {name: _serial(lab, name) for name in (NS, THEIRS)}
    yield Claim(
        "both servers have the same serial, a newer one than at the beginning",
        len(set(serials.values())) == 1 and serials[NS] > 2026030201,
        "one serial, above 2026030201",
        ", ".join(f"{name}: {serial or 'none'}" for name, serial in serials.items()),
    )
    names = lab.host(THEIRS).dig(ZONE, "NS", server=THEIRS).texts
    yield Claim(
        "the zone names both",
        {"ns.ask.com.", "ns.example.com."} <= set(names),
        "two NS records",
        ", ".join(names),
    )
    stranger = lab.host("games.example.com").dig(ZONE, "AXFR", server=THEIRS)
    yield Claim(
        "nobody else is given a copy by ns.ask.com",
        not stranger,
        "a transfer refused to games.example.com",
        "it got the whole zone" if stranger else str(stranger),
    )


def _serial(lab: Lab, server: str) -> int:
    answer = lab.host(server).dig(ZONE, "SOA", server=server, recurse=False)
    return int(answer.texts[0].split()[2]) if answer else 0


# ── 11.4: a false cell ───────────────────────────────────────────────────────────────────────────


def _answered(**changed: str) -> Callable[[LabHost], None]:
    def break_(host: LabHost) -> None:
        text = host.files.read_text(ANSWERS)
        for name, value in changed.items():
            line = f"{name}='{value}'\n"
            text = re.sub(rf"^{name}='.*'\n", "", text, flags=re.MULTILINE) + line
        host.files.write_text(ANSWERS, text)

    return break_


EVENING = "Another evening"
NET = "128.10.12.0/24"
FAULTS: Mapping[str, Callable[[LabHost], None]] = {
    "everybody may send": _answered(dc_relay_nets="0.0.0.0/0"),
    "a net that is too wide": _answered(dc_relay_nets=f"{NET}:172.16.0.0/12"),
    "the partner's domain is taken for strangers": _answered(dc_relay_domains="ask.com"),
    "the partner's domain ends here": _answered(dc_other_hostnames="example.com:ask.com"),
    "our own desks are forgotten": _answered(dc_relay_nets="128.10.21.0/24"),
    "our own domain is forgotten": _answered(dc_other_hostnames="mail.example.com"),
    "every domain may be relayed to": _answered(dc_relay_domains="*"),
}
"""What may be wrong with the three lists of mail.example.com."""


def another_evening(seed: int = 1) -> Lab:
    """The two companies once more, with one of the three lists of mail.example.com wrong."""
    lab = Lab(replace(load_town("two_companies"), name=EVENING))
    host = lab.host(HOST)
    list(FAULTS.values())[seed % len(FAULTS)](host)
    host.update_exim4_conf()
    host.reload()
    return lab


@exercise(
    "11.4",
    "Find the fault: the false cell",
    hints=(
        "Fill in the table: who, to whom. Which cell is not as it should be?",
        "Each cell depends on one list: who may send, what ends here, what is passed on.",
        "Mend that list, have the daemon read it, and go through the *whole* table again.",
    ),
)
def false_cell(lab: Lab, answer: Any) -> Iterator[Claim]:
    """All cells of the table are as they should be, for those that are not written in it, too."""
    yield begun(lab, EVENING, 'begin("11.4")')
    yield from matrix(lab)
    own = says(lab, PARTNER, DESK)
    yield Claim("games.example.com to bob@ask.com is taken", own[:3] == "250", "250 to RCPT", own)
    way = lab.explain(PARTNER, at=HOST).data()["ends"][0]
    yield Claim(
        "mail for ask.com does not end here",
        bool(way["hosts"]),
        "another host as the next one",
        way["transport"] or way["text"],
    )
    yield lasting(lab)
