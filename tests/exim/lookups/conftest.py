"""What the tests of lookups share: the tables, on disk."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import open_to_all
from tests.exim.lookups.written import make_tables

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def recorded() -> dict[str, Any]:
    """What Exim answered to the lookups written by hand."""
    read: dict[str, Any] = json.loads((DATA / "written.json").read_text())
    return read


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory, recorded: dict[str, Any]) -> Path:
    """A folder with all tables."""
    folder = tmp_path_factory.mktemp("tables")
    open_to_all(folder)
    binary = {
        name: zlib.decompress(base64.b64decode(text)) for name, text in recorded["binary"].items()
    }
    make_tables(folder, binary)
    return folder
