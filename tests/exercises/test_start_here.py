"""Chapter 00: its checks tell right from wrong worlds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labmail.exercises import Verdict, check
from labmail.lab import Lab

WAITING = "mail.example.com:/var/spool/exim4/input"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def write(lab: Lab, to: str = "bob@ask.com", subject: str = "Mine", by: str = "alice@example.com"):  # type: ignore[no-untyped-def]
    return lab.user(by).send(to=to, subject=subject, text="Hello.\n")


def held(verdict: Verdict) -> list[bool]:
    assert not verdict.trouble, verdict
    return [claim.holds for claim in verdict.claims]


# ── 00.1 ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_of_ones_own_holds(lab: Lab) -> None:
    assert held(check("00.1", lab)) == [False, False]
    write(lab)
    assert check("00.1", lab).ok


def test_it_holds_when_bob_has_fetched_it(lab: Lab) -> None:
    write(lab)
    lab.user("bob@ask.com").fetch()
    assert check("00.1", lab).ok


def test_several_letters_of_ones_own_hold(lab: Lab) -> None:
    write(lab)
    write(lab, subject="Another")
    assert check("00.1", lab).ok


def test_the_wrong_bob_is_told_and_shown(lab: Lab) -> None:
    letter = write(lab, to="bob@example.com")
    verdict = check("00.1", lab)
    assert not verdict.ok
    assert "none; but bob@example.com has one" in str(verdict)
    number = len(lab.story(letter))
    assert f'look at   lab.story("{letter.name}")[{number}]' in str(verdict)


@pytest.mark.parametrize("subject", ["Lunch on Friday?", "Who gets this?", "Waiting"])
def test_a_letter_of_the_chapter_is_not_ones_own(lab: Lab, subject: str) -> None:
    write(lab, subject=subject)
    assert held(check("00.1", lab)) == [False, False]


def test_a_letter_of_somebody_else_is_not_alices(lab: Lab) -> None:
    write(lab, by="anna@example.com")
    assert not check("00.1", lab).ok


def test_the_same_letter_twice_is_once_too_often(lab: Lab) -> None:
    write(lab)
    write(lab)
    verdict = check("00.1", lab)
    assert held(verdict) == [True, False]
    assert "more than one with the subject Mine" in str(verdict)


# ── 00.2 ─────────────────────────────────────────────────────────────────────────────────────────


def wait(lab: Lab) -> None:
    """The chapter's own cell."""
    lab.down("mail.ask.com")
    write(lab, subject="Waiting")


@pytest.mark.parametrize("guess", [WAITING, WAITING + "/"])
def test_the_right_folder_holds(lab: Lab, guess: str) -> None:
    wait(lab)
    assert check("00.2", lab, guess).ok


@pytest.mark.parametrize(
    ("guess", "holds"),
    [
        ("", [False, False]),
        (None, [False, False]),
        (42, [False, False]),
        ("in Bob's mailbox", [False, False]),
        ("mail.example.org:/var/spool/exim4/input", [False, False]),
        ("mail.example.com:var/spool/exim4/input", [False, False]),
        ("mail.ask.com:/home/bob/Maildir/new", [True, False]),
        ("mail.ask.com:/var/spool/exim4/input", [True, False]),
        ("mail.example.com:/var/spool/exim4", [True, False]),
    ],
)
def test_other_guesses_do_not_hold(lab: Lab, guess: object, holds: list[bool]) -> None:
    wait(lab)
    assert held(check("00.2", lab, guess)) == holds


def test_a_guess_does_not_hold_before_there_is_a_letter(lab: Lab) -> None:
    verdict = check("00.2", lab, WAITING)
    assert held(verdict) == [True, False]
    assert "no such letter has had to wait yet" in str(verdict)


def test_the_guess_is_judged_after_the_letter_has_arrived_too(lab: Lab) -> None:
    wait(lab)
    lab.up("mail.ask.com")
    lab.clock.advance("30m")
    assert check("00.2", lab, WAITING).ok


def test_the_answer_is_not_given_away(lab: Lab) -> None:
    wait(lab)
    verdict = check("00.2", lab, "mail.ask.com:/tmp", hint=3)
    assert "spool/exim4" not in str(verdict) and "mail.example.com" not in str(verdict)


# ── 00.3 ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["time passes", "the queue is run"])
def test_it_is_mended_when_the_host_is_back(lab: Lab, way: str) -> None:
    wait(lab)
    assert held(check("00.3", lab)) == [False, False, False]
    lab.up("mail.ask.com")
    assert not check("00.3", lab).ok
    if way == "time passes":
        lab.clock.advance("30m")
    else:
        lab.clock.advance("16m")
        lab.host("mail.example.com").run_queue()
    assert check("00.3", lab).ok
    lab.user("bob@ask.com").fetch()
    assert check("00.3", lab).ok


def test_time_alone_does_not_mend_it(lab: Lab) -> None:
    wait(lab)
    lab.clock.advance("1h")
    verdict = check("00.3", lab)
    assert held(verdict) == [False, False, False]
    assert 'look at   lab.story("alice@example.com/1")[' in str(verdict)


def test_a_second_letter_instead_of_the_first_is_seen(lab: Lab) -> None:
    wait(lab)
    lab.up("mail.ask.com")
    write(lab, subject="Waiting")
    lab.clock.advance("30m")
    verdict = check("00.3", lab)
    assert held(verdict) == [True, False, True]
    assert "written twice, arrived twice (the notebook, run from the top" in str(verdict)


def test_nothing_holds_before_the_letter_was_sent(lab: Lab) -> None:
    assert held(check("00.3", lab)) == [False, False, False]
