"""Start JupyterLab, wait until it answers, say where it is, end it cleanly.

JupyterLab runs as a child in a process group of its own, so that Ctrl-C reaches this program
alone: it asks JupyterLab to end (SIGTERM, no "Shutdown this Jupyter server (y/[n])?") and waits.
A lab that already runs in the same ``work/`` is not started twice: its address is shown again.

Law: jupyter_server writes ``jpserver-PID.json`` into its runtime folder; the file holds the
address, the token and the folder served.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from starting import browser, children
from starting.trouble import Trouble

FIRST = "00-start-here.ipynb"
PATIENCE = 120.0
"""Seconds that JupyterLab may take to answer for the first time."""


class Server(NamedTuple):
    """A running JupyterLab, as it describes itself."""

    pid: int
    url: str
    token: str

    def address(self, notebook: str | None) -> str:
        """Where a browser finds it, open at ``notebook``."""
        page = f"lab/tree/{notebook}" if notebook else "lab"
        return f"{self.url}{page}?token={self.token}"

    def answers(self) -> bool:
        """Does it speak HTTP, and know its token? Asked past any proxy: it is on this machine."""
        request = urllib.request.Request(
            f"{self.url}api/status", headers={"Authorization": f"token {self.token}"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, ValueError):
            return False


def command(
    python: str, work: Path, *, port: int | None, root: bool, shell: str = "bash"
) -> list[str]:
    """The command line that starts JupyterLab on ``work``: loopback only, a token, no questions."""
    options = {
        "ServerApp.root_dir": str(work),
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.open_browser": "False",
        "ServerApp.answer_yes": "True",
        "ServerApp.allow_root": str(root),
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.news_url": "None",
        # Would call npm at each start to look for helpers of other languages.
        "LanguageServerManager.autodetect": "False",
        "Application.log_level": "WARN",
        # Not a login shell: that would forget the PATH on which `labmail` is.
        "ServerApp.terminado_settings": f"{{'shell_command': [{shell!r}]}}",
    }
    if port is not None:
        options |= {"ServerApp.port": str(port), "ServerApp.port_retries": "0"}
    return [python, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]


def servers(runtime: Path) -> Iterator[Server]:
    """Every JupyterLab that has said where it is in ``runtime``, running or not."""
    for path in sorted(runtime.glob("jpserver-*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            yield Server(int(said["pid"]), str(said["url"]), str(said["token"]))
        except (OSError, ValueError, KeyError):
            continue


def running(runtime: Path) -> Server | None:
    """The JupyterLab that already runs on this ``work/``, if one does."""
    return next((server for server in servers(runtime) if server.answers()), None)


def start(
    argv: Sequence[str], work: Path, runtime: Path, log: Path, env: dict[str, str], *, show: bool
) -> int:
    """Run JupyterLab until it or the reader ends it; the exit status. Raises Trouble."""
    with (
        open(log, "wb", opener=for_me_alone) as out,
        children.child(
            argv,
            # The first request is a kind one; the second one insists.
            lambda number, turn: signal.SIGTERM if turn == 1 else signal.SIGKILL,
            cwd=work,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            process_group=0,
        ) as (child, asked),
    ):
        server = wait_for(child, runtime, log, asked)
        if server:
            announce(server, work, env, show=show)
        status = child.wait()
    if asked:
        print("\nThe lab is closed. What you wrote is in work/.")
        return 0 if asked[0] == signal.SIGINT else 128 + asked[0]
    return status


def for_me_alone(path: str, flags: int) -> int:
    """Open a file that others may not read: JupyterLab writes its token into its log."""
    return os.open(path, flags, 0o600)


def wait_for(
    child: subprocess.Popen[bytes], runtime: Path, log: Path, asked: Sequence[int]
) -> Server | None:
    """Wait until JupyterLab answers. None when the reader ended it before that."""
    until = time.monotonic() + PATIENCE
    while child.poll() is None and not asked and time.monotonic() < until:
        for server in servers(runtime):
            if server.pid == child.pid and server.answers():
                return server
        time.sleep(0.05)
    if asked:
        return None
    last = "\n  ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
    raise Trouble(
        f"JupyterLab did not start.\n\n  {last}",
        "the port may be taken: call this without --port, a free one is found",
        f"the whole log: less {str(log)!r}",
    )


def announce(server: Server, work: Path, env: dict[str, str], *, show: bool) -> None:
    """Print the address, and open a browser on it where there is one."""
    notebook = FIRST if (work / FIRST).exists() else None
    address = server.address(notebook)
    why = "you said so" if not show else browser.reason_for_none(env)
    if why is None:
        browser.open_once(address)
        print("\nlabmail opens in your browser. If it does not, this is its address:")
    else:
        print(f"\nlabmail is ready. Open this address in a browser (none is opened: {why}):")
    print(f"\n    {address}\n\nYour notebooks are in {work}. Ctrl-C ends the lab.", flush=True)
    if env.get("SSH_CONNECTION"):
        port = server.url.rstrip("/").rpartition(":")[2]
        print(f"From your own machine first: ssh -L {port}:127.0.0.1:{port} …", flush=True)


def is_root() -> bool:
    """JupyterLab refuses to run as root unless told."""
    return os.geteuid() == 0
