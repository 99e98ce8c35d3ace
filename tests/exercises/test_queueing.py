"""The checks of chapter 12: what they take, what they refuse, and what they say of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from labmail.exercises import check
from labmail.exercises.answers import CONF_D, HOST
from labmail.exercises.jams import (
    ALICE,
    ANNA,
    BOB,
    FAULTS,
    FROZEN,
    GOOD,
    LETTERS,
    RULES,
    SALARIES,
    SLOW,
    another_jam,
    monday,
)
from labmail.exercises.queue_reading import arrivals, spools
from labmail.lab import Lab, LabHost, load_town


@pytest.fixture(scope="module")
def idle() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="12 idle"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str, answer: object = None) -> list[int]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


# ── 12.1 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hall() -> Iterator[Lab]:
    with monday() as lab:
        yield lab


def sorted_out(lab: Lab, annas: str = "remove", salaries: str = "give_up") -> LabHost:
    """Anna's letters and “Salaries”, each dealt with by a method of the host."""
    host = lab.host(HOST)
    for each in host.queue:
        with suppress(KeyError):  # it went along with another one
            if each.sender == ANNA:
                getattr(host, annas)(each)
            elif _subject(host, each.id) == SALARIES:
                getattr(host, salaries)(each)
    return host


def _subject(host: LabHost, id: str) -> str:
    try:
        text = host.cat(f"/var/spool/exim4/input/{id}-H")
    except FileNotFoundError:
        return ""
    return text.partition("Subject: ")[2].partition("\n")[0]


def test_a_monday_has_twenty_letters_in_three_heaps(hall: Lab) -> None:
    waiting = hall.host(HOST).queue
    assert len(waiting) == len(LETTERS) == 20 and len(GOOD) == 11
    frozen = {at for at, each in enumerate(waiting) if each.recipients[0].state == "frozen"}
    assert frozen == FROZEN
    assert [each.sender for each in waiting] == [sender for sender, *_ in LETTERS]
    assert missing(hall, "12.1") == [3, 5, 6]


def test_each_of_the_twenty_meets_its_fate(hall: Lab) -> None:
    sorted_out(hall).run_queue(frozen=True)
    assert missing(hall, "12.1") == []


def test_thawing_and_waiting_does_as_well(hall: Lab) -> None:
    host = sorted_out(hall)
    for each in host.queue:
        if each.recipients[0].state == "frozen":
            host.thaw(each)
    hall.clock.advance("8h")
    assert missing(hall, "12.1") == []


def test_a_round_that_passes_the_frozen_by_leaves_two(hall: Lab) -> None:
    sorted_out(hall).run_queue(force=True)
    assert missing(hall, "12.1") == [5, 6]
    assert "9 have; “" in str(check("12.1", hall)) and "2 letters" in str(check("12.1", hall))


@pytest.mark.parametrize(
    ("annas", "salaries", "wanting", "words"),
    [
        ("give_up", "give_up", [2], "8 of her letters were given up"),
        ("remove", "remove", [3], "it was removed: nobody was told"),
        ("try_now", "give_up", [1, 3], "8 arrived"),
        ("remove", "try_now", [1, 3], "it has arrived"),
    ],
)
def test_a_wrong_fate_is_named(
    hall: Lab, annas: str, salaries: str, wanting: list[int], words: str
) -> None:
    sorted_out(hall, annas, salaries).run_queue(frozen=True)
    assert missing(hall, "12.1") == wanting
    assert words in str(check("12.1", hall))


def test_whoever_removes_everything_is_told_what_was_lost(hall: Lab) -> None:
    host = hall.host(HOST)
    for each in host.queue:
        host.remove(each)
    assert missing(hall, "12.1") == [3, 5]
    assert "0 have; “Minutes of Friday” has not" in str(check("12.1", hall))


def test_whoever_gives_up_all_of_alices_is_told_so(hall: Lab) -> None:
    host = hall.host(HOST)
    for each in host.queue:
        (host.remove if each.sender == ANNA else host.give_up)(each)
    assert missing(hall, "12.1") == [4, 5]


