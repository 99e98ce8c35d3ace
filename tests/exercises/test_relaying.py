"""The checks of chapter 11: the table of who may send to whom, and a zone on two servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from labmail.exercises import check
from labmail.exercises.answers import ANSWERS, HOST
from labmail.exercises.relaying import FAULTS, NS, THEIRS, another_evening
from labmail.lab import Lab, LabHost, load_town

STATEMENT = re.compile(r'zone "ask\.com" \{.*?^\};', re.DOTALL | re.MULTILINE)
LOCAL = "/etc/bind/named.conf.local"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="11"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str) -> list[int]:
    verdict = check(number, lab)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


def answered(host: LabHost, name: str, value: str) -> None:
    text = re.sub(rf"^{name}='.*'\n", "", host.files.read_text(ANSWERS), flags=re.MULTILINE)
    host.files.write_text(ANSWERS, f"{text}{name}='{value}'\n")
    host.update_exim4_conf()
    host.reload()


# ── 11.1 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "value", "wanting"),
    [
        ("dc_relay_nets", "128.10.12.0/24:172.20.10.3", []),
        ("dc_relay_nets", "128.10.12.0/24:172.20.10.0/24", [6]),
        ("dc_relay_nets", "0.0.0.0/0", [1, 2, 6]),
        ("dc_relay_nets", "172.20.10.3", [3]),
        ("dc_relay_domains", "ask.com", [1, 5]),
    ],
)
def test_one_host_more(name: str, value: str, wanting: list[int], lab: Lab) -> None:
    assert missing(lab, "11.1") == [5]
    answered(lab.host(HOST), name, value)
    assert missing(lab, "11.1") == wanting


# ── 11.2 ─────────────────────────────────────────────────────────────────────────────────────────


def a_letter_in_an_outage(lab: Lab) -> None:
    lab.down("mail.ask.com")
    talk = lab.talk(HOST)
    talk.say("EHLO far.test\nMAIL FROM:<x@far.test>\nRCPT TO:<bob@ask.com>\nDATA")
    talk.say("Subject: waiting\n\nhello\n.\nQUIT")
    lab.run(within="10m")
    lab.up("mail.ask.com")
    lab.run(within="2h")


def second_mx(lab: Lab, number: int = 20) -> None:
    theirs = lab.host(THEIRS)
    zone = theirs.files.read_text("/etc/bind/db.ask.com")
    more = f"        IN MX  10 mail.ask.com.\n        IN MX  {number} mail.example.com.\n"
    zone = zone.replace("        IN MX  10 mail.ask.com.\n", more)
    theirs.files.write_text("/etc/bind/db.ask.com", zone.replace("2026030201", "2026030202"))
    theirs.reload_names()


def test_a_backup_keeps_a_letter_and_passes_it_on(lab: Lab) -> None:
    second_mx(lab)
    answered(lab.host(HOST), "dc_relay_domains", "ask.com")
    assert missing(lab, "11.2") == [8]
    a_letter_in_an_outage(lab)
    assert missing(lab, "11.2") == []


def test_a_backup_that_thinks_it_is_the_end(lab: Lab) -> None:
    second_mx(lab, 5)
    answered(lab.host(HOST), "dc_other_hostnames", "example.com:ask.com")
    assert {0, 7} <= set(missing(lab, "11.2"))


# ── 11.3 ─────────────────────────────────────────────────────────────────────────────────────────

SECONDARY = """zone "ask.com" {
\ttype secondary;
\tprimaries { 128.10.30.1; };
\tfile "/var/cache/bind/db.ask.com";
};"""


def shared(lab: Lab, allowed: str = "128.10.12.1", statement: str = SECONDARY) -> None:
    ours, theirs = lab.host(NS), lab.host(THEIRS)
    zone = theirs.files.read_text("/etc/bind/db.ask.com")
    zone = zone.replace("2026030201", "2026030202")
    both = "IN NS  ns.ask.com.\n        IN NS  ns.example.com.\n"
    zone = zone.replace("IN NS  ns.ask.com.\n", both)
    theirs.files.write_text("/etc/bind/db.ask.com", zone)
    conf = theirs.files.read_text(LOCAL)
    allow = f'"/etc/bind/db.ask.com";\n\tallow-transfer {{ {allowed}; }};'
    theirs.files.write_text(LOCAL, conf.replace('"/etc/bind/db.ask.com";', allow))
    theirs.reload_names()
    conf = ours.files.read_text(LOCAL)
    ours.files.write_text(LOCAL, STATEMENT.sub(lambda _: statement, conf))
    ours.reload_names()
    lab.run()


def test_a_secondary_that_follows(lab: Lab) -> None:
    assert missing(lab, "11.3") == [0, 1, 2]
    shared(lab)
    assert missing(lab, "11.3") == []


def test_a_copied_file_and_an_open_door_are_no_secondary(lab: Lab) -> None:
    lab.host(THEIRS).copy("/etc/bind/db.ask.com", to=NS)
    copied = 'zone "ask.com" {\n\ttype primary;\n\tfile "/etc/bind/db.ask.com";\n};'
    shared(lab, "any", copied)
    assert missing(lab, "11.3") == [0, 1, 3]


# ── 11.4 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(len(FAULTS)))
def test_every_false_cell_is_found(seed: int) -> None:
    with another_evening(seed) as evening:
        assert missing(evening, "11.4")
        host = evening.host(HOST)
        for name, value in (
            ("dc_relay_nets", "128.10.12.0/24"),
            ("dc_relay_domains", ""),
            ("dc_other_hostnames", "example.com"),
        ):
            answered(host, name, value)
        assert missing(evening, "11.4") == []
