"""dnsdb: the queries that Exim was asked beside a name server of its own, asked of ours."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from labmail.exim.drive import drive
from labmail.exim.errors import Deferred
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches, parse
from labmail.exim.lookups.dnsdb import KINDS, read
from labmail.exim.text import Text
from tests.exim.lookups import asking_dns

RECORDED: list[str] = json.loads((asking_dns.DATA / "dnsdb.json").read_text())


def test_what_exim_answered() -> None:
    asked = [query for _, query in asking_dns.queries()]
    pairs = zip(asked, asking_dns.ours(), RECORDED, strict=True)
    assert not [(query, ours, exim) for query, ours, exim in pairs if ours != exim]


@pytest.mark.only_on("linux")
@pytest.mark.peer("exim4", "unshare", "ip")
def test_what_exim_answers(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("a network of its own needs root")
    assert asking_dns.exim(tmp_path) == RECORDED


def test_every_kind_of_record_is_asked() -> None:
    asked = " ".join(query for _, query in asking_dns.queries())
    assert not [kind for kind in KINDS if f"{kind}=" not in asked.lower()]


def ask(query: str, **settings: object) -> tuple[object, asking_dns.NamesOfFile]:
    names = asking_dns.NamesOfFile(trust=True)
    searches = Searches(RealFiles(), names=names, settings=settings)
    return drive(searches.find(parse("dnsdb"), Text(""), Text(query))), names


@pytest.mark.parametrize(
    ("query", "settings", "patience"),
    [
        ("a=two.test", {}, {}),
        ("retrans_1m5s,retry_3,a=two.test", {}, {"wait": 65, "rounds": 3}),
        ("a=two.test", {"dns_retrans": 7, "dns_retry": 2}, {"wait": 7, "rounds": 2}),
        ("retry_3,a=two.test", {"dns_retrans": 7, "dns_retry": 2}, {"wait": 7, "rounds": 3}),
    ],
)
def test_how_patiently_it_is_asked(query, settings, patience) -> None:
    _, names = ask(query, **settings)
    assert [asked[2] for asked in names.asked] == [patience]


def test_what_is_said_of_dnssec() -> None:
    said = {query: ask(query)[0].authenticated for query in ("a=h.sec.test", "a=two.test")}  # type: ignore[attr-defined]
    assert said == {"a=h.sec.test": "yes", "a=two.test": "no"}
    assert ask("dnssec_never,a=h.sec.test")[0].authenticated == ""  # type: ignore[attr-defined]


def test_a_zone_is_looked_for_upwards_and_the_root_never_asked() -> None:
    _, names = ask("zns=x.y.gone.invalid")
    assert [name for name, _, _ in names.asked] == [
        "x.y.gone.invalid",
        "y.gone.invalid",
        "gone.invalid",
        "invalid",
    ]


def test_names_that_are_none_are_not_asked_for() -> None:
    assert ask("a=-x.test")[1].asked == []
    assert ask("a=-x.test", dns_check_names_pattern="")[1].asked != []


def test_a_name_that_may_fail_without_harm() -> None:
    names = asking_dns.NamesOfFile()
    settings = {"dns_again_means_nonexist": "fail.test"}
    searches = Searches(RealFiles(), names=names, settings=settings)
    asked = []

    async def in_domains(domain: str, listed: str) -> bool:
        asked.append((domain, listed, searches.in_domains))
        return True

    query = Text("a=fail.test")
    with pytest.raises(Deferred):
        drive(searches.find(parse("dnsdb"), Text(""), query))
    searches.in_domains = in_domains
    assert drive(searches.find(parse("dnsdb"), Text(""), query)).value is None
    assert asked == [("fail.test", "fail.test", None)]
    assert searches.in_domains is in_domains


def test_without_a_resolver_it_defers() -> None:
    with pytest.raises(Deferred):
        drive(Searches(RealFiles()).find(parse("dnsdb"), Text(""), Text("a=two.test")))


def test_a_query_in_its_parts() -> None:
    query = read(">;,/ defer_never , dnssec_strict,mxh = a.test : b.test")
    assert query.kinds == ("MXH",)
    assert (query.records, query.fields, query.names) == (";", "/", "a.test : b.test")
    assert (query.defer, query.dnssec) == ("never", "strict")
