"""maildirsize: what a Maildir holds, written down, so that nobody need count it again.

    10000S,5C         the quota: octets, letters (0: none)
    321 1             octets and letters that were there when it was counted
    339 1             and a line for each letter that has come since; a reader takes away likewise

A first line that says another quota than ours, or a letter for which there is no room, makes it be
counted anew: somebody may have deleted letters without a word. And a file ``maildirfolder`` tells
programs that a Maildir is a folder of another one (Maildir++).

Law: Exim specification, §26.5 (maildir_use_size_file, maildirfolder_create_regex).

Try: ``cat Maildir/maildirsize``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .quota import Quota, held

if TYPE_CHECKING:
    from labmail.world import HostFiles

NAME = "maildirsize"
LONGEST = 5120
"""A longer file is written anew."""
_LINE = re.compile(r"(-?\d+) (-?\d+)")


def taken_up(files: HostFiles, path: str, quota: Quota, counts: str, new: int) -> tuple[int, int]:
    """The octets and letters of a Maildir, from its file, which is written if it has to be: also
    where there would be no room for ``new`` octets, for that may be history. Blocks; raises
    OSError."""
    head = f"{quota.octets}S,{quota.letters}C"
    known = _read(files, f"{path}/{NAME}", head)
    if known is not None and not _beyond(quota, known[0] + new, known[1] + 1):
        return known
    size, count = _counted(files, path, counts)
    files.write_text(f"{path}/{NAME}", f"{head}\n{size} {count}\n", 0o600)
    return size, count


def added(files: HostFiles, path: str, size: int) -> None:
    """A letter of ``size`` octets has come. Blocks; raises OSError."""
    files.append(f"{path}/{NAME}", f"{size} 1\n")


def mark_folder(files: HostFiles, path: str, pattern: str) -> None:
    """Makes a file ``maildirfolder`` where ``pattern`` says that this is one. Blocks."""
    if re.search(pattern, path) and not files.exists(f"{path}/maildirfolder"):
        files.write_text(f"{path}/maildirfolder", "", 0o600)


def _read(files: HostFiles, path: str, head: str) -> tuple[int, int] | None:
    try:
        text = files.read_text(path)
    except OSError:
        return None
    first, *lines = text.splitlines()[:1000] or [""]
    found = [_LINE.fullmatch(line.strip()) for line in lines]
    if first != head or len(text) > LONGEST or None in found:
        return None
    return sum(int(each[1]) for each in found if each), sum(int(each[2]) for each in found if each)


def _beyond(quota: Quota, size: int, count: int) -> bool:
    return bool((quota.octets and size > quota.octets) or (quota.letters and count > quota.letters))


def _counted(files: HostFiles, path: str, counts: str) -> tuple[int, int]:
    """Octets and letters: those in ``new`` and ``cur``, of this Maildir and its folders."""
    size = count = 0
    root = files.real(path)
    folders = [root, *(each for each in root.glob(".*") if each.is_dir())] if root.is_dir() else []
    for folder in folders:
        for part in ("cur", "new"):
            below = (
                f"{path}/{folder.relative_to(root)}/{part}" if folder != root else f"{path}/{part}"
            )
            here, _ = held(files, below, None, counts)
            size += here
            count += sum(1 for each in (folder / part).glob("*") if each.is_file())
    return size, count
