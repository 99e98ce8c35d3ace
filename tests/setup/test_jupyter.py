"""JupyterLab is started, announced and ended cleanly (starting/jupyter.py, starting/browser.py)."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from starting import browser, isolation, jupyter
from starting.trouble import Trouble

ROOT = Path(__file__).parents[2]
OURS = "/folder/of/the/lab/bin"
GRAPHICAL = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({}, "no display"),
        (GRAPHICAL | {"CI": "true"}, "CI"),
        (GRAPHICAL | {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "SSH"),
    ],
)
def test_why_no_browser_opens(env: dict[str, str], why: str) -> None:
    assert why in str(browser.reason_for_none(env, "linux"))


def test_a_browser_opens_on_a_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: object())
    assert browser.reason_for_none(GRAPHICAL, "linux") is None
    assert browser.reason_for_none({}, "darwin") is None


def test_the_browser_is_led_to_the_address_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is never on a command line, and nobody is led twice."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    thread = browser.open_once("http://127.0.0.1:8888/lab?token=secret")
    until = time.monotonic() + 10
    while not opened and time.monotonic() < until:
        time.sleep(0.01)
    door = urllib.parse.urlsplit(opened[0])
    assert "secret" not in opened[0] and door.hostname == "127.0.0.1"
    assert ask(door, "/guess") == (404, None)
    assert ask(door, door.path) == (302, "http://127.0.0.1:8888/lab?token=secret")
    thread.join(10)
    assert not thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        ask(door, door.path)


def ask(door: urllib.parse.SplitResult, path: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", door.port or 0, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location")
    finally:
        connection.close()


def test_the_command_line_keeps_to_loopback_and_holds_no_secret() -> None:
    argv = jupyter.command("/py", Path("/a b/work"), port=None, root=False)
    assert argv[:3] == ["/py", "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in argv and "--ServerApp.root_dir=/a b/work" in argv
    assert "--ServerApp.allow_root=False" in argv
    assert not [word for word in argv if "token" in word or "port" in word]
    fixed = jupyter.command("/py", Path("/w"), port=8899, root=True)
    assert {"--ServerApp.port=8899", "--ServerApp.port_retries=0"} < set(fixed)
    assert "--ServerApp.allow_root=True" in fixed


@pytest.fixture
def work(tmp_path: Path) -> Path:
    work = tmp_path / "a b/work"
    work.mkdir(parents=True)
    (work / jupyter.FIRST).write_text('{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}')
    isolation.furnish(work / ".lab", sys.executable)
    return work


@pytest.fixture
def lab(work: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that starts JupyterLab on ``work`` as `make lab` does, until it is interrupted."""
    code = (
        "import os, sys; from pathlib import Path; from starting import isolation, jupyter\n"
        "work = Path(sys.argv[1]); place = work / '.lab'\n"
        "argv = jupyter.command(sys.executable, work, port=None, root=jupyter.is_root(),"
        " shell='sh')\n"
        f"env = isolation.jupyter(os.environ, place, Path({os.path.dirname(OURS)!r}))\n"
        "sys.exit(jupyter.start(argv, work, place / 'runtime', place / 'jupyter.log', env,"
        " show=False))"
    )
    argv = [sys.executable, "-c", code, str(work)]
    child = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield child
    if child.poll() is None:
        child.terminate()
        child.wait(20)
    assert child.stdout
    child.stdout.close()


def address(lab: subprocess.Popen[str]) -> str:
    """The address that it prints, read as a person would."""
    assert lab.stdout
    for line in lab.stdout:
        if line.strip().startswith("http"):
            return line.strip()
    raise AssertionError("it printed no address")


def test_a_lab_from_its_start_to_ctrl_c(lab: subprocess.Popen[str], work: Path) -> None:
    shown = urllib.parse.urlsplit(address(lab))
    assert shown.path == "/lab/tree/00-start-here.ipynb" and shown.hostname == "127.0.0.1"
    assert ask(shown, f"{shown.path}?{shown.query}")[0] == 200
    assert ask(shown, "/api/contents")[0] == 403, "the token is needed"
    assert (work / ".lab/jupyter.log").stat().st_mode & 0o077 == 0, "it may hold the token"
    other = jupyter.running(work / ".lab/runtime")
    assert other and other.address(jupyter.FIRST) == shown.geturl(), "a second start finds it"
    lab.send_signal(signal.SIGINT)
    assert lab.wait(30) == 0
    assert lab.stdout and "What you wrote is in work/." in lab.stdout.read()
    with pytest.raises(ProcessLookupError):
        os.kill(other.pid, 0)
    assert jupyter.running(work / ".lab/runtime") is None


def test_a_terminal_of_the_lab_finds_its_programs(lab: subprocess.Popen[str]) -> None:
    """A login shell would set the PATH anew, and `labmail serve` would not be found."""
    import websocket

    shown = urllib.parse.urlsplit(address(lab))
    token = {"Authorization": f"token {urllib.parse.parse_qs(shown.query)['token'][0]}"}
    made = http.client.HTTPConnection("127.0.0.1", shown.port or 0, timeout=20)
    made.request("POST", "/api/terminals", headers=token)
    name = json.load(made.getresponse())["name"]
    made.close()
    place = f"ws://127.0.0.1:{shown.port}/terminals/websocket/{name}"
    talk = websocket.create_connection(place, header=token, timeout=20)
    talk.send(json.dumps(["stdin", "echo path=$PATH\r"]))
    said = ""
    while OURS not in said:
        kind, *words = json.loads(talk.recv())
        said += words[0] if kind == "stdout" else ""
    talk.close()


def test_a_request_to_end_is_passed_on(lab: subprocess.Popen[str], work: Path) -> None:
    address(lab)
    lab.terminate()
    assert lab.wait(30) == 128 + signal.SIGTERM
    assert jupyter.running(work / ".lab/runtime") is None


def test_a_jupyterlab_that_does_not_start_is_explained(work: Path) -> None:
    place = work / ".lab"
    argv = [sys.executable, "-c", "import sys; sys.exit('Port 8888 is taken')"]
    with pytest.raises(Trouble, match="Port 8888 is taken"):
        jupyter.start(argv, work, place, place / "jupyter.log", dict(os.environ), show=False)


def test_a_word_of_a_dead_server_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "jpserver-1.json").write_text(
        '{"pid": 1, "url": "http://127.0.0.1:9/", "token": ""}'
    )
    (tmp_path / "jpserver-2.json").write_text("{")
    assert jupyter.running(tmp_path) is None
