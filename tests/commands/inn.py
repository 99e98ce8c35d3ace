"""A small mail system for stories at a command line, with labmail or with the real exim4.

A story has a folder of its own: ``spool``, ``log``, and ``mail`` with the mailboxes.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HEAD = """
spool_directory = DIR/spool
log_file_path = DIR/log/%slog
primary_hostname = mail.inn.test
qualify_domain = inn.test
keep_environment =
trusted_users = root
queue_only
queue_run_max = 1
tls_advertise_hosts =
received_header_text = Received: by $primary_hostname with $received_protocol id $message_exim_id
"""
ID = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
Ask = Callable[[Path, Sequence[str], str], tuple[str, int]]
"""With a configuration, words and standard input: what is printed, and the exit code."""


def ours(configuration: Path, words: Sequence[str], stdin: str = "") -> tuple[str, int]:
    """labmail's answer."""
    from labmail.commands.exim import machine, run

    out = io.BytesIO()
    caller = machine(io.BytesIO(stdin.encode()), out, io.BytesIO())
    code = run(["-C", str(configuration), *words], caller)
    return out.getvalue().decode("latin-1"), code


def theirs(configuration: Path, words: Sequence[str], stdin: str = "") -> tuple[str, int]:
    """The answer of the real one, which must be root's."""
    argv = ["exim4", "-C", str(configuration), *words]
    ended = subprocess.run(argv, input=stdin.encode(), capture_output=True, timeout=60, check=False)
    return ended.stdout.decode("latin-1"), ended.returncode


@contextmanager
def furnished() -> Iterator[Path]:
    """A folder for one story."""
    folder = Path(tempfile.mkdtemp(prefix="story-"))
    try:
        for name in ("spool", "log", "mail"):
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def log(folder: Path) -> list[str]:
    """The lines of the main log, without what is different each time."""
    path = folder / "log/mainlog"
    lines = path.read_text("latin-1").splitlines() if path.exists() else []
    lines = [each for each in lines if "lost privilege" not in each]
    return [stable(each, folder) for run in _runs(lines) for each in sorted(run, key=_letter)]


def _runs(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each queue run, which takes letters as chance has it, and those between."""
    run: list[str] = []
    for line in lines:
        if "queue run: pid=" in line:
            yield run
            yield [line]
            run = []
        else:
            run.append(line)
    yield run


def _letter(line: str) -> str:
    """The id that a line is about: those of older letters come first."""
    found = ID.search(line)
    return found[0] if found else ""


def stable(text: str, folder: Path) -> str:
    """Without what is different each time."""
    text = text.replace(str(folder), "DIR").replace("\r\n", "\n")
    text = ID.sub("<id>", text)
    text = re.sub(r"<E<id>|\bE[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<E<id>", text)
    text = re.sub(r"\b\d+-eximdsn-\d+\b", "<boundary>", text)
    text = re.sub(r"\w{3}, [ \d]\d \w{3} (?!2024)\d{4} \S+ \+0000", "<date>", text)
    text = re.sub(r"\b\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\b", "<date>", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>", text)
    text = re.sub(r"pid=\d+", "pid=<n>", text)
    text = re.sub(r"\bS=\d+", "S=<n>", text)
    return re.sub(r"\bD=\d\S*", "D=<n>", text)
