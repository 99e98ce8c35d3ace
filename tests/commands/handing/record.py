"""Asks the real exim4 for all stories: ``python -m tests.commands.handing.record``, as root."""

from __future__ import annotations

import json
from pathlib import Path

from .stories import STORIES, theirs

if __name__ == "__main__":
    told = {name: theirs(story) for name, story in STORIES.items()}
    path = Path(__file__).parent / "recorded.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
