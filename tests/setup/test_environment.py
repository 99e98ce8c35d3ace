"""The environment is installed once, and redone after an interruption (starting/environment.py)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from starting import environment, installing
from starting.environment import Environment, only_one
from starting.installing import Step
from starting.progress import Progress
from starting.trouble import Trouble

LOCK = """\
rich==15.0.0 \\
    --hash=sha256:00
appnope==1.0.0 ; sys_platform == 'darwin' \\
    --hash=sha256:00
zstd.core==1 \\
    --hash=sha256:00
"""


class Installer:
    """Stands in for pip and uv: notes what it was asked, and makes what a venv has."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.fail: dict[str, BaseException] = {}

    def __call__(self, env: Environment, step: Step, progress: Progress) -> None:
        assert not env.ready(), "the stamp is written last"
        self.phases.append(step.phase)
        if step.phase in self.fail:
            raise self.fail[step.phase]
        env.python.parent.mkdir(exist_ok=True)
        env.python.touch()
        (env.folder / "half").touch()


@pytest.fixture(autouse=True)
def no_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "working_uv", lambda: None)


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    root = tmp_path / "a lab"
    root.mkdir()
    (root / "requirements.lock").write_text(LOCK)
    (root / "pyproject.toml").write_text("[project]\n")
    return Environment(root)


@pytest.fixture
def quiet() -> Progress:
    return Progress(io.StringIO())


def test_it_is_made_once(env: Environment, quiet: Progress) -> None:
    installer = Installer()
    assert env.ensure(quiet, do=installer)
    assert env.ready()
    assert installer.phases == ["preparing", "fetching", "labmail"]
    assert not env.ensure(quiet, do=installer)
    assert len(installer.phases) == 3


@pytest.mark.parametrize("phase", ["preparing", "fetching", "labmail"])
@pytest.mark.parametrize("end", [KeyboardInterrupt(), Trouble("the disk is full.")])
def test_an_interrupted_set_up_begins_again_from_nothing(
    env: Environment, quiet: Progress, phase: str, end: BaseException
) -> None:
    installer = Installer()
    installer.fail = {phase: end}
    with pytest.raises(type(end)):
        env.ensure(quiet, do=installer)
    assert not env.ready()
    (env.folder / "left-by-the-first").touch()
    assert env.ensure(quiet, do=Installer())
    assert env.ready() and not (env.folder / "left-by-the-first").exists()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_brings_it_up_to_date_in_place(
    env: Environment, quiet: Progress, name: str
) -> None:
    env.ensure(quiet, do=Installer())
    (env.folder / "stays").touch()
    (env.root / name).write_text("changed\n")
    assert env.ensure(quiet, do=Installer())
    assert env.ready() and (env.folder / "stays").exists()


def test_another_python_or_a_moved_folder_begins_anew(
    env: Environment, quiet: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    env.ensure(quiet, do=Installer())
    (env.folder / "old").touch()
    monkeypatch.setattr(sys, "version", "3.14.0 (another)")
    env.ensure(quiet, do=Installer())
    assert not (env.folder / "old").exists()
    (env.folder / "old").touch()
    moved = Environment(env.root.rename(env.root.with_name("elsewhere")))
    moved.ensure(quiet, do=Installer())
    assert not (moved.folder / "old").exists()


def test_a_stamp_without_its_python_counts_for_nothing(env: Environment, quiet: Progress) -> None:
    env.ensure(quiet, do=Installer())
    env.python.unlink()
    assert env.found() is None and not env.ready()


def test_somebody_elses_venv_is_not_touched(env: Environment, quiet: Progress) -> None:
    env.folder.mkdir()
    (env.folder / "pyvenv.cfg").write_text("mine")
    with pytest.raises(Trouble, match="labmail did not make it"):
        env.ensure(quiet, do=Installer())
    assert (env.folder / "pyvenv.cfg").read_text() == "mine"


def test_a_link_in_its_place_is_not_followed(
    env: Environment, quiet: Progress, tmp_path: Path
) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/.labmail").touch()
    env.folder.symlink_to(tmp_path / "precious")
    with pytest.raises(Trouble):
        env.ensure(quiet, do=Installer())
    assert (tmp_path / "precious/.labmail").exists()


def test_where_uv_fails_pip_does_it(
    env: Environment, quiet: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "working_uv", lambda: "/usr/bin/uv")
    installer = Installer()
    installer.fail = {"packages": Trouble("uv knows no proxy.")}
    env.ensure(quiet, do=installer)
    assert installer.phases == ["preparing", "packages", "preparing", "fetching", "labmail"]
    assert env.ready()


def test_every_package_comes_by_its_hash_and_labmail_without_an_index(env: Environment) -> None:
    for uv in (None, "/usr/bin/uv"):
        _, packages, itself = env.steps(uv)
        assert "--require-hashes" in packages.argv and str(env.lock) in packages.argv
        assert {"--no-deps", "--no-build-isolation", "--editable"} <= set(itself.argv)


def test_two_set_ups_at_once_take_turns(env: Environment) -> None:
    did: dict[str, bool] = {}
    said = io.StringIO()
    inside, go_on = threading.Event(), threading.Event()

    def slow(env: Environment, step: Step, progress: Progress) -> None:
        inside.set()
        assert go_on.wait(20)
        Installer()(env, step, progress)

    def make(who: str, do: Callable[..., None]) -> None:
        did[who] = Environment(env.root).ensure(Progress(said), do=do)

    first = threading.Thread(target=make, args=("first", slow))
    first.start()
    assert inside.wait(20)
    second = threading.Thread(target=make, args=("second", Installer()))
    second.start()
    wait_until(lambda: "another set-up" in said.getvalue())
    go_on.set()
    first.join(20)
    second.join(20)
    assert did == {"first": True, "second": False}


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.01)


