"""A Python of its own for the warden, that starts in the time of a small program.

The rooms of labmail load a good deal when they are entered, and an island needs none of it. So
the packages above it are given to that Python as empty ones, which know only where they lie.

Try: ``subprocess.run(python("print(__import__('labmail').__path__)"))``.
"""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_FOLDERS = {
    "labmail": str(_HERE.parents[1]),
    "labmail.world": str(_HERE.parent),
    "labmail.world.island": str(_HERE),
}


def python(text: str) -> list[str]:
    """The command that runs ``text``, which may import modules of this package."""
    empty = (
        "import sys, types\n"
        f"for name, folder in {_FOLDERS!r}.items():\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    sys.modules[name].__path__ = [folder]\n"
    )
    return [sys.executable, "-I", "-S", "-c", empty + text]