def test_another_lab_is_not_the_one(idle: Lab) -> None:
    assert missing(idle, "12.1")[0] == missing(idle, "12.3")[0] == 0


# ── 12.2 ─────────────────────────────────────────────────────────────────────────────────────────

TRUTH = {
    "exim -q": "A",
    "exim -qf": "AB",
    "exim -qff": "ABC",
    "exim -M C": "BC",
    "exim -Mt C": "",
    "exim -Mt C; exim -q": "A",
    "exim -Mt C; exim -qf": "ABC",
    "exim -Mg C": "",
}


def test_who_has_arrived_is_what_the_lab_has_seen(idle: Lab) -> None:
    assert arrivals() == TRUTH
    assert missing(idle, "12.2", TRUTH) == []
    assert (
        missing(idle, "12.2", {key: " ".join(value.lower()) for key, value in TRUTH.items()}) == []
    )


@pytest.mark.parametrize(
    ("answer", "wanting"),
    [
        ({**TRUTH, "exim -q": "ABC"}, [1]),
        ({**TRUTH, "exim -qf": "ABC"}, [2]),
        ({**TRUTH, "exim -M C": "C"}, [4]),
        ({**TRUTH, "exim -Mt C; exim -q": ""}, [6]),
        ({key: value for key, value in TRUTH.items() if key != "exim -Mg C"}, [0, 8]),
        (dict.fromkeys(TRUTH, ""), [1, 2, 3, 4, 6, 7]),
        ({**TRUTH, "exim -q": ["A"]}, [0, 1]),
        ({**TRUTH, "exim -q": "AX"}, [1]),
        ("A", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (None, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_other_guesses(idle: Lab, answer: object, wanting: list[int]) -> None:
    assert missing(idle, "12.2", answer) == wanting


def test_a_wrong_guess_is_told_in_which_direction_and_not_which_letter(idle: Lab) -> None:
    said = str(check("12.2", idle, {**TRUTH, "exim -q": "ABC", "exim -M C": "C", "exim -qf": "X"}))
    assert "'ABC': 2 too many" in said and "'C': 1 missing" in said
    assert "there is no letter X" in said and "BC'" not in said.replace("'ABC'", "")


# ── 12.3 ─────────────────────────────────────────────────────────────────────────────────────────


def _gone(path: str) -> Callable[[LabHost], None]:
    def mend(host: LabHost) -> None:
        host.files.real(f"{CONF_D}/{path}").unlink()

    return mend


def _hurry(host: LabHost) -> None:
    host.files.write_text(RULES, host.files.read_text(RULES).replace(SLOW, ""))


def _thaw(host: LabHost) -> None:
    for each in host.queue:
        host.thaw(each)


MENDED: Mapping[str, Callable[[LabHost], None]] = {
    "a hint is in the way": lambda host: None,
    "deliveries are switched off": _gone("main/95_weekend"),
    "a router that puts off": _gone("router/150_stocktaking"),
    "a rule that is in no hurry": _hurry,
    "somebody has frozen them": _thaw,
    "a domain is held": _gone("main/92_ask"),
}


def mended(jam: Lab, fault: str) -> LabHost:
    host = jam.host(HOST)
    MENDED[fault](host)
    host.update_exim4_conf()
    host.reload()
    return host


def write(lab: Lab, subject: str) -> None:
    lab.user(ALICE).send(to=BOB, subject=subject, text="x\n")


@pytest.mark.parametrize(("seed", "fault"), list(enumerate(FAULTS)))
def test_every_jam_can_be_cleared(seed: int, fault: str) -> None:
    with another_jam(seed) as jam:
        assert len(jam.host(HOST).queue) == 3
        assert missing(jam, "12.3")[:2] == [1, 2]
        mended(jam, fault).run_queue(force=True)
        assert missing(jam, "12.3") == [4]
        write(jam, "Good morning")
        assert missing(jam, "12.3") == []


@pytest.mark.parametrize(
    ("fault", "force", "wanting"),
    [
        ("a hint is in the way", False, [1, 2, 4]),
        ("deliveries are switched off", True, [2, 4]),
        ("a router that puts off", True, [1, 2, 4]),
        ("a rule that is in no hurry", True, [5]),
        ("somebody has frozen them", True, [1, 2]),
        ("a domain is held", True, [2, 4]),
    ],
)
def test_a_round_alone_is_not_enough(fault: str, force: bool, wanting: list[int]) -> None:
    with another_jam(list(FAULTS).index(fault)) as jam:
        jam.host(HOST).run_queue(force=force)
        write(jam, "Good morning")
        assert missing(jam, "12.3") == wanting


def test_a_hint_in_the_way_may_be_waited_for() -> None:
    with another_jam(0) as jam:
        assert missing(jam, "12.3") == [1, 2, 4]
        jam.clock.advance("8h")
        write(jam, "Good morning")
        assert missing(jam, "12.3") == []


def test_to_write_the_letters_again_is_not_to_free_them() -> None:
    with another_jam(1) as jam:
        host = mended(jam, "deliveries are switched off")
        for each in host.queue:
            host.remove(each)
        for subject in ("Jam 1", "Jam 2", "Jam 3", "Good morning"):
            write(jam, subject)
        assert missing(jam, "12.3") == [3]


def test_a_file_that_no_daemon_has_read_changes_nothing() -> None:
    with another_jam(3) as jam:
        host = jam.host(HOST)
        _hurry(host)
        host.update_exim4_conf()
        host.run_queue(force=True)
        write(jam, "Good morning")
        assert missing(jam, "12.3") == [5]
        assert "48 hours" in str(check("12.3", jam))


# ── 12.4 ─────────────────────────────────────────────────────────────────────────────────────────

Spool = Mapping[str, str]


def owed(
    spool: Spool, *, tree: bool = True, more: bool = True, case: bool = True
) -> dict[str, int]:
    """The administrator's report; without one of its three finer points on demand."""
    report: dict[str, int] = {}
    for name, text in spool.items():
        if not name.endswith("-H"):
            continue
        lines = text.partition("\n\n")[0].splitlines()
        number = next(n for n in range(1, len(lines)) if lines[-n - 1] == str(n))
        above = lines[: -number - 1]
        done = (
            {line[3:] for line in above if line[:2] in ("YY", "YN", "NY", "NN")} if tree else set()
        )
        done |= set(spool.get(f"{name[:-1]}J", "").splitlines()) if more else set()
        for line in lines[-number:]:
            address = line.split(" ")[0]
            domain = address.rpartition("@")[2]
            if address not in done:
                domain = domain.lower() if case else domain
                report[domain] = report.get(domain, 0) + 1
    return report


def test_who_is_owed_a_letter(idle: Lab) -> None:
    assert missing(idle, "12.4", owed) == []
    assert [truth for *_, truth in spools()][-1] == {"ask.com": 3, "far.test": 1}


@pytest.mark.parametrize(
    ("answer", "wanting"),
    [
        (lambda spool: owed(spool, tree=False), [3, 4, 5, 6, 7]),
        (lambda spool: owed(spool, more=False), [4]),
        (lambda spool: owed(spool, case=False), [6]),
        (lambda spool: {}, [2, 3, 4, 5, 6, 7]),
        (lambda spool: {"ask.com": sum(map(len, owed(spool)))}, [1, 2, 3, 4, 5, 6, 7]),
        (lambda spool: 1 // 0, [1, 2, 3, 4, 5, 6, 7]),
        (lambda: {}, [1, 2, 3, 4, 5, 6, 7]),
        ("a report", [0]),
        (None, [0]),
    ],
)
def test_other_reports(idle: Lab, answer: Any, wanting: list[int]) -> None:
    assert missing(idle, "12.4", answer) == wanting


def test_what_broke_in_a_report_is_told(idle: Lab) -> None:
    assert "ZeroDivisionError" in str(check("12.4", idle, lambda spool: 1 // 0))


# ── the chapter ──────────────────────────────────────────────────────────────────────────────────


def test_a_student_finds_all_four_with_three_hints_each() -> None:
    asked = "from labmail.exercises import all_exercises as all_; "
    asked += "print({number: len(each.hints) for number, each in all_().items()})"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    for number in ("12.1", "12.2", "12.3", "12.4"):
        assert f"'{number}': 3" in told.stdout
