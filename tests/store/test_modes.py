"""The rights of files, whatever the umask of the process is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace

import pytest

from labmail.message.outcome import Deferred, Delivered
from labmail.store import Manner
from labmail.store.contract.case import LUNCH, Case


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_new_file_has_the_rights_that_were_asked_for(either: Case, mode: int) -> None:
    delivery = replace(either.delivery(LUNCH), manner=Manner(mode=mode))
    (outcome,) = either.store.deliver([delivery])
    assert isinstance(outcome, Delivered) and outcome.file
    assert stat.S_IMODE(either.files.real(outcome.file).stat().st_mode) == mode


def test_who_may_not_change_the_rights_says_so(mbox: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    mbox.deliver(LUNCH)
    mbox.files.real("/var/mail/bob").chmod(0o666)
    monkeypatch.setattr(os, "fchmod", refuse)
    delivery = replace(mbox.delivery(LUNCH), manner=Manner(mode=0o600))
    (outcome,) = mbox.store.deliver([delivery])
    assert isinstance(outcome, Deferred) and outcome.errno == 1
    assert outcome.why == "Operation not permitted: attempting to chmod mailbox /var/mail/bob"
