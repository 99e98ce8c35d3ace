"""The checks of chapter 10: what they take, what they refuse, and what is planted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from labmail.exercises import begin, check
from labmail.exercises.answers import (
    ANSWERS,
    CONF_D,
    FAULTS,
    GENERATED,
    HOST,
    MAILNAME,
    OWN,
    another_morning,
)
from labmail.exercises.debian import CHANGES
from labmail.lab import Lab, LabHost, load_town


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="10"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str, answer: object = None) -> list[int]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


def changed(host: LabHost, path: str, old: str, new: str) -> None:
    text = host.files.read_text(path)
    assert old in text
    host.files.write_text(path, text.replace(old, new))


def obeyed(host: LabHost) -> None:
    host.update_exim4_conf()
    host.restart("smtp")


# ── 10.1 ─────────────────────────────────────────────────────────────────────────────────────────


def set_up(host: LabHost, domains: str, nets: str) -> None:
    changed(host, ANSWERS, "='www.", f"='{domains}www.")
    changed(host, ANSWERS, "nets=''", f"nets='{nets}'")
    host.files.write_text(MAILNAME, "example.com\n")


def test_the_sheet_is_a_domain_a_net_and_a_name(lab: Lab) -> None:
    assert missing(lab, "10.1") == [0]  # as a town has it
    begin("10.1", lab)
    assert missing(lab, "10.1") == [1, 2, 4, 5]
    set_up(lab.host(HOST), "example.com:", "128.10.12.0/24")
    assert 2 in missing(lab, "10.1")  # nobody has told the daemon
    obeyed(lab.host(HOST))
    assert missing(lab, "10.1") == []


def test_an_open_relay_is_not_the_answer(lab: Lab) -> None:
    begin("10.1", lab)
    set_up(lab.host(HOST), "example.com:", "0.0.0.0/0")
    obeyed(lab.host(HOST))
    assert missing(lab, "10.1") == [3]


# ── 10.2 ─────────────────────────────────────────────────────────────────────────────────────────

TRUTH = {"answers": "nobody", "updated": "bt", "aliases": "all", "fragment": "nobody", "own": "bt"}


def test_who_notices_is_tried_and_not_written_down(lab: Lab) -> None:
    assert missing(lab, "10.2", TRUTH) == []
    assert missing(lab, "10.2", TRUTH | {"updated": "all"}) == [2]
    assert missing(lab, "10.2", dict.fromkeys(CHANGES, "sometimes"))[0] == 0
    assert missing(lab, "10.2", None)[0] == 0


# ── 10.3 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(len(FAULTS)))
def test_every_fault_is_seen_and_can_be_mended_in_its_source(seed: int, lab: Lab) -> None:
    sound = lab.host(HOST).files.read_text(ANSWERS)
    assert missing(lab, "10.3") == [0]  # nothing is broken in this lab
    with another_morning(seed) as broken:
        assert missing(broken, "10.3")
        host = broken.host(HOST)
        host.files.write_text(ANSWERS, sound)
        if host.files.exists(OWN):
            host.files.real(OWN).unlink()
        obeyed(host)
        assert missing(broken, "10.3") == []


def test_the_generated_file_is_the_wrong_place(lab: Lab) -> None:
    sound = lab.host(HOST).files.read_text(GENERATED)
    with another_morning(list(FAULTS).index("a domain that is not ours")) as broken:
        host = broken.host(HOST)
        host.files.write_text(GENERATED, sound)
        host.restart("smtp")
        assert missing(broken, "10.3") == [6]
        assert host.files.read_text(GENERATED) == sound  # a check looks, and changes nothing


# ── 10.4 ─────────────────────────────────────────────────────────────────────────────────────────

FAIR = """fair:
  driver = redirect
  domains = +local_domains
  local_parts = fair
  data = anna, bob
"""


def written(lab: Lab) -> None:
    obeyed(lab.host(HOST))
    lab.user("alice@example.com").send(to="fair@example.com", subject="Which stand?")
    lab.run()


@pytest.mark.parametrize(
    ("name", "text", "wanting"),
    [
        ("450_fair", FAIR, []),
        ("450_fair.conf", FAIR, [0, 1, 4]),
        ("450_fair", FAIR.replace("  local_parts = fair\n", ""), [2]),
        ("450_fair", FAIR.replace("anna, bob", "anna"), [1, 4]),
    ],
)
def test_a_router_of_ones_own(name: str, text: str, wanting: list[int], lab: Lab) -> None:
    lab.host(HOST).files.write_text(f"{CONF_D}/router/{name}", text)
    written(lab)
    found = missing(lab, "10.4")
    assert found == wanting or (2 in wanting and 2 in found)


def test_an_alias_is_no_router(lab: Lab) -> None:
    lab.host(HOST).files.append("/etc/aliases", "fair: anna, bob\n")
    written(lab)
    assert missing(lab, "10.4") == [0]
