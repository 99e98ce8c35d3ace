"""The checks of chapter 05: what they take, what they refuse, and that looking changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from labmail.exercises import begin, check, orchard
from labmail.exercises.names import EIGHT, _eight
from labmail.exercises.orchard import CLUB, FARM, NAMES, SHOP, plant, zone_path
from labmail.lab import Lab, load_town

GOOD = """\
$TTL 1h
@       IN SOA ns.ask.com. hostmaster.ask.com. ( 2026030202 3h 1h 1w 5m )
        IN NS  ns.ask.com.
@   10m IN MX  10 oven
@   10m IN MX  20 mail.ask.com.
oven    IN A   198.51.100.2
www     IN A   198.51.100.2
        IN AAAA 2001:db8:5::2
shop    IN CNAME www
news    IN MX  0 .
"""


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("names"), name="05"), threads=False) as lab:
        yield lab


@pytest.fixture(scope="module")
def bakery() -> Iterator[Lab]:
    with Lab(replace(load_town("names"), name="05.1 tried"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str, answer: object = None) -> list[int]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


# ── 05.1 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "wanting"),
    [
        ("", "", []),
        ("10 oven", "10 oven.bakery.test.", []),
        ("10 oven", "10 198.51.100.2.", [0, 2]),
        ("10 oven", "10 oven.bakery.test", [0, 2]),
        ("10 oven", "30 oven", [2]),
        ("20 mail.ask.com.", "20 mail.ask.com", [0, 2]),
        ("oven    IN A   198.51.100.2\n", "", [0, 2]),
        ("oven    IN A   198.51.100.2", "oven    IN A   10.0.0.2", [2]),
        ("IN AAAA 2001:db8:5::2", "IN A 198.51.100.3", [3]),
        ("news    IN MX  0 .\n", "", [4]),
        ("news    IN MX  0 .", "news    IN MX  10 oven", [4]),
        ("@   10m IN MX  10", "@       IN MX  10", [0, 5]),
        ("$TTL 1h", "$TTL 10m", [5]),
        ("1w 5m", "1w 1h", [5]),
        ("2026030202", "2026030201", [1]),
    ],
)
def test_a_zone_from_an_order_sheet(bakery: Lab, old: str, new: str, wanting: list[int]) -> None:
    ns = bakery.host("ns.ask.com")
    ns.files.write_text(zone_path("bakery.test"), GOOD.replace(old, new) if old else GOOD)
    ns.restart("dns")
    assert missing(bakery, "05.1") == wanting


def test_a_zone_that_was_not_loaded_is_only_a_file(lab: Lab) -> None:
    ns = lab.host("ns.ask.com")
    ns.files.write_text(zone_path("bakery.test"), GOOD)
    assert missing(lab, "05.1") == [0, 1]
    ns.reload_names()
    assert missing(lab, "05.1") == []


def test_a_zone_that_cannot_be_read_gives_no_trouble(lab: Lab) -> None:
    lab.host("ns.ask.com").files.write_text(zone_path("bakery.test"), "nonsense (")
    assert 0 in missing(lab, "05.1")


# ── 05.2 ─────────────────────────────────────────────────────────────────────────────────────────


def test_eight_guesses(lab: Lab) -> None:
    right = _eight()
    assert len(right) == len(EIGHT) == 8 and set(right.values()) > {"fail", "defer"}
    assert missing(lab, "05.2", right) == []
    assert missing(lab, "05.2", {k: v.upper() + " " for k, v in right.items()}) == []
    words = {"fail": "bounces", "defer": "waits"}
    assert missing(lab, "05.2", {k: words.get(v, v) for k, v in right.items()}) == []
    assert missing(lab, "05.2", right | {"quince": "fail"}) == [2]
    assert missing(lab, "05.2", right | {"cherry": "fail"}) == [1]
    assert missing(lab, "05.2", {k: "defer" for k in right}) == [1, 2]


@pytest.mark.parametrize("answer", [None, "", {}, [], 42, {"apple": None}, {3: 4}])
def test_no_guess_is_no_trouble(lab: Lab, answer: object) -> None:
    assert missing(lab, "05.2", answer) == [0, 1, 2]


# ── 05.3 ─────────────────────────────────────────────────────────────────────────────────────────

MENDED = {
    "farm.test": orchard.HEAD + orchard.MX + orchard.HOST,
    "shop.test": orchard.HEAD + orchard.SHOP_MX,
    "club.test": orchard.CLUB_HEAD + orchard.SHOP_MX,
}


def mend(lab: Lab, serial: int = 2027030202) -> None:
    ns = lab.host(NAMES)
    for zone, text in MENDED.items():
        ns.files.write_text(zone_path(zone), text.replace(str(orchard.PLANTED), str(serial)))
    ns.reload_names()
    lab.run()


def write(lab: Lab) -> None:
    lab.clock.advance("5m")
    for zone in MENDED:
        lab.user("alice@example.com").send(to=f"rosa@{zone}", subject="Apples?")


def test_nothing_is_solved_before_anything_was_broken(lab: Lab) -> None:
    assert missing(lab, "05.3") == [6, 8]


@pytest.mark.parametrize("seed", range(len(FARM)), ids=lambda seed: list(FARM)[seed])
def test_every_fault_is_seen(lab: Lab, seed: int) -> None:
    plant(lab, seed)
    found = missing(lab, "05.3")
    assert {2, 3, 5, 6, 7, 8} <= set(found) and {0, 1} & set(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_faults_can_be_mended(lab: Lab, seed: int) -> None:
    plant(lab, seed)
    mend(lab)
    assert missing(lab, "05.3") == [8]
    write(lab)
    assert missing(lab, "05.3") == []


def test_the_same_seed_breaks_the_same_things() -> None:
    for faults in (FARM, SHOP, CLUB):
        assert len(set(map(str, faults.values()))) == len(faults)
        assert orchard._chosen(faults, 1) == orchard._chosen(faults, 1 + len(faults))


def test_without_a_higher_serial_the_copy_stays_wrong(lab: Lab) -> None:
    plant(lab)
    mend(lab, serial=2026030210)
    assert missing(lab, "05.3") == [5, 7, 8]


def test_a_route_by_hand_does_not_count(lab: Lab) -> None:
    plant(lab)
    routes = "".join(f"{zone}: mail.orchard.test\n" for zone in MENDED)
    lab.host("mail.example.com").files.write_text("/etc/exim4/hubbed_hosts", routes)
    write(lab)
    assert {1, 3, 5} <= set(missing(lab, "05.3"))


def test_a_check_asks_nobody_in_the_students_own_lab(lab: Lab) -> None:
    check("05.3", lab)
    asked = lab.trace.find("dns.Answered", host="ns.example.com")
    assert lab.host("mail.example.com").address not in {event.client for event in asked}


# ── 05.4 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def day() -> Iterator[Lab]:
    with begin("05.4") as lab:
        yield lab


def pass_time(lab: Lab, minutes: int) -> None:
    for _ in range(minutes // 10):
        lab.user("alice@example.com").send(to="bob@ask.com", subject=orchard.SUBJECT)
        lab.clock.advance("10m")


def close_the_wall(lab: Lab) -> None:
    lab.faults.partition("mail.example.com", "mail.ask.com")


def publish(lab: Lab, host: str, ttl: str, serial: int) -> None:
    ns = lab.host("ns.ask.com")
    lines = ns.files.read_text(zone_path("ask.com")).splitlines()
    lines[1] = f"@ IN SOA ns.ask.com. hostmaster.ask.com. ( {serial} 3h 1h 1w 5m )"
    lines[3] = f" {ttl} IN MX 10 {host}."
    ns.files.write_text(zone_path("ask.com"), "\n".join(lines) + "\n")
    assert ns.reload_names() == []


def test_a_move_by_the_book(day: Lab) -> None:
    pass_time(day, 10)
    publish(day, "mail.ask.com", "5m", 2026030202)
    pass_time(day, 60)
    publish(day, "gate.ask.com", "5m", 2026030203)
    pass_time(day, 10)
    assert 1 in missing(day, "05.4")
    close_the_wall(day)
    assert missing(day, "05.4") == [2, 4]
    pass_time(day, 30)
    assert missing(day, "05.4") == []


def test_a_move_at_once_makes_letters_wait(day: Lab) -> None:
    pass_time(day, 10)
    publish(day, "gate.ask.com", "5m", 2026030202)
    close_the_wall(day)
    pass_time(day, 30)
    assert 4 in missing(day, "05.4")


def test_a_move_of_which_nobody_hears_is_none(day: Lab) -> None:
    pass_time(day, 10)
    close_the_wall(day)
    pass_time(day, 30)
    assert {0, 3, 4} <= set(missing(day, "05.4"))


def test_another_town_is_named(lab: Lab) -> None:
    with Lab("two_companies", threads=False) as other:
        for number in ("05.1", "05.3", "05.4"):
            assert missing(other, number) == [0]


def test_what_needs_no_beginning_says_so(lab: Lab) -> None:
    with pytest.raises(ValueError, match=r"05\.3, 05\.4"):
        begin("00.1", lab)
    with pytest.raises(ValueError, match="needs the lab"):
        begin("05.3")
    assert begin("05.3", lab, seed=2) is lab


def test_a_letter_that_came_back_is_shown(lab: Lab) -> None:
    plant(lab)
    write(lab)
    claim = check("05.3", lab).claims[-1]
    assert claim.event is not None and "lab.story(" in claim.look_at
