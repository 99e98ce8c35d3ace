"""What the system knows of a file.

Law: Exim specification, chapter 11, ``stat``.
"""

from __future__ import annotations

import stat as modes
from typing import Any

from labmail.exim.errors import ExpansionFailed

from .operator import operator


@operator(fresh=True)
def stat(text: str, context: Any) -> str:
    """Mode, owner, size and times, as ``name=value`` pairs: made for ``${extract{size}{…}}``."""
    if "existstest" in context.forbidden:
        raise ExpansionFailed("Use of the stat() expansion is not permitted")
    if not text or context.files is None:
        raise ExpansionFailed("stat() failed: No such file or directory")
    try:
        found = context.files.stat(text)
    except OSError as error:
        raise ExpansionFailed(f"stat({text}) failed: {error.strerror}") from None
    values = {
        "mode": f"{found.st_mode & 0o77777:04o}",
        "smode": modes.filemode(found.st_mode),
        "inode": found.st_ino,
        "device": found.st_dev,
        "links": found.st_nlink,
        "uid": found.st_uid,
        "gid": found.st_gid,
        "size": found.st_size,
        "atime": int(found.st_atime),
        "mtime": int(found.st_mtime),
        "ctime": int(found.st_ctime),
    }
    return " ".join(f"{name}={value}" for name, value in values.items())
