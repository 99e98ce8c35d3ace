"""Makes `recorded.json`: filters and scripts by chance, and what exim4 makes of them.

python -m tests.exim.filters.record
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.exim.filters.asking import Desk
from tests.exim.filters.random_filters import Dice
from tests.exim.filters.random_scripts import Scripts

HERE = Path(__file__).parent
CASES = 220


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk, dice, scripts, rows = Desk(Path(folder)), Dice(2024), Scripts(5228), []
        while len(rows) < 2 * CASES:
            case = dice.case() if len(rows) < CASES else scripts.script()
            code, told = desk.original(case)
            if code >= 0 and len(case.filter) < 1500:
                rows.append(json.dumps([*case, code, told]))
    (HERE / "recorded.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
