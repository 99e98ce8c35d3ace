"""The zones that a name server shares with others: copies it keeps, changes it tells of.

After each load the new configuration is compared with what runs: a secondary that is new begins,
one whose statement has changed begins again, one that is gone ends. A zone of our own that has a
greater serial than before is announced; at the start every one is, since nobody knows what others
have missed.

Law: RFC 1996 §4.1; BIND 9 Administrator Reference Manual, "notify". Try: ``rndc reload``'s twin,
``server.reload()``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dns.name import Name

from . import notify
from .announcing import Announcer
from .copyfile import CopyFile
from .problems import NOWHERE
from .secondary import Secondary
from .service import Service, cancel
from .zone import Zone
from .zoneclause import ZoneClause
from .zones import Files, Zones, file_of

if TYPE_CHECKING:
    from labmail.world import Clock


@dataclass(frozen=True, slots=True)
class _Running:
    secondary: Secondary
    task: asyncio.Task[None]


class Copies:
    """Runs the secondaries of ``service``, and announces what has changed."""

    def __init__(self, service: Service, clock: Clock, files: Files) -> None:
        self.service, self.clock, self.files = service, clock, files
        self.announcer = Announcer(service, clock)
        self._places = asyncio.Semaphore(service.limits.transfers_in)
        self._running: dict[Name, _Running] = {}
        service.exchange.notified = self.look

    def follow(self, before: Zones, causes: Mapping[Name, str | None]) -> None:
        """Does what a load asks for. ``before`` is what was served; ``causes`` tell of the load."""
        zones = self.service.zones
        secondaries = (clause for clause in zones.conf.zones if clause.kind == "secondary")
        wanted = {clause.name: replace(clause, spot=NOWHERE) for clause in secondaries}
        for name, running in list(self._running.items()):
            if running.secondary.clause != wanted.get(name):
                self._running.pop(name).task.cancel()
        for name, clause in wanted.items():
            if name not in self._running:
                self._start(clause)
        for name, zone in zones.served.items():
            if isinstance(zone, Zone) and name not in wanted and _is_new(zone, before):
                self.announcer.announce(zone, causes.get(name))

    def _start(self, clause: ZoneClause) -> None:
        secondary = Secondary(
            clause,
            self.service,
            self.clock,
            CopyFile(self.files, file_of(clause, self.service.zones.conf) if clause.file else ""),
            self._places,
            self.announcer.announce,
        )
        task = asyncio.get_running_loop().create_task(secondary.run())
        self._running[clause.name] = _Running(secondary, task)

    def look(self, zone: Name, serial: int | None = None, cause: str | None = None) -> None:
        """Has the primaries of a zone asked at once, as ``rndc refresh`` does."""
        if zone in self._running:
            self._running[zone].secondary.look(serial, cause)

    async def close(self) -> None:
        """Ends everything that is under way."""
        await self.announcer.close()
        await cancel(running.task for running in self._running.values())
        self._running.clear()


def _is_new(zone: Zone, before: Zones) -> bool:
    earlier = before.served.get(zone.origin)
    return not isinstance(earlier, Zone) or notify.newer(zone.serial, earlier.serial)
