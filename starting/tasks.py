"""The words of the command line: what ``python3 start.py WORD`` and ``make WORD`` do.

A word is a function below with its help in its first line. All but ``clean`` and ``lock`` see to
the environment first, which costs a few milliseconds when it is ready.

Try: ``python3 start.py --help``.
"""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from starting import jupyter, work
from starting.checks import working_uv
from starting.place import Place
from starting.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent

CHECKS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "layers": ["lint-imports"],
    "types": ["mypy"],
    "notebooks": ["python", "-m", "labmail.exercises.build", "--check"],
}
"""What `make check` asks, in order: a word for the summary and the command."""

ONE_PROCESS = ("-s", "--pdb", "--trace", "--lf", "--last-failed", "--sw", "--collect-only")
"""Words for pytest that want one process: a dialogue with the tests, or few of them."""


def lab(place: Place, args: argparse.Namespace) -> int:
    """open the lab in JupyterLab (the default)"""
    folder, notebooks = place.root / "work", place.root / "notebooks"
    runtime = folder / ".lab/runtime"
    if server := jupyter.running(runtime):
        print("labmail is running already.")
        jupyter.announce(server, folder, dict(os.environ), show=args.browser)
        return 0
    place.ensure()
    tell_of(work.refresh(notebooks, folder))
    argv = jupyter.command(
        place.python,
        folder,
        port=args.port,
        root=jupyter.is_root(),
        shell=os.environ.get("SHELL") or "sh",
    )
    return jupyter.start(
        argv,
        folder,
        runtime,
        folder / ".lab/jupyter.log",
        place.env(folder / ".lab"),
        show=args.browser,
    )


def tell_of(done: work.Refreshed) -> None:
    """Say what happened to the notebooks, where something did."""
    for words, names in (
        ("new in work/", done.copied),
        ("brought up to date in work/", done.renewed),
        ("newer in notebooks/, yours in work/ kept (delete yours to get it)", done.kept),
    ):
        if names:
            print(f"{words}: {', '.join(names)}")


def setup(place: Place, args: argparse.Namespace) -> int:
    """install everything, and start nothing"""
    place.ensure()
    return 0


def test(place: Place, args: argparse.Namespace) -> int:
    """run the tests that fit into ten minutes"""
    place.ensure()
    return place.run(["python", "-m", "pytest", "-m", "not long", *workers(args.rest), *args.rest])


def workers(words: Sequence[str]) -> list[str]:
    """For all tests a process each core, files handed out whole. None for some of them, named by
    ``words`` for pytest: a process needs longer to start than most tests to run."""
    some = any(word in ONE_PROCESS or not word.startswith("-") for word in words)
    return [] if some else ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]


def test_all(place: Place, args: argparse.Namespace) -> int:
    """run the tests that take longer"""
    place.ensure()
    return place.run(["python", "-m", "pytest", "-m", "long", *args.rest])


def fuzz_parity(place: Place, args: argparse.Namespace) -> int:
    """ask labmail and real Exim the same random strings (a number: how many)"""
    place.ensure()
    return place.run(["python", "-m", "tests.parity.fuzz", *args.rest])


def demo(place: Place, args: argparse.Namespace) -> int:
    """watch a letter travel, in the terminal"""
    place.ensure()
    return place.run(["labmail", "demo", *args.rest])


def check(place: Place, args: argparse.Namespace) -> int:
    """lint, format, layers, types, and notebooks that are up to date"""
    place.ensure()
    failed = []
    for name, argv in CHECKS.items():
        print(f"-- {name}", flush=True)
        if place.run(argv):
            failed.append(name)
    print(f"\nnot in order: {', '.join(failed)}" if failed else "\nAll in order.")
    return 1 if failed else 0


def bench(place: Place, args: argparse.Namespace) -> int:
    """measure this machine (bench/*.py)"""
    place.ensure()
    return max(
        (
            place.run(["python", str(script), *args.rest])
            for script in sorted((place.root / "bench").glob("[!_]*.py"))
        ),
        default=0,
    )


