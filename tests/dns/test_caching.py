"""What a name server remembers: for the time to live, by the lab's clock, and no failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import dns.message
import pytest

from labmail.dns import caching
from labmail.dns.caching import Cache, lifetime
from labmail.lab import Lab, load_town

ANSWER = (
    "id 1\nopcode QUERY\nrcode {}\nflags QR\n;QUESTION\nask.com. IN MX\n;ANSWER\n{};AUTHORITY\n{}"
)
MX, SOA = "ask.com. {} IN MX 10 mail.ask.com.\n", "ask.com. {} IN SOA ns h 1 1 1 1 {}\n"


def reply(answer: str = "", authority: str = "", rcode: str = "NOERROR") -> dns.message.Message:
    return dns.message.from_text(ANSWER.format(rcode, answer, authority))


class Clock:
    now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        (reply(MX.format(60)), 60),
        (reply(MX.format(0)), 0),
        (reply(MX.format(900_000)), 86_400),
        (reply("", SOA.format(3600, 300)), 300),
        (reply("", SOA.format(60, 300)), 60),
        (reply("", SOA.format(90_000, 90_000)), 10_800),
        (reply("", SOA.format(3600, 300), "NXDOMAIN"), 300),
        (reply("", "ask.com. 77 IN NS ns.ask.com.\n"), 77),
        (reply(MX.format(60), rcode="SERVFAIL"), 0),
        (reply(), 0),
    ],
)  # fmt: skip
def test_how_long_an_answer_may_be_repeated(message: dns.message.Message, seconds: int) -> None:
    assert lifetime(message, 86_400, 10_800) == seconds


def test_what_is_left_counts_down_and_then_it_is_forgotten() -> None:
    clock = Clock()
    cache = Cache(clock.time)
    cache.put("q", reply(MX.format(60)), longest=3600, longest_no=60)
    for passed, left in ((0, 60), (25, 35), (59, 1)):
        clock.now = 1000 + passed
        known = cache.get("q")
        assert known is not None and known.answer[0].ttl == left
    clock.now = 1060
    assert cache.get("q") is None and len(cache) == 0


def test_what_is_given_away_is_not_what_is_kept() -> None:
    cache = Cache(Clock().time)
    cache.put("q", reply(MX.format(60)), longest=3600, longest_no=60)
    known = cache.get("q")
    assert known is not None
    known.answer.clear()
    again = cache.get("q")
    assert again is not None and again.answer


def test_it_holds_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST", 2)
    cache = Cache(Clock().time)
    for question in "abca":
        cache.put(question, reply(MX.format(60)), longest=3600, longest_no=60)
    assert [q for q in "abc" if cache.get(q)] == ["a", "c"]


# ── in a lab ─────────────────────────────────────────────────────────────────────────────────────

ZONE, OPTIONS = "/etc/bind/db.ask.com", "/etc/bind/named.conf.options"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("names"), name="caching"), threads=False) as lab:
        yield lab


def seen(lab: Lab, name: str = "ask.com", rdtype: str = "MX") -> str:
    return str(lab.host("mail.example.com").dig(name, rdtype))


def publish(lab: Lab, old: str, new: str) -> None:
    ns = lab.host("ns.ask.com")
    ns.files.write_text(ZONE, ns.files.read_text(ZONE).replace(old, new))
    ns.reload_names()


def test_a_change_is_seen_when_the_old_answer_has_run_out(lab: Lab) -> None:
    assert seen(lab) == "10 mail.ask.com."
    publish(lab, "10 mail", "10 gate")
    lab.clock.advance(3599)
    assert seen(lab) == "10 mail.ask.com."
    lab.clock.advance(2)
    assert seen(lab) == "10 gate.ask.com."


def test_a_no_is_remembered_as_long_as_the_soa_says(lab: Lab) -> None:
    assert "NXDOMAIN" in seen(lab, "new.ask.com", "A")
    publish(lab, "pop ", "new     IN A 128.10.30.9\npop ")
    lab.clock.advance(290)
    assert "NXDOMAIN" in seen(lab, "new.ask.com", "A")
    lab.clock.advance(11)
    assert seen(lab, "new.ask.com", "A") == "128.10.30.9"


def test_a_failure_is_not_remembered(lab: Lab) -> None:
    with lab.faults.dns("ns.ask.com", "servfail"):
        assert "SERVFAIL" in seen(lab)
    assert seen(lab) == "10 mail.ask.com."


def test_who_has_the_zone_is_never_behind(lab: Lab) -> None:
    publish(lab, "10 mail", "10 gate")
    assert str(lab.host("mail.ask.com").dig("ask.com", "MX")) == "10 gate.ask.com."


def test_a_restart_forgets(lab: Lab) -> None:
    seen(lab)
    publish(lab, "10 mail", "10 gate")
    lab.host("ns.example.com").restart("dns")
    assert seen(lab) == "10 gate.ask.com."


def test_without_the_option_nothing_is_remembered() -> None:
    with Lab(replace(load_town("two_companies"), name="no cache"), threads=False) as lab:
        seen(lab)
        publish(lab, "10 mail", "20 mail")
        assert seen(lab) == "20 mail.ask.com."


def test_a_time_that_is_none_is_a_problem_with_its_line(lab: Lab) -> None:
    ns = lab.host("ns.example.com")
    ns.files.write_text(OPTIONS, "options {\n\tmax-cache-ttl soon;\n};\n")
    assert "named.conf.options:2" in str(ns.reload_names()[0])
    ns.files.write_text(OPTIONS, "options {\n\tmax-cache-ttl 1d12h;\n};\n")
    assert ns.reload_names() == []
