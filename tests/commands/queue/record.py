"""Asks the real exim4 every script of `cases`, and writes its answers to ``recorded.json``.

``python -m tests.commands.queue.record``, as root.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from .cases import SCRIPTS
from .sides import theirs, told


def main() -> None:
    found = {}
    for name, script in SCRIPTS.items():
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            found[name] = told(theirs, Path(folder) / "there", script)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (Path(__file__).parent / "recorded.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
