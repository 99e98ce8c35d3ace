"""The file of a copied zone: written when a new version has come, read at the next start.

Its date is the lab's time at which a primary last said that the copy is right, as with BIND: a copy
that is too old by that date is not served. Writing happens beside the loop, and a disk that is full
keeps nobody from being answered.

Law: RFC 1034 §4.3.5 (keeping copies). Try: ``ls -l /var/cache/bind`` on a host.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from . import zonefile
from .zone import Zone
from .zones import Files


@dataclass(frozen=True, slots=True)
class CopyFile:
    """Where a host keeps a copy; with an empty ``path`` it keeps none."""

    files: Files
    path: str

    async def keep(self, zone: Zone) -> str:
        """Writes the zone; gives what went wrong, or an empty string."""
        return await self._work(self._keep, zone)

    async def stamp(self, time: float) -> None:
        """Gives the file a date of the lab (POSIX seconds)."""
        await self._work(self._stamp, time)

    def date(self) -> float:
        """The date of the file; 0 if there is none."""
        try:
            return self.files.real(self.path).stat().st_mtime if self.path else 0.0
        except OSError:
            return 0.0

    async def _work(self, step: Callable[..., str], *args: object) -> str:
        if not self.path:
            return ""
        return await asyncio.get_running_loop().run_in_executor(None, step, *args)

    def _keep(self, zone: Zone) -> str:
        try:
            self.files.write_text(self.path, zonefile.write(zone))
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def _stamp(self, time: float) -> str:
        with suppress(OSError):
            os.utime(self.files.real(self.path), (time, time))
        return ""
