"""Claims and verdicts: a check never raises, says what is missing, and hides no trouble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from labmail.exercises import MIME, Claim, Exercise, Verdict, all_exercises, check
from labmail.exercises.claim import with_step
from labmail.lab import Lab

check_module = __import__("labmail.exercises.exercise", fromlist=["check"])


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Registers an exercise for one test: its number is 99.1."""

    def make(judge: Any, hints: tuple[str, ...] = ("where", "which rule", "what kind")) -> None:
        known = all_exercises()
        monkeypatch.setattr(check_module, "_known", known)
        known["99.1"] = Exercise("99.1", "Try", hints, judge)

    return make


def yes(lab: Lab, answer: Any) -> Iterator[Claim]:
    yield Claim("it is so", True, "so", "so")


def partly(lab: Lab, answer: Any) -> Iterator[Claim]:
    yield Claim("it is so", True, "so", "so")
    yield Claim("it is <i>not</i> so", False, "so", f"{answer}")


def broken(lab: Lab, answer: Any) -> Iterator[Claim]:
    yield Claim("it is so", True)
    raise LookupError("no such thing")


def test_every_exercise_has_three_hints_and_a_title() -> None:
    for number, task in all_exercises().items():
        assert len(task.hints) == 3, number
        assert all(hint.endswith((".", "?")) for hint in task.hints), number
        assert task.title and task.id == number


def test_the_numbers_are_in_order() -> None:
    numbers = list(all_exercises())
    assert numbers[:3] == ["00.1", "00.2", "00.3"]
    assert numbers == sorted(numbers)


def test_an_unknown_exercise_is_an_error_that_names_the_nearest(lab: Lab) -> None:
    with pytest.raises(ValueError, match=r"no exercise '00\.1x'.*did you mean '00\.1'\?"):
        check("00.1x", lab)


def test_what_holds_is_counted_and_what_does_not_comes_first(lab: Lab, make: Any) -> None:
    make(partly)
    verdict = check("99.1", lab, "otherwise")
    assert not verdict.ok
    lines = str(verdict).splitlines()
    assert lines[0] == "99.1  Try: 1 of 2 hold."
    assert lines[1] == "  ○ it is <i>not</i> so: not yet"
    assert lines[2:4] == ["      expected  so", "      found     otherwise"]
    assert lines[4] == "  ✓ it is so: holds"
    assert "passed" not in str(verdict)


@pytest.mark.parametrize(
    ("hint", "shown", "more"),
    [
        (0, [], "For a hint, write hint=1 "),
        (1, ["where"], "For the next hint, write hint=2 "),
        (2, ["where", "which rule"], "hint=3 "),
        (3, ["where", "which rule", "what kind"], ""),
        (9, ["where", "which rule", "what kind"], ""),
        (-1, [], "hint=1 "),
    ],
)
def test_hints_come_one_by_one(lab: Lab, make: Any, hint: int, shown: list[str], more: str) -> None:
    make(partly)
    verdict = check("99.1", lab, hint=hint)
    assert list(verdict.hints) == shown
    assert verdict.more.startswith(more) if not more.startswith("hint") else more in verdict.more
    for text in ("where", "which rule", "what kind"):
        assert (text in str(verdict)) == (text in shown)


def test_who_has_it_right_is_offered_no_hint(lab: Lab, make: Any) -> None:
    make(yes)
    verdict = check("99.1", lab)
    assert verdict.ok
    assert "hint" not in str(verdict)


def test_a_check_that_breaks_judges_nothing_and_says_where(lab: Lab, make: Any) -> None:
    make(broken)
    verdict = check("99.1", lab)
    assert not verdict.ok and not verdict.claims
    assert "could not run, so nothing is judged" in str(verdict)
    assert "not your fault" in str(verdict) and "LookupError: no such thing" in str(verdict)


def test_trouble_names_the_line_of_labmail_and_no_folder_of_this_machine(
    lab: Lab, make: Any
) -> None:
    make(lambda lab, answer: [with_step(None, lab)])
    assert "not your fault: labmail/exercises/claim.py, line " in str(check("99.1", lab))


def test_a_check_that_claims_nothing_does_not_hold(lab: Lab, make: Any) -> None:
    make(lambda lab, answer: [])
    assert not check("99.1", lab).ok
    assert "nothing to claim" in str(check("99.1", lab))


def test_a_closed_lab_and_a_forgotten_one_are_told() -> None:
    lab = Lab("two_companies")
    lab.close()
    assert "the lab is closed" in str(check("00.1", lab))
    assert 'check("00.1", lab)' in str(check("00.1"))
    assert not check("00.1").ok


@pytest.fixture(scope="module", params=sorted(all_exercises()))
def asked(request: pytest.FixtureRequest) -> Iterator[tuple[str, Lab]]:
    """An exercise, and a lab in which it is answered wrongly again and again."""
    with Lab("two_companies") as lab:
        yield request.param, lab


@pytest.mark.parametrize("answer", [None, "", 0, [], {}, object(), "\x00", b"\xff", lambda: 1])
def test_no_answer_breaks_a_check(asked: tuple[str, Lab], answer: object) -> None:
    verdict = check(*asked, answer)
    assert not verdict.trouble, verdict
    assert not verdict.ok


def test_strangers_words_are_escaped(lab: Lab, make: Any) -> None:
    make(partly, hints=("<u>", "b", "c"))
    html = check("99.1", lab, "<script>\x1b\u202e", hint=1)._repr_mimebundle_()["text/html"]
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert "<u>" not in html and "<i>" not in html
    assert "\x1b" not in html and "\u202e" not in html
    assert "\x1b" not in str(check("99.1", lab, "\x1b[2J"))


def test_a_verdict_can_be_read_by_a_program(lab: Lab, make: Any) -> None:
    make(partly)
    bundle = check("99.1", lab)._repr_mimebundle_()
    assert bundle[MIME] == {"id": "99.1", "ok": False, "claims": [True, False]}
    assert bundle["text/plain"] == str(check("99.1", lab))


def test_the_picture_says_what_the_text_says(lab: Lab, make: Any) -> None:
    make(partly)
    html = check("99.1", lab, hint=1)._repr_mimebundle_()["text/html"]
    for words in ("1 of 2 hold", "not yet", "holds", "expected", "Hint 1", "where", "hint=2"):
        assert words in html, words
    assert html.count("lm-box lm-full") == 1


def test_a_claim_points_to_the_step_that_shows_it(lab: Lab) -> None:
    letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="x", text="x")
    step = lab.story(letter)[6]
    claim = with_step(Claim("x", False, event=step.event), lab)
    assert claim.look_at == 'lab.story("alice@example.com/1")[6]'
    assert claim.shows == step.question
    assert str(eval(claim.look_at, {"lab": lab})) == str(step)  # it can be typed as it is


def test_an_event_of_no_story_is_pointed_to_by_its_name(lab: Lab) -> None:
    lab.user("bob@ask.com").fetch()
    login = next(e for e in lab.trace.events if type(e).__name__ == "LoggedIn")
    claim = with_step(Claim("x", False, event=login), lab)
    assert claim.look_at == f'lab.trace.get("{login.name}")'
    assert eval(claim.look_at, {"lab": lab}) is login


def test_a_verdict_of_nothing_does_not_hold() -> None:
    assert not Verdict("99.1", "Try", ()).ok
