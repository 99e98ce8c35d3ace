"""Chapter 01: its checks tell right from wrong."""

import smtplib

import pytest

from labmail import Lab, check
from labmail.message import Message


@pytest.fixture
def lab():
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def alice(lab):
    return lab.user("alice@example.com")


def sent(alice, draft, *recipients):
    return alice.send(draft.replace(envelope=draft.envelope.replace(recipients=recipients)))


def held(verdict):
    assert not verdict.trouble, verdict
    return [claim.holds for claim in verdict.claims]


# ── 01.1 ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_for_anna_that_names_bob(lab, alice):
    assert held(check("01.1", lab)) == [False, False]
    sent(alice, alice.compose(to="bob@ask.com", subject="x", text="x"), "anna@example.com")
    assert check("01.1", lab).ok


@pytest.mark.parametrize("more", [{"cc": "anna@example.com"}, {"bcc": "anna@example.com"}])
def test_a_copy_for_anna_is_not_what_was_asked(lab, alice, more):
    alice.send(to="bob@ask.com", subject="x", text="x", **more)
    verdict = check("01.1", lab)
    assert not verdict.ok
    assert "look at" in str(verdict) and "hand over a letter for" in str(verdict)


def test_fetching_does_not_hide_a_letter_from_the_check(lab, alice):
    sent(alice, alice.compose(to="bob@ask.com", subject="x", text="x"), "anna@example.com")
    lab.user("anna@example.com").fetch()
    assert check("01.1", lab).ok


# ── 01.2 ─────────────────────────────────────────────────────────────────────────────────────────

RIGHT = {"A": ["anna@example.com"], "B": "bob@ask.com, carol@ask.com", "C": ("bob@ask.com",)}


def puzzles(alice):
    for name, recipients in (
        ("A", ["anna@example.com"]),
        ("B", ["bob@ask.com", "carol@ask.com"]),
        ("C", ["bob@ask.com"]),
    ):
        sent(alice, alice.compose(to="carol@ask.com", subject=f"Puzzle {name}"), *recipients)


def test_a_guess_counts_only_once_the_letters_are_there(lab, alice):
    assert held(check("01.2", lab, RIGHT)) == [False] * 3
    puzzles(alice)
    assert check("01.2", lab, RIGHT).ok


@pytest.mark.parametrize(
    "guess", [None, {}, [], "bob@ask.com", 7, {"A": ["bob@ask.com"], "B": [], "C": None}]
)
def test_a_wrong_guess_is_not_told_the_right_one(lab, alice, guess):
    puzzles(alice)
    verdict = check("01.2", lab, guess)
    assert held(verdict) == [False] * 3
    assert "anna@example.com" not in " ".join(claim.found for claim in verdict.claims)


def test_one_address_too_many_is_wrong(lab, alice):
    puzzles(alice)
    assert held(check("01.2", lab, RIGHT | {"A": ["anna@example.com", "bob@ask.com"]})) == [
        False,
        True,
        True,
    ]


# ── 01.3 ─────────────────────────────────────────────────────────────────────────────────────────


def invite(lab, *lines, guests=("bob@ask.com", "carol@ask.com")):
    door = lab.endpoint("mail.example.com", "smtp", "128.10.12.3")
    with smtplib.SMTP(*door, "games.example.com") as talk:
        talk.sendmail("alice@example.com", guests, "\n".join(["Subject: Party", *lines]))
    lab.run()


def test_the_invitation_before_and_after_it_is_mended(lab):
    assert held(check("01.3", lab)) == [False] * 3
    invite(lab, "To: bob@ask.com", "bcc: carol@ask.com", "Friday: at seven")
    assert held(check("01.3", lab)) == [True, False, False]
    invite(lab, "To: bob@ask.com", "Bcc:", " carol@ask.com", "", "Friday: at seven")
    assert held(check("01.3", lab)) == [True, False, True]
    invite(lab, "To: bob@ask.com", "", "Friday: at seven")
    assert check("01.3", lab).ok


def test_carol_must_be_invited_too(lab):
    invite(lab, "To: bob@ask.com", "", "Friday: at seven", guests=["bob@ask.com"])
    assert held(check("01.3", lab)) == [False, True, True]


# ── 01.4 ─────────────────────────────────────────────────────────────────────────────────────────


def right(text):
    return [(hop.by, hop.time, hop.delay) for hop in Message(text.encode()).hops()]


def test_the_road_as_we_read_it(lab, alice):
    alice.send(to="bob@ask.com", subject="x", text="x")
    assert check("01.4", lab, right).ok
    assert check("01.4", lab, lambda text: [list(hop) for hop in right(text)]).ok


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda text: right(text)[::-1], "the newest hop comes first"),
        (lambda text: None, "which is no list of such tuples"),
        (lambda text: right(text)[:1], "1 tuples"),
        (lambda text: [(host, 0, delay) for host, _, delay in right(text)], "the times"),
        (lambda text: [(host, time, 0) for host, time, _ in right(text)], "the delays"),
        (lambda text: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_wrong_road_is_told_what_is_wrong(lab, alice, wrong, words):
    alice.send(to="bob@ask.com", subject="x", text="x")
    verdict = check("01.4", lab, wrong)
    assert not verdict.trouble
    assert not verdict.ok
    assert words in str(verdict)


def test_a_road_that_is_no_function(lab):
    assert held(check("01.4", lab, "hops")) == [False]


def test_an_empty_mailbox_is_no_trouble(lab):
    assert not check("01.4", lab, right).trouble
