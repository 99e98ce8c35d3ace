"""How many letters lie in a mailbox. Asked often, so only what is new is read."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Mailbox(Protocol):
    """Where a server puts what it delivers."""

    def count(self) -> int:
        """Letters in it."""

    def empty(self) -> None:
        """Takes the letters away, where the size would matter for the next round."""


class Maildir:
    """One file for each letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def count(self) -> int:
        new = self.folder / "new"
        return len(list(new.iterdir())) if new.exists() else 0

    def empty(self) -> None:
        for letter in (self.folder / "new").glob("*"):
            letter.unlink()


class Mbox:
    """One file that grows. It may stay: an append costs the same at any size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = self._found = 0
        self._end = b"\n"

    def count(self) -> int:
        if not self.path.exists():
            return 0
        with self.path.open("rb") as file:
            file.seek(self._read)
            while chunk := file.read(1 << 20):
                self._found += (self._end + chunk).count(b"\nFrom ")
                self._read += len(chunk)
                self._end = chunk[-5:]
        return self._found

    def empty(self) -> None:
        pass
