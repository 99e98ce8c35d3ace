"""Where things run: the Python of .venv and its programs, or (``--here``) those of the caller.

``--here`` is for those who have an environment already, from conda or a university's hub: nothing
is installed, only looked for.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from starting import isolation
from starting.children import attend
from starting.environment import Environment
from starting.trouble import Trouble


class Place:
    """Where things run: the Python and its programs, ours in .venv or (``--here``) the caller's."""

    def __init__(self, root: Path, *, here: bool) -> None:
        self.root = root
        self.here = here
        self.environment = Environment(root)
        self.python = sys.executable if here else str(self.environment.python)

    def ensure(self) -> None:
        """Make the environment ready; with ``--here`` only look whether it has what is needed."""
        if not self.here:
            self.environment.ensure()
            return
        if missing := lacking():
            raise Trouble(
                f"{sys.executable} lacks {', '.join(missing)}.",
                "conda env create -f environment.yml && conda activate labmail",
                "or leave --here away: then labmail makes an environment of its own",
            )

    def env(self, jupyter_place: Path) -> dict[str, str]:
        """The environment for a program of this place, with Jupyter's folders at hand."""
        isolation.furnish(jupyter_place, self.python)
        folder = None if self.here else self.environment.folder
        return isolation.jupyter(os.environ, jupyter_place, folder)

    def run(self, argv: Sequence[str]) -> int:
        """Run a command of the environment in the project's folder; its exit status."""
        program = argv[0]
        if program == "python":
            found: str | None = self.python
        else:
            found = shutil.which(program, path=str(Path(self.python).parent))
        if found is None:
            raise Trouble(f"{program} is not installed beside {self.python}.", "python3 start.py")
        env = self.env(self.root / ".cache/jupyter")
        return attend([found, *argv[1:]], cwd=self.root, env=env)


def lacking() -> list[str]:
    """Which of labmail and the packages that it needs are not installed for this Python."""
    try:
        needed = importlib.metadata.requires("labmail") or []
    except importlib.metadata.PackageNotFoundError:
        return ["labmail"]
    names = [re.split(r"[\s<>=!~;\[(]", line)[0] for line in needed if "extra ==" not in line]
    have = {normal(dist.name) for dist in importlib.metadata.distributions()}
    return [name for name in names if normal(name) not in have]


def normal(name: str) -> str:
    """A package's name as indexes compare it: ``Jupyter_Core`` is ``jupyter-core``."""
    return re.sub(r"[-_.]+", "-", name).lower()
