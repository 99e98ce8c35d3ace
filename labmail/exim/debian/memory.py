"""Files that lie nowhere: some paths and what they hold, before the files of a host.

What would a configuration be if these were its files? Whoever asks that writes nothing.

Try: ``Laid({"/etc/mailname": b"ask.com"}).read_bytes("/etc/mailname")``.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping

from labmail.exim.files import Files

_MODES = {False: stat.S_IFREG | 0o644, True: stat.S_IFDIR | 0o755}


class Laid:
    """``laid`` are paths and contents; other paths are asked of ``behind``, if there is any."""

    def __init__(self, laid: Mapping[str, bytes], behind: Files | None = None) -> None:
        self.laid = laid
        self.behind = behind

    def read_bytes(self, path: str) -> bytes:
        if path in self.laid:
            return self.laid[path]
        return self._behind(path).read_bytes(path)

    def stat(self, path: str) -> os.stat_result:
        folder = any(name.startswith(f"{path}/") for name in self.laid)
        if path not in self.laid and not folder:
            return self._behind(path).stat(path)
        size = len(self.laid.get(path, b""))
        return os.stat_result((_MODES[folder], 0, 0, 1, 0, 0, size, 0, 0, 0))

    def lstat(self, path: str) -> os.stat_result:
        return self.stat(path)

    def listdir(self, path: str) -> list[str]:
        start = f"{path}/"
        inside = (name[len(start) :] for name in self.laid if name.startswith(start))
        names = {name.partition("/")[0] for name in inside}
        return sorted(names) if names else self._behind(path).listdir(path)

    def realpath(self, path: str) -> str:
        """There are no links among files that lie nowhere."""
        if path in self.laid or self.behind is None:
            return path
        return self.behind.realpath(path)

    def access(self, path: str, mode: int) -> bool:
        if path in self.laid:
            return not mode & os.W_OK
        return self.behind is not None and self.behind.access(path, mode)

    def _behind(self, path: str) -> Files:
        if self.behind is None:
            raise _missing(path)
        return self.behind


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
