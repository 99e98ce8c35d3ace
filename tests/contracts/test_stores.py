"""Every store of the package keeps every promise, and a careless one is found out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from labmail.message.outcome import Delivered, Outcome
from labmail.store import Delivery, Mbox, Store
from labmail.store.contract import Case, MaildirContract, MboxContract, check, new_case
from labmail.world import HostFiles, World


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with new_case(request.instance, tmp_path) as made:
        yield made


class TestMbox(MboxContract):
    pass


class TestMaildir(MaildirContract):
    pass


class Careless(Mbox):
    """Says "delivered" whatever happens, and knows no unique ids."""

    def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        super().deliver(batch)
        return [Delivered(delivery.mailbox) for delivery in batch]


def test_a_careless_store_is_found_out() -> None:
    class OfCareless(MboxContract):
        def make(self, files: HostFiles, world: World) -> Store:
            return Careless(files, world.clock)

    broken = check(OfCareless())
    assert {"test_a_full_disk_defers", "test_the_unique_id_is_told_at_delivery"} <= set(broken)
    assert "must tell the unique id" in broken["test_the_unique_id_is_told_at_delivery"]
    assert "test_every_octet_comes_back" not in broken
