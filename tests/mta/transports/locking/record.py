"""Asks the real exim4 every question of `cases`, and writes its answers to ``recorded.json``.

``python -m tests.mta.transports.locking.record``, as root.
"""

from __future__ import annotations

import json
from pathlib import Path

from ..sides import theirs
from .cases import CASES


def main() -> None:
    found = {name: vars(theirs(case)) for name, case in CASES.items()}
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
    (Path(__file__).parent / "recorded.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
