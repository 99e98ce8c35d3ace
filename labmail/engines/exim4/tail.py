"""What has been appended to a file since somebody looked last, in whole lines.

Try: ``Tail(files, "/var/log/exim4/mainlog").lines()``, twice.
"""

from __future__ import annotations

import os

from labmail.world import HostFiles


class Tail:
    """Follows one file of a host. It need not exist yet, and may be begun anew."""

    def __init__(self, files: HostFiles, path: str, *, from_end: bool = True) -> None:
        self._files, self._path = files, path
        self._at = self._size() if from_end else 0
        self._rest = b""

    def _size(self) -> int:
        try:
            return self._files.real(self._path).stat().st_size
        except OSError:
            return 0

    def lines(self) -> list[str]:
        """The lines that are new, without their ends."""
        size = self._size()
        if size == self._at:
            return []
        if size < self._at:  # another file of that name
            self._at, self._rest = 0, b""
        try:
            with open(self._files.real(self._path), "rb") as file:
                os.lseek(file.fileno(), self._at, os.SEEK_SET)
                new = file.read()
        except OSError:
            return []
        self._at += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        return [line.decode("utf-8", "surrogateescape") for line in lines]
