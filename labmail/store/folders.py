"""A folder is durable when the folder above it has been synced: each level that is made, is."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

from labmail.world import Disk


def make_folder(disk: Disk, path: Path, mode: int = 0o700) -> None:
    """Makes ``path`` and what is missing above it, durably. One that is there already is fine.

    Raises OSError; NotADirectoryError or FileExistsError where a file is in the way.
    """
    above = (path, *path.parents)
    missing = list(takewhile(lambda folder: not folder.is_dir(), above))
    for folder in reversed(missing):
        disk.mkdir(folder, mode)
        disk.sync_folder(folder.parent)