def notebooks(place: Place, args: argparse.Namespace) -> int:
    """build notebooks/ and tests/notebooks/ from their sources"""
    place.ensure()
    return place.run(["python", "-m", "labmail.exercises.build", *args.rest])


def lock(place: Place, args: argparse.Namespace) -> int:
    """write requirements.lock anew (fetches uv when there is none)"""
    options = "--extra test --universal --generate-hashes --no-header -q"
    quiet = "--no-emit-index-url --no-emit-find-links --python-version 3.11"
    with tempfile.TemporaryDirectory() as folder:
        uv = working_uv()
        if uv is None:
            subprocess.check_call([sys.executable, "-m", "venv", folder])
            subprocess.check_call([f"{folder}/bin/python", "-m", "pip", "install", "-q", "uv"])
            uv = f"{folder}/bin/uv"
        argv = [uv, "pip", "compile", "pyproject.toml", *options.split(), *quiet.split()]
        return subprocess.call([*argv, *args.rest, "-o", "requirements.lock"], cwd=place.root)


def clean(place: Place, args: argparse.Namespace) -> int:
    """take away what was made here, never work/"""
    if place.environment.folder.is_dir():
        place.environment.begin_anew()
        place.environment.remove()
    for name in (".cache", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", "build"):
        shutil.rmtree(place.root / name, ignore_errors=True)
    for name in ("dist", ".import_linter_cache"):
        shutil.rmtree(place.root / name, ignore_errors=True)
    for name in ("labmail", "starting", "tests", "bench"):
        for cache in (place.root / name).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    (place.root / ".setup.lock").unlink(missing_ok=True)
    return 0


TASKS: dict[str, Callable[[Place, argparse.Namespace], int]] = {
    "lab": lab,
    "setup": setup,
    "demo": demo,
    "test": test,
    "test-all": test_all,
    "fuzz-parity": fuzz_parity,
    "check": check,
    "bench": bench,
    "notebooks": notebooks,
    "lock": lock,
    "clean": clean,
}
PASSING_ON = ("demo", "test", "test-all", "fuzz-parity", "bench", "notebooks", "lock")
"""Words whose further arguments go to the program that they run."""


def parser() -> argparse.ArgumentParser:
    """The command line, made from `TASKS`."""
    words = argparse.ArgumentParser(
        prog="start.py", description="A mail system that you can see into. Without a word: lab."
    )
    subs = words.add_subparsers(dest="task", metavar="WORD")
    for name, function in TASKS.items():
        sub = subs.add_parser(name, help=function.__doc__, description=function.__doc__)
        sub.add_argument(
            "--here",
            action="store_true",
            help="use the packages of the Python that runs this (conda) instead of .venv",
        )
        if name == "lab":
            sub.add_argument("--no-browser", dest="browser", action="store_false", help="open none")
            sub.add_argument("--port", type=int, help="a fixed port instead of a free one")
    return words


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; what a word does not know goes on to the program that it runs."""
    words = parser()
    if not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help")):
        argv = ["lab", *argv]
    args, rest = words.parse_known_args(argv)
    args.rest = rest[1:] if rest[:1] == ["--"] else rest
    if rest and args.task not in PASSING_ON:
        words.error(f"{args.task} takes no {rest[0]}")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit status."""
    args = parse(sys.argv[1:] if argv is None else argv)
    signal.signal(signal.SIGTERM, _end)
    try:
        return TASKS[args.task](Place(ROOT, here=args.here), args)
    except Trouble as trouble:
        print(f"labmail cannot go on: {trouble}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"labmail cannot go on: {not_ours(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is broken: call it again to go on.", file=sys.stderr)
        return 130


def not_ours(error: PermissionError) -> Trouble:
    """A file that belongs to somebody else, most often to root after a ``sudo make lab``."""
    return Trouble(
        f"{error.filename} may not be written ({error.strerror}).",
        f"make it yours: sudo chown -R {getpass.getuser()} {str(ROOT)!r}",
    )


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
