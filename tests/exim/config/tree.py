"""Files that are nowhere but in a test."""

from __future__ import annotations

import os
from collections.abc import Mapping

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "bin:x:2:2:bin:/bin:/usr/sbin/nologin\n"
    "mail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n"
)
GROUP = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nmail:x:8:\n"


class Tree:
    """A few files with their contents; a path that others begin with is a folder."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        people = {"/etc/passwd": PASSWD.encode(), "/etc/group": GROUP.encode()}
        self.contents = {**people, **contents}

    def read_bytes(self, path: str) -> bytes:
        path = os.path.normpath(path)
        if path in self.contents:
            return self.contents[path]
        raise self._missing(path)

    def stat(self, path: str) -> os.stat_result:
        path = os.path.normpath(path)
        if path not in self.contents and not isinstance(self._missing(path), IsADirectoryError):
            raise self._missing(path)
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, len(self.contents.get(path, b"")), 0, 0, 0))

    lstat = stat

    def listdir(self, path: str) -> list[str]:
        return [name for name in self.contents if os.path.dirname(name) == path]

    def realpath(self, path: str) -> str:
        return os.path.normpath(os.path.join("/", path))

    def access(self, path: str, mode: int) -> bool:
        return path in self.contents

    def _missing(self, path: str) -> OSError:
        if any(name.startswith(path.rstrip("/") + "/") for name in self.contents):
            return IsADirectoryError(21, "Is a directory", path)
        return FileNotFoundError(2, "No such file or directory", path)
