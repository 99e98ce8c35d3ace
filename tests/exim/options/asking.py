"""One configuration, asked of two programs: what it prints, or what is wrong with it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from labmail.exim.config import read, report
from labmail.exim.config.configuration import Settings
from labmail.exim.drive import drive
from labmail.exim.errors import ConfigError
from labmail.exim.expansion.addresses import extract
from labmail.exim.files import Files, RealFiles
from labmail.exim.options import print_options
from labmail.exim.options.vocabulary import Words
from tests.conftest import find_peer
from tests.exim.config.tree import Tree

HEAD = (
    "spool_directory = {folder}\n"
    "log_file_path = {folder}/%slog\n"
    "keep_environment =\n"
    "primary_hostname = mx1.lab.test\n"
)
PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\n"
    "mail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n"
    "uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    "Debian-exim:x:104:109::/var/spool/exim4:/usr/sbin/nologin\n"
)
GROUP = "root:x:0:\nmail:x:8:\nuucp:x:10:\nnogroup:x:65534:\nDebian-exim:x:109:\n"
"""Those of them that every Debian has; the number of the last two is a matter of chance."""

WHERE = "/srv/exim"
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
BESIDE = re.compile(
    r"(?:LOG: PANIC DIE\n  )?Cannot open main log file.*\n|exim: could not open panic log.*\n"
)


def has_domain(address: str) -> bool:
    return bool(extract(address).domain)


WORDS = Words(has_domain=has_domain)


class Answer(NamedTuple):
    """What was printed, what was wrong, and the exit code."""

    text: str
    error: str
    code: int


def theirs(text: str, words: Sequence[str], folder: Path) -> Answer:
    """The real program's."""
    program = find_peer("exim4")
    assert program
    path = folder / "exim.conf"
    path.write_bytes(_filled(text, str(folder)))
    done = subprocess.run(
        [program, "-C", str(path), *_words(words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin"},
        timeout=20,
    )
    error = BESIDE.sub("", TIME.sub("", done.stderr.decode("latin-1")))
    out = done.stdout.decode("latin-1")
    return Answer(_emptied(out, folder), _emptied(error, folder), done.returncode)


def ours(text: str, words: Sequence[str], folder: Path | None = None) -> Answer:
    """Ours, on this machine's files if there is a folder, else on files made up here."""
    where = str(folder or WHERE)
    path = f"{where}/exim.conf"
    if folder:
        (folder / "exim.conf").write_bytes(_filled(text, where))
    files: Files = RealFiles() if folder else made_up({path: _filled(text, where)})
    try:
        configuration = read(
            path,
            files=files,
            vocabulary=WORDS,
            expand=lambda text, settings: _expanded(text, settings, files),
        )
    except ConfigError as error:
        return Answer("", _emptied(report(error, "", listing=True), where), 1)
    bare = "-n" in words
    out, code = print_options(configuration, [word for word in words if word != "-n"], bare=bare)
    return Answer(_emptied(out, where), "", code)


def made_up(contents: dict[str, bytes]) -> Files:
    people = {"/etc/passwd": PASSWD.encode(), "/etc/group": GROUP.encode()}
    return Tree({**contents, **people})


def _expanded(text: str, settings: Settings, files: Files) -> str:
    from labmail.exim.expansion import expand
    from labmail.exim.expansion.context import Context
    from labmail.exim.expansion.standing import MainOptions

    return drive(expand(text, Context(files=files, settings=MainOptions(settings)))).text


def _words(words: Sequence[str]) -> list[str]:
    bare = [word for word in words if word == "-n"]
    return [*bare, "-bP", *(word for word in words if word != "-n")]


def _filled(text: str, folder: str) -> bytes:
    return (HEAD + text).replace("{folder}", folder).encode("latin-1")


def _emptied(text: str, folder: Path | str) -> str:
    return text.replace(str(folder), "{folder}")
