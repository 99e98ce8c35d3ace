from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from labmail.mda import deliver_to_person
from labmail.message.outcome import Deferred, Delivered, Outcome
from labmail.store import Delivery, Maildrop
from labmail.store.contract import MaildirContract, MboxContract, new_case
from labmail.store.contract.case import LUNCH, TEA

BATCH = [Delivery(LUNCH, "a@b", "bob@ask.com", "/var/mail/bob")] * 2


class Broken:
    """A store that does what it is told to."""

    kind = "broken"

    def __init__(self, answer: list[Outcome] | Exception) -> None:
        self.answer = answer

    def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def open(self, mailbox: str) -> Maildrop:
        raise NotImplementedError


@pytest.mark.parametrize("contract", [MboxContract(), MaildirContract()])
def test_the_letter_lies_where_the_outcome_says(contract: MboxContract, tmp_path: Path) -> None:
    with new_case(contract, tmp_path) as case:
        outcomes = deliver_to_person(case.store, [case.delivery(LUNCH), case.delivery(TEA)])
        for outcome in outcomes:
            assert isinstance(outcome, Delivered) and outcome.file
            assert b"Return-path: <alice@example.com>\n" in case.files.read_bytes(outcome.file)
        assert case.contents() == [LUNCH, TEA]


@pytest.mark.parametrize(
    ("failure", "errno", "why"),
    [
        (
            OSError(28, "No space left on device"),
            28,
            "No space left on device: error while writing to /var/m",
        ),
        (
            PermissionError(13, "Permission denied", "/real/path"),
            13,
            "Permission denied: error while",
        ),
        (OSError(5, None), 5, "Input/output error: error while writing to /var/mail/bob"),
        (KeyError("x"), 0, "the store 'broken' failed: KeyError: 'x'"),
    ],
)
def test_a_store_that_fails_has_not_taken_the_letter(
    failure: Exception, errno: int, why: str
) -> None:
    outcomes = deliver_to_person(Broken(failure), BATCH)
    assert len(outcomes) == 2
    for outcome in outcomes:
        assert isinstance(outcome, Deferred) and outcome.errno == errno
        assert outcome.why.startswith(why) and "/real/path" not in outcome.why


def test_a_store_that_does_not_answer_for_each_letter() -> None:
    outcomes = deliver_to_person(Broken([Delivered()]), BATCH)
    assert (
        outcomes
        == [Deferred("the store 'broken' answered 1 outcomes for 2 letters", code="4.3.0")] * 2
    )
