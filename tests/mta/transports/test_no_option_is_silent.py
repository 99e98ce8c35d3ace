"""Every option of a transport is obeyed, or docs/exim.md says that it is not."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from labmail.exim.options.transports import DRIVERS
from labmail.mta import transports

HERE = Path(transports.__file__).parent
DOCS = HERE.parents[2] / "docs/exim.md"
READER = frozenset({"driver"})
"""What the reader of configurations sees to."""


def done() -> set[str]:
    """Options that the code of the transports asks for, or that which writes the log."""
    files = [*HERE.glob("*.py"), HERE.parent / "delivery/announcing.py"]
    return {word for path in files for word in re.findall(r'"(\w+)"', path.read_text())}


def told() -> set[str]:
    """Options that the documentation lists as not done."""
    text = DOCS.read_text().split("## Transports", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("driver", DRIVERS)
def test_every_option_is_done_or_told(driver: str) -> None:
    module = import_module(f"labmail.exim.options.transports.{driver}")
    options = set(getattr(module, DRIVERS[driver]).fields)
    assert options - done() - told() - READER == set()


def test_what_is_told_is_an_option() -> None:
    every = {
        name
        for driver, of in DRIVERS.items()
        for name in getattr(import_module(f"labmail.exim.options.transports.{driver}"), of).fields
    }
    words = {"appendfile", "pipe", "lmtp", "autoreply", "smtp", "smtps"}
    assert told() - every - words == set()
