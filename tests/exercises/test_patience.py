"""The checks of chapter 04: what they take, what they refuse, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from labmail.exercises import check
from labmail.exercises.answers import ANSWERS, CONF_D, HOST
from labmail.exercises.nights import ALIASES, FAULTS, NAMES, THERE, ZONE, another_night
from labmail.exercises.patience import tries_of_a_day
from labmail.lab import Lab, load_town

ALICE, BOB = "alice@example.com", "bob@ask.com"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="04"), threads=False) as lab:
        yield lab


@pytest.fixture(scope="module")
def idle() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="04 idle"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str, answer: object = None) -> list[int]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


def write(lab: Lab, subject: str, to: str = BOB) -> None:
    lab.user(ALICE).send(to=to, subject=subject, text="x\n")


# ── 04.1 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outage", "push", "wanting"), [("7h", False, []), ("2h", False, [1]), ("7h", True, [3])]
)
def test_a_letter_through_an_outage(outage: str, push: bool, wanting: list[int], lab: Lab) -> None:
    lab.host(HOST).run_queue()  # before the letter: that is no matter
    lab.down(THERE)
    lab.clock.advance("1m")
    write(lab, "Patience")
    lab.clock.advance(outage)
    lab.up(THERE)
    if push:
        lab.host(HOST).run_queue()
    lab.clock.advance("8h")
    assert missing(lab, "04.1") == wanting


def test_other_outages_do_as_well(lab: Lab) -> None:
    fault = lab.faults.partition(HOST, THERE)
    write(lab, "Patience")
    lab.host(HOST).restart("smtp")
    lab.clock.advance("2d")
    fault.mend()
    assert missing(lab, "04.1") == [1, 2]
    lab.clock.advance("7h")
    assert missing(lab, "04.1") == []


def test_whoever_sends_it_again_is_told_so(lab: Lab) -> None:
    with lab.faults.down(THERE):
        write(lab, "Patience")
        lab.clock.advance("7h")
    write(lab, "Patience")
    lab.clock.advance("4h")
    assert missing(lab, "04.1") == [2]
    assert "2 written, 2 arrived" in str(check("04.1", lab))


def test_a_letter_to_a_host_that_is_there_has_not_waited(lab: Lab) -> None:
    assert missing(lab, "04.1") == [0, 1, 2]
    write(lab, "Patience")
    assert missing(lab, "04.1") == [0, 1]


# ── 04.2 ─────────────────────────────────────────────────────────────────────────────────────────


def test_twelve_tries_are_those_that_the_lab_has_seen(idle: Lab) -> None:
    truth = tries_of_a_day()
    assert truth == (0, 15, 30, 45, 60, 75, 90, 105, 120, 180, 270, 405)
    assert missing(idle, "04.2", list(truth)) == missing(idle, "04.2", truth) == []


@pytest.mark.parametrize(
    ("answer", "wanting"),
    [
        ([15 * n for n in range(12)], [2]),
        ([15 * (n + 1) for n in range(12)], [0, 1, 2]),
        ([0, 15, 30, 45, 60, 75, 90, 105, 120, 180, 240, 300], [2]),
        ([0, 15, 30, 45, 60, 75, 90, 105, 120], [0, 2]),
        ([0, 15], [0, 1, 2]),
        ([], [0, 1, 2]),
        ("0 15", [0, 1, 2]),
        (None, [0, 1, 2]),
        ([0, "15"], [0, 1, 2]),
    ],
)
def test_other_tries(idle: Lab, answer: object, wanting: list[int]) -> None:
    assert missing(idle, "04.2", answer) == wanting


# ── 04.3 ─────────────────────────────────────────────────────────────────────────────────────────


def _edit(lab: Lab, name: str, path: str, old: str, new: str) -> None:
    files = lab.host(name).files
    files.write_text(path, files.read_text(path).replace(old, new))


def _zone(old: str, new: str) -> Callable[[Lab], None]:
    def mend(night: Lab) -> None:
        _edit(night, NAMES, ZONE, old, new)
        _edit(night, NAMES, ZONE, "2026030201", "2026030202")
        night.host(NAMES).reload_names()

    return mend


def _answer(night: Lab) -> None:
    _edit(night, THERE, ANSWERS, "dc_local_interfaces='127.0.0.1'\n", "")
    night.host(THERE).update_exim4_conf()
    night.host(THERE).reload()


def _unroute(night: Lab) -> None:
    night.host(HOST).files.real(f"{CONF_D}/router/150_partner").unlink()
    night.host(HOST).update_exim4_conf()
    night.host(HOST).reload()


MENDED: dict[str, Callable[[Lab], None]] = {
    "a number in the zone is missing": _zone("MX  mail", "MX  10 mail"),
    "a daemon that listens to itself only": _answer,
    "an address that is nobody's": _zone("128.10.30.9", "128.10.30.2"),
    "aliases without a comma": lambda night: _edit(
        night, THERE, ALIASES, "bob carol", "bob, carol"
    ),
    "a route to the wrong host": _unroute,
}


SAID = {
    "a number in the zone is missing": "R=dnslookup defer (-1): host lookup did not complete",
    "a daemon that listens to itself only": "H=mail.ask.com [128.10.30.2] Connection refused",
    "an address that is nobody's": "H=mail.ask.com [128.10.30.9] Network is unreachable",
    "aliases without a comma": "after RCPT TO:<bob@ask.com>: 451 ",
    "a route to the wrong host": "H=games.example.com [128.10.12.3] Connection refused",
}
"""What tells them apart in the log of mail.example.com."""


@pytest.mark.parametrize("seed", range(len(FAULTS)))
def test_letters_that_wait_arrive_when_the_fault_is_mended(seed: int) -> None:
    with another_night(seed) as night:
        assert SAID[list(FAULTS)[seed]] in night.host(HOST).mainlog
        assert {1, 2, 4} <= set(missing(night, "04.3"))
        assert not len(night.faults), "it is mended where it is, not taken back"
        MENDED[list(FAULTS)[seed]](night)
        night.clock.advance("80m")
        write(night, "Good morning")
        assert missing(night, "04.3") == []


def test_a_fresh_letter_that_has_to_wait_is_not_enough() -> None:
    with another_night(1) as night:
        write(night, "Good morning")
        _answer(night)
        night.clock.advance("80m")
        assert missing(night, "04.3") == [4]
        write(night, "Good morning")
        assert missing(night, "04.3") == []


def test_a_road_of_ones_own_does_not_mend_the_names_of_the_world() -> None:
    with another_night(2) as night:
        host = night.host(HOST)
        around = "around:\n  driver = manualroute\n  domains = ask.com\n"
        around += "  route_list = * 128.10.30.2\n  transport = remote_smtp\n"
        host.files.write_text(f"{CONF_D}/router/150_around", around)
        host.update_exim4_conf()
        host.reload()
        night.clock.advance("20m")
        write(night, "Good morning")
        assert missing(night, "04.3") == [5]


def test_another_lab_is_not_that_night(idle: Lab) -> None:
    assert 0 in missing(idle, "04.3")


# ── 04.4 ─────────────────────────────────────────────────────────────────────────────────────────

Rule = list[tuple]  # type: ignore[type-arg]


def good(rule: Rule, age: float, last: float) -> float | None:
    for kind, until, first, *factor in rule:
        if age < until:
            growing = kind == "G" and last >= first
            return min(last * factor[0] if growing else first, 86400)
    return None


def larger(rule: Rule, age: float, last: float) -> float | None:
    """The larger of the two is the same thing for all rules that somebody would write."""
    for kind, until, first, *factor in rule:
        if age < until:
            return min(86400, max(first, last * factor[0]) if kind == "G" else first)
    return None


def ageing(rule: Rule, age: float, last: float) -> float | None:
    for kind, until, first, *factor in rule:
        if age < until:
            return max(first, age * factor[0]) if kind == "G" else first
    return None


@pytest.mark.parametrize(
    ("answer", "wanting"),
    [
        (good, []),
        (larger, []),
        (ageing, [1, 3, 4]),
        (lambda rule, age, last: good(rule, age, last) or 0, [1, 2, 3, 4, 5]),
        (lambda rule, age, last: 900, [1, 2, 3, 4, 5]),
        (lambda rule, age, last: 1 / 0, [1, 2, 3, 4, 5]),
        (lambda rule, age: 900, [1, 2, 3, 4, 5]),
        (7, [0]),
    ],
)
def test_the_next_pause(idle: Lab, answer: object, wanting: list[int]) -> None:
    assert missing(idle, "04.4", answer) == wanting


def test_a_pause_that_is_wrong_says_when(idle: Lab) -> None:
    said = str(check("04.4", idle, lambda rule, age, last: 900))
    assert "at age 7200 after a pause of 900: 900" in said
