"""``labmail shell HOST``: a shell of your own, in which Exim's programs are those of a lab's host.

    $ labmail shell mail.ask.com
    root@mail.ask.com:/# mailq
    root@mail.ask.com:/# cat var/log/exim4/mainlog

It is an ordinary shell of this computer, with your own rights: ``cat``, ``grep`` and your editor
are yours. It begins in the host's folder, and on its PATH stand in front: exim, exim4, sendmail,
mailq, runq, update-exim4.conf, exiqgrep and the others that `labmail.commands.control.answering`
has. Each is a few lines that say ``labmail at HOST …``. With words behind the host, the shell runs
these and ends.

Try: ``labmail shell mail.example.com -c mailq``.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .at import Usage, Wish, place
from .control.asking import TROUBLE, Unreachable
from .control.finding import Found, NoLab

USAGE = """\
usage: labmail shell [--root FOLDER] HOST [--user LOGIN] [-c COMMANDS]

A shell in the folder of a lab's host, with exim, mailq, update-exim4.conf … on its PATH.
"""

PROGRAMS = (
    *("exim", "exim4", "sendmail", "mailq", "runq", "newaliases", "update-exim4.conf"),
    *("exiqgrep", "exigrep", "exinext", "exiwhat", "dig", "explain"),
    *("systemctl", "service", "invoke-rc.d", "hup", "restart"),
)
"""What stands in front on the PATH."""

RC = """\
case $- in *i*) test -f ~/.bashrc && . ~/.bashrc;; esac
PATH={bin}:$PATH
labmail_here() {{ local here=${{PWD#{folder}}}; echo "${{here:-/}}"; }}
PS1='{user}@{host}:$(labmail_here){sign} '
PROMPT_COMMAND=
kill() {{
    if test "$#" -eq 2 && test "$2" = "$(cat {folder}/run/exim4/exim.pid 2>/dev/null)"
    then {at} kill "$@"
    else builtin kill "$@"
    fi
}}
cd {folder}
"""
"""What bash reads first. The daemon's number is the lab's own: a signal to it must not reach
whatever process of this computer has the same one."""


def main(words: Sequence[str]) -> int:
    """Runs the shell; gives its exit code, or 125 with a sentence."""
    wish = Wish()
    try:
        rest = wish.read(words)
        if rest[:1] in (["-h"], ["--help"]):
            print(USAGE, end="")
            return 0
        if not wish.host or (rest and rest[0] != "-c") or len(rest) > 2:
            raise Usage("expected a host")
        lab, host = place(wish)
        return _run(lab, _full(lab, host), wish.user or "root", rest)
    except Usage as problem:
        print(f"labmail shell: {problem}\n\n{USAGE}", end="", file=sys.stderr)
    except (NoLab, Unreachable) as problem:
        print(f"labmail shell: {problem}", file=sys.stderr)
    return TROUBLE


def _full(lab: Found, host: str) -> str:
    """The whole name of a host. Raises `NoLab`."""
    known = lab.cookie.hosts
    meant = [each for each in known if each == host or each.startswith(f"{host}.")]
    if host in known:
        return host
    if len(meant) != 1:
        raise NoLab(f"no host {host!r} in {lab.cookie.town}; it has {', '.join(known)}")
    return meant[0]


def _run(lab: Found, host: str, user: str, words: Sequence[str]) -> int:
    folder = lab.root / host
    with tempfile.TemporaryDirectory(prefix="labmail-shell-") as made:
        bin = Path(made) / "bin"
        at = _write_programs(bin, lab.root, host, user)
        environment = {
            **os.environ,
            "PATH": f"{bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "LABMAIL_ROOT": str(lab.root),
            "LABMAIL_HOST": host,
            "PS1": f"{user}@{host}$ ",
        }
        rc = Path(made) / "bashrc"
        sign = "#" if user == "root" else "$"
        quoted = {"bin": shlex.quote(str(bin)), "folder": shlex.quote(str(folder))}
        rc.write_text(RC.format(**quoted, at=at, host=host, user=user, sign=sign), "utf-8")
        shell = _shell(rc, words)
        return subprocess.run(shell, cwd=folder, env=environment).returncode


def _shell(rc: Path, words: Sequence[str]) -> list[str]:
    """The caller's own shell; bash is given a file to read first."""
    shell = os.environ.get("SHELL") or "/bin/sh"
    if not os.path.basename(shell).startswith("bash"):
        return [shell, *words]
    if words:
        return [shell, "-c", f". {shlex.quote(str(rc))}\n{words[1]}"]
    return [shell, "--rcfile", str(rc), "-i"]


def _write_programs(bin: Path, root: Path, host: str, user: str) -> str:
    """A few lines for each program; gives the words that all begin with."""
    bin.mkdir()
    python = [sys.executable, "-m", "labmail.commands", "at", "--root", str(root), host]
    at = shlex.join([*python, *(["--user", user] if user != "root" else [])])
    for name in PROGRAMS:
        program = bin / name
        program.write_text(f'#!/bin/sh\nexec {at} {name} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return at
