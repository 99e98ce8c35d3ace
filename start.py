#!/usr/bin/env python3
"""Start labmail: ``python3 start.py`` opens the lab; ``python3 start.py --help`` says what else.

This file only answers the question whether this Python will do. It is written so that any Python
can read it, even one far too old, because a newcomer with the wrong Python deserves a sentence and
a cure instead of a SyntaxError. Where a newer Python is on the PATH, that one goes on. Everything
else is in the folder ``starting``, a chapter a file.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)
NEWER = ["python3." + str(minor) for minor in range(14, 10, -1)] + ["python3", "python"]

CURES = """
What to do:
  Debian, Ubuntu   sudo apt install python3.11 python3.11-venv
  Fedora           sudo dnf install python3.11
  macOS            brew install python@3.11
  anywhere         conda env create -f environment.yml
                   conda activate labmail
                   python start.py --here
then call this again, or say which Python to use: make lab PYTHON=/path/to/python3.11
"""

WINDOWS = """labmail has not been tried on Windows itself yet; it runs in WSL.

What to do:
  install WSL once (in PowerShell: wsl --install), open an Ubuntu window,
  and call python3 start.py there.
"""


def complaint():
    """Say what is wrong with this Python: a text with a cure, or None."""
    if os.name == "nt":
        return WINDOWS
    if tuple(sys.version_info[:2]) >= NEEDED:
        return None
    have = ".".join(str(part) for part in sys.version_info[:3])
    needed = ".".join(str(part) for part in NEEDED)
    text = "labmail needs Python %s or newer; this is Python %s (%s).\n%s"
    return text % (needed, have, sys.executable, CURES)


def newer_python():
    """Find a Python on the PATH that is new enough and really runs: its path, or None."""
    ask = "import sys; sys.exit(sys.version_info[:2] < %r)" % (NEEDED,)
    for name in NEWER:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            program = os.path.join(folder, name)
            if os.access(program, os.X_OK) and answers(program, ask):
                return program
    return None


def answers(program, ask):
    """Does this Python end well after ``ask``? (A shim of pyenv is there without its Python.)"""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call([program, "-c", ask], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def begin():
    """Go on with this Python or a newer one; the exit status."""
    trouble = complaint()
    if trouble:
        newer = None if os.name == "nt" else newer_python()
        if newer:
            os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])
        sys.stderr.write(trouble)
        return 1
    from starting.tasks import main

    return main()


if __name__ == "__main__":
    sys.exit(begin())