def test_an_installer_whose_parent_was_killed_still_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    code = (
        "import sys, os, subprocess; from pathlib import Path; import starting.environment as e;"
        "from starting.progress import Progress\n"
        f"with e.only_one(Path({str(lock)!r}), Progress()) as fd:\n"
        "    null = subprocess.DEVNULL\n"
        "    child = subprocess.Popen(['sleep', '60'], pass_fds=(fd,), stdout=null, stderr=null)\n"
        "    print(child.pid, flush=True); os._exit(9)"
    )
    root = Path(__file__).parents[2]
    argv = [sys.executable, "-c", code]
    orphan = int(subprocess.run(argv, capture_output=True, text=True, cwd=root).stdout)
    entered = threading.Event()

    def enter() -> None:
        with only_one(lock, Progress(io.StringIO())):
            entered.set()

    thread = threading.Thread(target=enter)
    thread.start()
    try:
        assert not entered.wait(0.3)
    finally:
        os.kill(orphan, 9)
    assert entered.wait(20)
    thread.join(20)


def test_how_many_packages_are_to_come(env: Environment) -> None:
    assert env.packages() == 2


def real_step(env: Environment, script: str, phase: str = "fetching") -> str:
    env.folder.mkdir(exist_ok=True)
    said = io.StringIO()
    installing.run(env, Step(phase, ["sh", "-c", script]), Progress(said, every=0))
    return said.getvalue()


def test_progress_is_read_from_the_installers_words_and_the_folder(env: Environment) -> None:
    said = real_step(
        env,
        "echo 'Collecting rich==15.0.0 (from -r /a lab/requirements.lock (line 1))'; sleep 0.3;"
        "echo 'Processing /opt/some files/zstd.core-1-py3-none-any.whl"
        " (from -r /a lab/requirements.lock (line 9))'; sleep 0.3;"
        "mkdir -p .venv/lib/python3/site-packages/rich-15.dist-info;"
        "echo 'Installing collected packages: rich'; sleep 0.3",
    )
    assert "fetching  1 of 2  rich" in said
    assert "fetching  2 of 2  zstd.core" in said
    assert "unpacking  1 of 2" in said


@pytest.mark.parametrize(
    ("words", "sentence", "cure"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full", "make room"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one", "cache purge"),
        ("Temporary failure in name resolution", "no package index", "needs the Internet"),
        ("SSLError(SSLCertVerificationError", "certificate", "PIP_CERT"),
        ("ERROR: Failed building wheel for x", "compiled", "another Python"),
        ("something new", "an installer failed", "log"),
    ],
)
def test_a_failure_is_explained_with_its_own_last_words(
    env: Environment, words: str, sentence: str, cure: str
) -> None:
    with pytest.raises(Trouble) as caught:
        real_step(env, f"echo '{words}'; exit 1")
    assert sentence in caught.value.what and words in caught.value.what
    assert cure in str(caught.value) and "setup.log" in str(caught.value)


def test_an_interrupt_ends_the_installer(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(installing.Look, "show", interrupt)
    with pytest.raises(KeyboardInterrupt):
        real_step(env, "echo $$ > pid; exec sleep 60")
    pid = int((env.root / "pid").read_text() or 0) if (env.root / "pid").exists() else 0
    if pid:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_moving_line_on_a_terminal_and_plain_ones_elsewhere() -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        progress = Progress(stream)
        for number in range(5):
            progress.show("fetching", number, 4, "rich")
        progress.end("done")
    assert terminal.getvalue().count("\r") == 6 and "4 of 4" in terminal.getvalue()
    assert file.getvalue() == "fetching  0 of 4  rich\ndone\n"
