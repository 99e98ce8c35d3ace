"""The reader's own Jupyter and Python settings do not count here (starting/isolation.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from starting import isolation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with years of settings in it: a python3 that is another Python, a password."""
    home = tmp_path / "home of ann"
    kernel = home / ".local/share/jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["/bin/false"], "display_name": "decoy"}))
    (home / ".jupyter").mkdir()
    (home / ".jupyter/jupyter_server_config.py").write_text("raise SystemExit('read!')\n")
    startup = home / ".ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("print('decoy startup')\n")
    return home


def environ(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(home),
        "PYTHONSTARTUP": str(home / "startup.py"),
        "JUPYTER_PATH": str(home / ".local/share/jupyter"),
        "JUPYTERLAB_DIR": str(home),
        "LANG": "C.UTF-8",
    }


def test_what_bends_python_is_taken_out_and_the_rest_stays(home: Path) -> None:
    env = isolation.plain(environ(home), Path("/lab/.venv"))
    assert not set(isolation.BENDERS) & set(env)
    assert env["LANG"] == "C.UTF-8"
    assert env["PATH"].split(os.pathsep)[0] == "/lab/.venv/bin"


def test_jupyter_sees_its_own_folders_only(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "work/.lab"
    isolation.furnish(place)
    env = isolation.jupyter(environ(home), place)
    argv = [sys.executable, "-m", "jupyter", "--paths", "--json"]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    paths = json.loads(done.stdout)
    assert not [path for kind in paths.values() for path in kind if path.startswith(str(home))]
    assert paths["config"][0] == str(place / "config")
    assert paths["runtime"] == [str(place / "runtime")]


def test_python3_is_the_labs_python(home: Path, tmp_path: Path) -> None:
    """Run a cell in the kernel "python3", past a decoy of that name in the home folder."""
    place = tmp_path / "a place"
    isolation.furnish(place, sys.executable)
    code = (
        "import nbformat, nbclient; v = nbformat.v4\n"
        "cell = v.new_code_cell('import sys; print(sys.executable)')\n"
        "nb = v.new_notebook(cells=[cell])\n"
        "nbclient.NotebookClient(nb, kernel_name='python3', timeout=60).execute()\n"
        "print(nb.cells[0].outputs[0].text, end='')"
    )
    env = isolation.jupyter(environ(home), place)
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert done.stdout == f"{sys.executable}\n", done.stderr
    assert not (home / ".ipython/profile_default/history.sqlite").exists()


def test_nothing_is_written_in_the_home_folder(home: Path, tmp_path: Path) -> None:
    before = sorted(home.rglob("*"))
    test_python3_is_the_labs_python(home, tmp_path)
    assert sorted(home.rglob("*")) == before


def test_a_cell_that_awaits_can_be_interrupted(home: Path, tmp_path: Path) -> None:
    """Plain ipykernel goes on sleeping to the end of the ten seconds."""
    isolation.furnish(tmp_path)
    code = (
        "import threading, time; from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='python3')\n"
        "cell = 'import asyncio\\nawait asyncio.sleep(10)'\n"
        "threading.Timer(0.5, manager.interrupt_kernel).start(); began = time.monotonic()\n"
        "client.execute_interactive(cell, timeout=30, output_hook=lambda message: None)\n"
        "print(time.monotonic() - began); client.stop_channels(); manager.shutdown_kernel(now=True)"
    )
    env = isolation.jupyter(environ(home), tmp_path)
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 5.0


def test_the_page_asks_nobody_about_news(tmp_path: Path) -> None:
    isolation.furnish(tmp_path)
    page = json.loads((tmp_path / "config/labconfig/page_config.json").read_text())
    assert page["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] is True


def test_what_others_may_not_read(tmp_path: Path) -> None:
    isolation.furnish(tmp_path)
    for sub in isolation.FOLDERS.values():
        assert (tmp_path / sub).stat().st_mode & 0o077 == 0, sub
