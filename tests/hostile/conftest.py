"""A live ``labmail serve``, attacked through its real doors; honest people are there too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .served import PATIENCE, Served


@pytest.fixture(scope="package")
def served() -> Iterator[Served]:
    """One server for all attacks: what one leaves behind, the next would find."""
    served = Served()
    try:
        yield served
    finally:
        served.end()


@pytest.fixture
def unharmed(served: Served) -> Iterator[None]:
    """Honest people are served before and after, and the memory grows by less than 64 MiB."""
    served.serves_everybody()
    before = served.memory()
    yield
    took = served.serves_everybody()
    grown = (served.memory() - before) / 2**20
    print(f"memory {grown:+.1f} MiB; an honest letter took {took:.2f} s")
    assert took < PATIENCE
    assert grown < 64
