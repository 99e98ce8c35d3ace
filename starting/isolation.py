"""Whose settings count: the lab's own, not those of the reader's other Python or Jupyter.

A student may have years of Jupyter settings in her home folder: kernels that point at another
Python, extensions, a password, a different look. None of it is read here, and nothing is written
there. Two layers:

- `plain` takes out of the environment what would bend *any* Python (PYTHONPATH and its kin);
- `jupyter` also gives JupyterLab and IPython folders of their own.

Law: the environment variables of Jupyter's "Directories and File Locations", of JupyterLab's
"Advanced Usage" and of IPython's "The IPython directory".
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

BENDERS = (
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONDONTWRITEBYTECODE",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIRE_VIRTUALENV",
    "UV_SYSTEM_PYTHON",
    "JUPYTER_PATH",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_TOKEN",
    "JUPYTERLAB_DIR",
)
"""Variables that make another Python, pip or Jupyter of ours, or another make of one that the
reader calls in a terminal of the lab: taken out."""

FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}
"""Where Jupyter keeps what it keeps: the variable, and the folder that the lab gives it."""

PAGE = {
    # The pop-up that asks "Would you like to get notified about Jupyter news?" (it fetches a feed).
    "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True},
}


WAKE = """\
# Interrupt Kernel reaches a cell that waits in `await` only when the event loop wakes by itself.
# With any signal handler of its own, the loop is woken by every signal, SIGINT included.
import asyncio as _asyncio, signal as _signal

_asyncio.get_event_loop().add_signal_handler(_signal.SIGUSR1, lambda: None)
del _asyncio, _signal
"""
"""What each kernel of the lab runs first."""


def plain(environ: Mapping[str, str], folder: Path | None = None) -> dict[str, str]:
    """The environment for a program of the virtual environment ``folder``, whoever calls it."""
    env = {name: value for name, value in environ.items() if name not in BENDERS}
    env["PIP_USER"] = "0"
    env["PYTHONNOUSERSITE"] = "1"
    if folder is not None:
        env["VIRTUAL_ENV"] = str(folder)
        env["PATH"] = os.pathsep.join([str(folder / "bin"), environ.get("PATH", os.defpath)])
    return env


def jupyter(environ: Mapping[str, str], place: Path, folder: Path | None = None) -> dict[str, str]:
    """`plain`, and Jupyter's folders under ``place`` (see `furnish`).

    JUPYTER_PREFER_ENV_PATH is 0: what `furnish` wrote comes before what the packages brought, so
    that "python3" is this Python and the page is the lab's.
    """
    env = plain(environ, folder)
    env.update({name: str(place / sub) for name, sub in FOLDERS.items()})
    env["JUPYTER_PREFER_ENV_PATH"] = "0"
    return env


def furnish(place: Path, python: str = sys.executable) -> None:
    """Make Jupyter's folders under ``place``: a page without news, a kernel on ``python`` that can
    be interrupted."""
    for sub in FOLDERS.values():
        (place / sub).mkdir(parents=True, exist_ok=True, mode=0o700)
    write_json(place / "config/labconfig/page_config.json", PAGE)
    kernel = {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (labmail)",
        "language": "python",
        "metadata": {"debugger": True},
    }
    write_json(place / "data/kernels/python3/kernel.json", kernel)
    startup = place / "ipython/profile_default/startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "00-wake.py").write_text(WAKE, encoding="utf-8")


def write_json(path: Path, value: object) -> None:
    """Write ``value`` as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(fresh, path)
