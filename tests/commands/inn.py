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
    return [stable(each, folder) for each in lines if "lost privilege" not in each]


def stable(text: str, folder: Path) -> str:
    """Without what is different each time."""
    text = text.replace(str(folder), "DIR").replace("\r\n", "\n")
    text = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<id>", text)
    text = re.sub(r"<E<id>|\bE[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<E<id>", text)
    text = re.sub(r"\b\d+-eximdsn-\d+\b", "<boundary>", text)
    text = re.sub(r"\w{3}, [ \d]\d \w{3} (?!2024)\d{4} \S+ \+0000", "<date>", text)
    text = re.sub(r"\b\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\b", "<date>", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>", text)
    text = re.sub(r"pid=\d+", "pid=<n>", text)
    text = re.sub(r"\bS=\d+", "S=<n>", text)
    return re.sub(r"\bD=\d\S*", "D=<n>", text)
