"""Asks the real exim4 every question of `cases`, and writes its answers to ``recorded.json``.

``python -m tests.mta.transports.record``, as root.
"""

from __future__ import annotations

import json
from pathlib import Path

from .cases import CASES
from .sides import theirs


def main() -> None:
    found = {}
    for name, case in CASES.items():
        left = theirs(case)
        found[name] = {"files": left.files, "log": left.log}
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
    (Path(__file__).parent / "recorded.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
