"""Asks the real exim4 for all stories: ``python -m tests.commands.onetime.record``, as root."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.inn import theirs

from .stories import STORIES, told

if __name__ == "__main__":
    found = {name: told(name, theirs) for name in STORIES}
    path = Path(__file__).parent / "recorded.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
