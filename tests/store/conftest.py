from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labmail.store.contract import Case, MaildirContract, MboxContract, StoreContract, new_case


def _case(contract: StoreContract, root: Path) -> Iterator[Case]:
    with new_case(contract, root) as case:
        yield case


@pytest.fixture
def mbox(tmp_path: Path) -> Iterator[Case]:
    yield from _case(MboxContract(), tmp_path)


@pytest.fixture
def maildir(tmp_path: Path) -> Iterator[Case]:
    yield from _case(MaildirContract(), tmp_path)


@pytest.fixture(params=[MboxContract, MaildirContract], ids=["mbox", "maildir"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    yield from _case(request.param(), tmp_path)
