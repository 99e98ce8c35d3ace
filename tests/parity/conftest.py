"""Every question is asked twice: of labmail, and of the real exim4 where it is installed."""

from __future__ import annotations

import pytest

from .fuzz.engines import Engine, Ours, RealExim

EXIM = pytest.param(RealExim(), id="exim4", marks=pytest.mark.peer("exim4"))


@pytest.fixture(params=[pytest.param(Ours(), id="labmail"), EXIM])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found
