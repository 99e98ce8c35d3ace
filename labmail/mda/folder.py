"""A letter as a file of its own in a folder that is no Maildir: made under a name of no account,
and given its own when it is whole.

Exim's default name has the file's inode in it, which nobody knows before the file is there: so the
deed has two halves, and whoever asked for it thinks of the name between them.

Law: Exim specification, §26.5 (directory_file).
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from labmail.store.folders import make_folder
from labmail.store.modes import give
from labmail.world import HostFiles


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is written and has no name yet."""

    path: Path
    folder: Path
    inode: int


def begin(
    files: HostFiles, folder: str, name: str, content: bytes, mode: int, make: int | None
) -> Draft:
    """Writes ``content`` under a name for the time being, durably. ``make``: the rights of the
    folder, where it may be made. Blocks; raises OSError."""
    where = files.real(folder)
    if make is not None:
        make_folder(files.disk, where, make)
    path = where / name
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    fd = files.disk.open(path, flags, mode)
    try:
        give(fd, mode)
        files.disk.write(fd, content)
        files.disk.fsync(fd)
        return Draft(path, where, os.fstat(fd).st_ino)
    except OSError:
        with suppress(OSError):
            files.disk.unlink(path)
        raise
    finally:
        files.disk.close(fd)


def finish(files: HostFiles, draft: Draft, name: str) -> None:
    """Gives the file its name. One that leads out of the folder is refused. Raises OSError."""
    if "/" in name or "\0" in name or name in ("", ".", ".."):
        give_up(files, draft)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    files.disk.rename(draft.path, draft.folder / name)
    files.disk.sync_folder(draft.folder)


def give_up(files: HostFiles, draft: Draft) -> None:
    """Takes the file away again."""
    with suppress(OSError):
        files.disk.unlink(draft.path)
