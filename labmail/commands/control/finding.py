"""Finding: which labs run on this machine, and which of them is meant.

    labmail at --root ~/lab mail.ask.com mailq      the one in this folder
    cd ~/lab/mail.ask.com; labmail at . mailq       the one that this folder belongs to
    labmail at mail.ask.com mailq                   the only one that runs

A lab that starts leaves the name of its root in a folder for temporary files that belongs to the
person (``/tmp/labmail-running-1000``), beside the roots that are temporary themselves; nothing is
written in her home. A name whose lab has been killed is swept away by whoever looks: a lab that
lives has locked its root.

Law: flock(2). Try: ``running()``.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import cookie
from .cookie import Cookie

MARK = ".labmail"
"""What a lab keeps locked while it lives (`labmail.lab.home`)."""


class NoLab(Exception):
    """There is none, or it is not clear which one is meant; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """A lab that runs: its root, and how it can be asked."""

    root: Path
    cookie: Cookie


def folder() -> Path:
    """Where the names of the labs that run are kept. Raises OSError where that is not ours: what
    somebody else put there could send us anywhere."""
    given = os.environ.get("LABMAIL_RUNNING")
    path = Path(given or Path(tempfile.gettempdir(), f"labmail-running-{os.getuid()}"))
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    about = path.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o022:
        raise PermissionError(f"{path} belongs to somebody else")
    return path


def register(root: Path, name: str) -> None:
    """Leaves word that a lab runs in ``root``. Where that cannot be written, --root finds it."""
    with suppress(OSError):
        (folder() / name).write_text(f"{root}\n", encoding="utf-8")


def unregister(name: str) -> None:
    with suppress(OSError):
        (folder() / name).unlink()


def running() -> list[Found]:
    """The labs of this person that run now, by their roots."""
    found = {}
    with suppress(OSError):
        for entry in sorted(folder().iterdir()):
            root = Path(entry.read_text(encoding="utf-8").rstrip("\n"))
            if lab := at(root):
                found[root] = lab
            else:
                entry.unlink(missing_ok=True)
    return list(found.values())


def at(root: Path) -> Found | None:
    """The lab that runs in this folder."""
    known = cookie.read(root) if _is_locked(root) else None
    return Found(root, known) if known else None


def _is_locked(root: Path) -> bool:
    try:
        mark = os.open(root / MARK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(mark)
    return False


def find(root: str | None, here: Path) -> Found:
    """The lab that is meant: in ``root``, else around the folder ``here``, else the only one.

    Raises `NoLab`.
    """
    if root is not None:
        wanted = Path(root).expanduser().resolve()
        if lab := at(wanted):
            return lab
        raise NoLab(f"no lab runs in {wanted}: labmail serve TOWN --root {root}")
    for each in (here, *here.parents):
        if lab := at(each):
            return lab
    labs = running()
    if len(labs) == 1:
        return labs[0]
    if not labs:
        raise NoLab("no lab runs here: start one with labmail serve, or in a notebook")
    lines = [
        f"  --root {each.root}  {each.cookie.town}, process {each.cookie.pid}" for each in labs
    ]
    raise NoLab("\n".join(["several labs run: say which one is meant", *lines]))


def host_here(lab: Found, here: Path) -> str | None:
    """The host whose folder ``here`` is, or lies in."""
    with suppress(ValueError, IndexError):
        name = here.resolve().relative_to(lab.root.resolve()).parts[0]
        return name if name in lab.cookie.hosts else None
    return None
