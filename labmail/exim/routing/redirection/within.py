"""``include_directory``: only files below a directory may be included, and no link leads there.

    /etc/lists/team            below /etc/lists: each part is looked at, a link is none
    /etc/lists//team           what stands between two slashes is no part
    /etc/lists/../team         ``..`` is one like others: Exim looks for links only

Law: Exim specification, §22.7 (include_directory).
"""

from __future__ import annotations

import os
import stat
from typing import Any


def complaint(path: str, folder: str, files: Any) -> str:
    """What is wrong with an included file, where only those of ``folder`` may be; "" if nothing."""
    rest = path.removeprefix(folder)
    if not path.startswith(folder) or not (folder.endswith("/") or rest.startswith("/")):
        return f"included file {path} is not in directory {folder}"
    try:
        status: os.stat_result = files.stat(folder)
    except OSError:
        return f"failed to open directory {folder}"
    below = folder.rstrip("/")
    for name in (rest if folder.endswith("/") else rest[1:]).split("/"):
        below = f"{below}/{name}"
        found = _plain(below, files) if name else None
        if found is None:
            return f"failed to open {path} (component of included file); could be symbolic link"
        status = found
    if not stat.S_ISREG(status.st_mode):
        return f"included file {path} is not a regular file in the {folder} directory"
    return ""


def _plain(path: str, files: Any) -> os.stat_result | None:
    """What is there, if it is no link."""
    try:
        status: os.stat_result = files.lstat(path)
    except OSError:
        return None
    return None if stat.S_ISLNK(status.st_mode) else status
