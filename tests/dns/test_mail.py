"""Which hosts take mail: the rules of RFC 5321 §5.1 and RFC 7505, without any network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.dns.lookup import Answer, Record
from labmail.dns.mail import MOST_HOSTS, MailHosts, by_preference, find_mail_hosts

Zone = Mapping[tuple[str, str], Answer | list[str]]
NXDOMAIN = Answer("nxdomain", why="there is no such name (NXDOMAIN)")
FAILED = Answer("failed", why="nobody answered")


def record(kind: str, data: str) -> Record:
    rdata = dns.rdata.from_text("IN", kind, data)
    return Record("x", 60, kind, rdata.to_text(), rdata)


def search(domain: str, zone: Zone, *, seed: int = 1, ipv6: bool = True) -> MailHosts:
    """Looks in ``zone``: records by name and type; a name that is not in it has none."""

    async def find(name: str, rdtype: str) -> Answer:
        found = zone.get((name, rdtype), Answer("nodata", why=f"{name} has no {rdtype}", name=name))
        if isinstance(found, Answer):
            return found
        records = tuple(record(rdtype, data) for data in found)
        return Answer("ok", records, name=name, server="ns.ask.com")

    return asyncio.run(find_mail_hosts(domain, find, random.Random(seed), ipv6=ipv6))


def names(found: MailHosts) -> list[str]:
    return [host.name for host in found.hosts]


MX = ("ask.com", "MX")


def test_the_lowest_preference_comes_first() -> None:
    found = search(
        "ask.com",
        {
            MX: ["20 backup.ask.com.", "10 mail.ask.com."],
            ("mail.ask.com", "A"): ["128.10.30.2"],
            ("mail.ask.com", "AAAA"): ["2001:db8::2"],
            ("backup.ask.com", "A"): ["128.10.30.5", "128.10.30.6"],
        },
    )
    assert found.status == "mx" and names(found) == ["mail.ask.com", "backup.ask.com"]
    assert found.hosts[0].addresses == ("2001:db8::2", "128.10.30.2"), "IPv6 first, as Exim does"
    assert found.hosts[1].addresses == ("128.10.30.5", "128.10.30.6")
    assert found.summary == (
        "mail.ask.com [2001:db8::2, 128.10.30.2], preference 10; "
        "then backup.ask.com [128.10.30.5, 128.10.30.6], preference 20"
    )
    assert found.why[0] == "ask.com has 2 MX records: 10 mail.ask.com, 20 backup.ask.com."


def test_equal_preferences_are_shuffled_and_nothing_else_is() -> None:
    zone: dict[tuple[str, str], Answer | list[str]] = {
        MX: ["5 first.", "10 a.", "10 b.", "10 c.", "20 last."]
    }
    zone |= {(name, "A"): ["10.0.0.1"] for name in ("first", "a", "b", "c", "last")}
    orders = {tuple(names(search("ask.com", zone, seed=seed))) for seed in range(60)}
    assert len(orders) == 6, "every order of the three"
    assert {(order[0], order[-1]) for order in orders} == {("first", "last")}
    assert search("ask.com", zone, seed=3) == search("ask.com", zone, seed=3)
    assert "Among equal preferences chance decides." in search("ask.com", zone).why


@given(st.lists(st.tuples(st.integers(0, 65535), st.text("abc", min_size=1, max_size=3))))
def test_order_does_not_depend_on_the_order_of_the_answer(pairs: list[tuple[int, str]]) -> None:
    records = tuple(record("MX", f"{number} {host}.") for number, host in pairs)
    ordered = by_preference(records, random.Random(7))
    assert sorted(map(str, ordered)) == sorted(map(str, records))
    preferences = [int(str(each).split()[0]) for each in ordered]
    assert preferences == sorted(preferences)
    backwards = by_preference(records[::-1], random.Random(7))
    assert list(map(str, backwards)) == list(map(str, ordered))


def test_implicit_mx() -> None:
    found = search("ask.com", {("ask.com", "A"): ["128.10.30.2"]})
    assert found.status == "implicit"
    assert (names(found), found.hosts[0].preference) == (["ask.com"], 0)
    assert "RFC 5321 §5.1" in found.why[0]


def test_no_implicit_mx_beside_an_explicit_one() -> None:
    found = search("ask.com", {MX: ["10 gone.ask.com."], ("ask.com", "A"): ["128.10.30.2"]})
    assert (found.status, found.hosts) == ("mx", ())
    assert found.summary == "every MX record of ask.com points to a host without address"
    assert "gone.ask.com is left out: it has no known address." in found.why


def test_null_mx() -> None:
    found = search("ask.com", {MX: ["0 ."], ("ask.com", "A"): ["128.10.30.2"]})
    assert (found.status, found.hosts) == ("null", ())
    assert "RFC 7505" in found.why[0]


def test_a_dot_beside_other_records_is_no_null_mx() -> None:
    found = search("ask.com", {MX: ["0 .", "10 mail."], ("mail", "A"): ["128.10.30.2"]})
    assert (found.status, names(found)) == ("mx", ["mail"])
    assert any("RFC 7505 §3" in reason for reason in found.why)


def test_nothing_at_all() -> None:
    assert search("ask.com", {}).status == "none"
    assert search("ask.com", {MX: NXDOMAIN}).status == "nxdomain"
    assert search("ask.com", {MX: FAILED}).status == "failed"


def test_a_host_that_cannot_be_looked_up_makes_it_an_open_question() -> None:
    zone = {MX: ["10 mail.", "20 backup."], ("mail", "A"): FAILED, ("mail", "AAAA"): FAILED}
    assert search("ask.com", zone).status == "failed", "not to be bounced"
    zone[("backup", "A")] = ["128.10.30.5"]
    found = search("ask.com", zone)
    assert (found.status, names(found)) == ("mx", ["backup"])
    assert "The A records of mail are not known: nobody answered." in found.why
    assert search("ask.com", {("ask.com", "A"): FAILED}).status == "failed"


@pytest.mark.parametrize("address", ["128.10.30.2", "2001:db8::2"])
def test_an_address_behind_mx_is_left_out_without_a_question(address: str) -> None:
    found = search("ask.com", {MX: [f"10 {address}."], (address, "A"): FAILED})
    assert (found.status, found.hosts) == ("mx", ())
    assert f"{address} is left out: an address, not the name of a host." in found.why


def test_an_alias_behind_mx_is_used_and_noted() -> None:
    alias = Answer("ok", (record("A", "128.10.30.2"),), name="real.ask.com", aliases=("mail",))
    found = search("ask.com", {MX: ["10 mail."], ("mail", "A"): alias})
    assert found.hosts[0].addresses == ("128.10.30.2",)
    assert any("RFC 2181 §10.3" in reason for reason in found.why)


def test_a_domain_that_is_an_alias() -> None:
    alias = Answer("ok", (record("MX", "10 mail."),), name="real.test", aliases=("ask.com",))
    found = search("ask.com", {MX: alias, ("mail", "A"): ["128.10.30.2"]})
    assert found.why[0] == "ask.com is an alias (CNAME) of real.test."
    assert names(found) == ["mail"]


def test_one_host_twice_is_tried_once_at_its_best_preference() -> None:
    found = search("ask.com", {MX: ["20 mail.", "10 mail."], ("mail", "A"): ["128.10.30.2"]})
    assert [(host.name, host.preference) for host in found.hosts] == [("mail", 10)]


def test_without_ipv6_only_a_records_are_looked_for() -> None:
    zone = {MX: ["10 mail."], ("mail", "A"): ["128.10.30.2"], ("mail", "AAAA"): ["2001:db8::2"]}
    assert search("ask.com", zone, ipv6=False).hosts[0].addresses == ("128.10.30.2",)


def test_a_flood_of_mx_records_is_bounded() -> None:
    zone: dict[tuple[str, str], Answer | list[str]] = {MX: [f"{n} h{n}." for n in range(200)]}
    zone |= {(f"h{n}", "A"): ["10.0.0.1"] for n in range(200)}
    assert len(search("ask.com", zone).hosts) == MOST_HOSTS


def test_names_are_told_in_lower_case_without_the_final_dot() -> None:
    found = search("ASK.com.", {MX: ["10 MAIL.Ask.Com."], ("mail.ask.com", "A"): ["10.0.0.1"]})
    assert (found.domain, names(found)) == ("ask.com", ["mail.ask.com"])
