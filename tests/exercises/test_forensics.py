"""The checks of chapter 15: what they take, what they refuse, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from labmail.exercises import begin, check
from labmail.exercises.answers import HOST
from labmail.exercises.wrecks import (
    ALIASES,
    ASIDE,
    BOB,
    CAROL,
    CIRCLES,
    HUBBED,
    INPUT,
    LETTERS,
    MOMENTS,
    THERE,
    another_circle,
    another_loss,
    another_wreck,
    four_cuts,
    order,
    wrecked,
)
from labmail.lab import Lab, load_town

ALICE = "alice@example.com"
pytestmark = pytest.mark.only_on("linux")


def later(*seeds: int) -> list[Any]:
    """Seeds that are tried where there is time for them."""
    return [pytest.param(seed, marks=pytest.mark.long) for seed in seeds]


@pytest.fixture(scope="module")
def idle() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="15 idle"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str, answer: object = None) -> list[int]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


@pytest.mark.parametrize("number", ["15.1", "15.2", "15.3", "15.4"])
def test_another_lab_is_none_of_them(number: str, idle: Lab) -> None:
    assert 0 in missing(idle, number)


# ── 15.1 ─────────────────────────────────────────────────────────────────────────────────────────


def traced(lab: Lab) -> list[str]:
    """What a person makes of the logs: from each => to the line <= that it leads to."""
    logs = {name: lab.host(name).mainlog.splitlines() for name in (HOST, THERE)}
    here = HOST
    (start,) = (
        line.split()[2] for line in logs[HOST] if " 09:15:" in line and f"<= {ALICE}" in line
        and "H=games" in line
    )  # fmt: skip
    way = [start]
    while True:
        (end,) = (x for x in logs[here] if f" {way[-1]} " in x and x.split()[3] in ("=>", "**"))
        address = end.split()[4].rstrip(":")
        if "C=" not in end:
            if "@" in address:
                return [*way, address]
            return [*way, f"{address}@{here.removeprefix('mail.')}"]
        way.append(end.rpartition("id=")[2].rstrip('"'))
        here = THERE if here == HOST else HOST


@pytest.mark.parametrize("seed", [0, 3, *later(1, 2, 4)])
def test_the_logs_alone_lead_to_the_letter(seed: int) -> None:
    with another_loss(seed) as lab:
        way = traced(lab)
        assert missing(lab, "15.1", way) == []
        assert missing(lab, "15.1", tuple(way)) == []
        assert missing(lab, "15.1", [*way[:-1], "nobody@ask.com"]) == [4]
        assert missing(lab, "15.1", [*way[:-2], way[-1]]) in ([3], [1, 2, 3, 4])
    assert len(way) - 1 == (3, 2, 2, 1, 4)[seed]


def test_wrong_ways_are_told_where_they_are_wrong() -> None:
    with another_loss(1) as lab:
        way = traced(lab)
        (anna,) = (
            line.split()[2] for line in lab.host(HOST).mainlog.splitlines() if "<= anna" in line
        )
        said = str(check("15.1", lab, [anna, *way[1:]]))
        assert "a letter from anna@example.com for carol@ask.com" in said
        said = str(check("15.1", lab, [way[0], "1vwzC4-000000-00", way[-1]]))
        assert "1 of 2 in their places" in said and "which no host of this lab has given" in said
        for answer in (None, "x", [], [way[0]], way[:-1], 7, {"a": 1}):
            assert {1, 2, 3, 4} == set(missing(lab, "15.1", answer)), answer
        assert way[-1] not in str(check("15.1", lab, [*way[:-1], "x@y.test"]))


# ── 15.2 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", [1, *later(2, 3)])
def test_four_cuts_have_left_what_tells_them_apart(seed: int) -> None:
    with four_cuts(seed) as lab:
        truth = dict(zip(LETTERS, order(seed), strict=True))
        copies = {"arriving": 0, "accepted": 1, "passed on": 2, "completed": 1}
        box = [message.subject for message in lab.user(BOB).everything]
        assert {s: box.count(s) for s in LETTERS} == {s: copies[truth[s]] for s in LETTERS}
        assert missing(lab, "15.2", truth) == []
        turned = {"accepted": "completed", "completed": "accepted"}
        assert missing(lab, "15.2", {s: turned.get(m, m) for s, m in truth.items()}) == [4]
        turned = {"arriving": "accepted", "accepted": "arriving"}
        assert missing(lab, "15.2", {s: turned.get(m, m) for s, m in truth.items()}) == [3, 4]
        assert len(lab.faults) == 0


def test_answers_of_another_form_for_the_cuts() -> None:
    with four_cuts(1) as lab:
        for answer in (None, {}, ["arriving"], dict.fromkeys(LETTERS, "later"), {"North": "x"}):
            assert {1, 2, 3, 4} == set(missing(lab, "15.2", answer)), answer
        said = str(check("15.2", lab, dict.fromkeys(LETTERS, "accepted")))
        assert "“accepted” for " in said and "of which Bob has 2" in said


def test_each_seed_is_an_order_of_the_same_moments() -> None:
    assert all(set(order(seed)) == set(MOMENTS) for seed in range(20))
    assert len({order(seed) for seed in range(20)}) > 5


# ── 15.3 ─────────────────────────────────────────────────────────────────────────────────────────


def write(lab: Lab, to: str = "boss@example.com") -> None:
    lab.user(ALICE).send(to=to, subject="Straight on", text="x\n")
    lab.clock.advance("5m")


def edit(lab: Lab, name: str, path: str, old: str, new: str) -> None:
    files = lab.host(name).files
    files.write_text(path, files.read_text(path).replace(old, new))


MENDED: dict[str, Callable[[Lab], None]] = {
    "a hub": lambda lab: lab.host(THERE).files.real(HUBBED).unlink(),
    "two aliases": lambda lab: edit(lab, THERE, ALIASES, "boss: boss@example.com", "boss: carol"),
    "a .forward": lambda lab: lab.host(THERE).files.real("/home/carol/.forward").unlink(),
}


@pytest.mark.parametrize("seed", [0, *later(1, 2)])
def test_a_circle_is_cut_where_it_is_wrong(seed: int) -> None:
    with another_circle(seed) as lab:
        (bounce,) = lab.user(ALICE).everything
        assert b"goes round in a loop" in bytes(bounce.body)
        assert bytes(bounce.body).count(b"\nReceived:") == 31
        assert {1, 2} <= set(missing(lab, "15.3"))
        MENDED[list(CIRCLES)[seed]](lab)
        write(lab)
        assert missing(lab, "15.3") == []


@pytest.mark.long
def test_the_boss_is_not_served_at_example_com() -> None:
    with another_circle(1) as lab:
        edit(lab, HOST, ALIASES, "boss: boss@ask.com", "boss: alice")
        edit(lab, THERE, ALIASES, "boss: boss@example.com", "boss: carol")
        write(lab)
        assert missing(lab, "15.3") == [1, 2, 4]
        assert check("15.3", lab).claims[4].found == "alice@example.com"


@pytest.mark.long
def test_a_higher_limit_is_no_repair() -> None:
    with another_circle(2) as lab:
        for name in (HOST, THERE):
            host = lab.host(name)
            host.files.write_text("/etc/exim4/conf.d/main/90_more", "received_headers_max = 90\n")
            host.update_exim4_conf()
            host.reload()
        write(lab)
        assert {1, 2, 3} <= set(missing(lab, "15.3"))
        assert "it was given up" in str(check("15.3", lab))


# ── 15.4 ─────────────────────────────────────────────────────────────────────────────────────────


def body_of(lab: Lab) -> str:
    return lab.host(HOST).cat(f"{ASIDE}/{wrecked(lab)}-D").partition("\n")[2]


def clear(lab: Lab) -> None:
    files = lab.host(HOST).files
    for kind in "HD":
        files.real(f"{ASIDE}/{wrecked(lab)}-{kind}").unlink()


def recipients(lab: Lab) -> list[str]:
    """As the log has them: whom it was put off for."""
    lines = lab.host(HOST).mainlog.splitlines()
    put_off = [line.split() for line in lines if f" {wrecked(lab)} == " in line]
    return sorted({words[4] for words in put_off})


@pytest.mark.parametrize("seed", [0, 2, *later(1)])
def test_the_body_is_sent_once_more(seed: int) -> None:
    with another_wreck(seed) as lab:
        assert "Format error in spool file" in lab.host(HOST).cat("/var/log/exim4/paniclog")
        assert {1, 2, 4} <= set(missing(lab, "15.4"))
        whom = recipients(lab)
        assert whom == ([CAROL], [BOB], [BOB, CAROL])[seed]
        lab.user(ALICE).send(to=whom, subject="Once more", text=body_of(lab))
        lab.run()
        assert missing(lab, "15.4") == [5]
        left = check("15.4", lab).claims[5].found
        assert left == f"{wrecked(lab)}-D, {wrecked(lab)}-H"
        clear(lab)
        assert missing(lab, "15.4") == []


def test_a_head_that_was_made_whole_will_do_as_well() -> None:
    with another_wreck(2) as lab:
        host, name = lab.host(HOST), wrecked(lab)
        files = host.files
        head = files.read_text(f"{ASIDE}/{name}-H")
        assert not head.startswith(name)
        host.stop()
        files.write_text(f"{INPUT}/{name}-H", f"{name}-H\n{head}")
        files.write_text(f"{INPUT}/{name}-D", files.read_text(f"{ASIDE}/{name}-D"))
        clear(lab)
        host.restart("smtp")
        lab.clock.advance("1h")
        assert missing(lab, "15.4") == []


def test_what_is_removed_is_lost() -> None:
    with another_wreck(1) as lab:
        clear(lab)
        assert missing(lab, "15.4") == [1, 2, 4, 5]
        said = [claim.found for claim in check("15.4", lab).claims]
        assert said[4:] == ["it has not arrived", "it is gone, but the letter has not arrived"]


def test_to_others_twice_or_by_somebody_else() -> None:
    with another_wreck(1) as lab:
        body = body_of(lab)
        clear(lab)
        lab.user("anna@example.com").send(to=[BOB, CAROL], subject="From Alice", text=body)
        lab.run()
        assert missing(lab, "15.4") == [3, 4]
        lab.user(ALICE).send(to=BOB, subject="Again", text=body)
        lab.run()
        assert missing(lab, "15.4") == [2, 3, 4]


def test_the_beginnings_know_them() -> None:
    with begin("15.2", seed=2) as lab:
        assert lab.town.name == "Four cuts"
