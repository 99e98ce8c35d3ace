"""Queries for dnsdb, asked of Exim beside a name server of its own and of ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches
from labmail.exim.lookups.names import NameAnswer, Record
from tests.exim.lookups.desk import our_answer
from tests.exim.lookups.nameserver import respond
from tests.exim.lookups.oracle import Case, exim_answers

DATA = Path(__file__).parent / "data"
ZONES = DATA / "zones.json"
_STATUS = {"NXDOMAIN": "nxdomain", "SERVFAIL": "again"}
_TRUST = "trust "


class NamesOfFile:
    """The same answers as those of the name server, without a network."""

    def __init__(self, *, trust: bool = False) -> None:
        self.zones = json.loads(ZONES.read_text())
        self.trust = trust
        self.asked: list[tuple[str, str, dict[str, object]]] = []

    async def query(self, name: str, rdtype: str, **patience: object) -> NameAnswer:
        self.asked.append((name, rdtype, patience))
        try:
            response = respond(self.zones, dns.message.make_query(name, rdtype))
        except dns.exception.DNSException:
            return NameAnswer("fail")
        rcode = dns.rcode.to_text(response.rcode())
        if rcode != "NOERROR":
            return NameAnswer(_STATUS.get(rcode, "fail"))
        records = [
            Record(str(rrset.name), dns.rdatatype.to_text(rrset.rdtype), rrset.ttl, rdata)
            for rrset in response.answer
            for rdata in rrset
        ]
        vouched = self.trust and bool(response.flags & dns.flags.AD)
        return NameAnswer("ok" if records else "nodata", records, vouched)


def queries() -> list[tuple[bool, str]]:
    """All queries, each with whether the name server is trusted."""
    lines = (DATA / "queries.txt").read_text().splitlines()
    return [(line.startswith(_TRUST), line.removeprefix(_TRUST)) for line in lines]


def exim(folder: Path) -> list[str]:
    """What Exim answers to all of them."""
    answers: dict[int, str] = {}
    for trust in (False, True):
        chosen = {at: query for at, (trusted, query) in enumerate(queries()) if trusted == trust}
        server = [sys.executable, str(Path(__file__).with_name("nameserver.py")), str(ZONES)]
        before = ["unshare", "-n", "-m", *server, "trust" if trust else "doubt", "--"]
        cases = [Case("dnsdb", "", query) for query in chosen.values()]
        answers |= dict(zip(chosen, exim_answers(cases, folder, before=before), strict=True))
    return [answers[at] for at in sorted(answers)]


def ours() -> list[str]:
    """What our own lookup answers to all of them."""
    desks = {
        trust: Searches(RealFiles(), names=NamesOfFile(trust=trust)) for trust in (False, True)
    }
    return [our_answer(Case("dnsdb", "", query), desks[trust]) for trust, query in queries()]
