"""What can happen to the disk of a host: it is full, it cannot be changed, its power is cut.

The half of `Breaker` that has to do with disks and not with roads. None of it can be had where real
Exim runs, whose disk is the machine's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..world import PoweredDisk
from .outage import MOMENTS, Outage

if TYPE_CHECKING:
    from .breaking import Breakage
    from .site import Site


class DiskFaults:
    """Mixed into `Breaker`."""

    site: Site
    active: list[Breakage]
    plan: Callable[[str], Any]
    _host: Callable[..., Breakage]

    def disk_full(self, host: str) -> Breakage:
        self.plan(host)
        self._must_be_ours(host, "a full disk", "writes to the machine's own disk")
        disk = self.site.files[host].disk
        do, undo = partial(setattr, disk, "full", True), partial(setattr, disk, "full", False)
        return self._host("disk full", host, do, undo)

    def read_only(self, host: str, folder: str) -> Breakage:
        self.plan(host)
        self._must_be_ours(host, "a read-only folder", "writes to the machine's own disk")
        disk = self._disk(host)
        real = self.site.files[host].real(folder)
        do, undo = partial(disk.seal, real), partial(disk.unseal, real)
        return self._host("read-only", host, do, undo, folder)

    def power_cut(self, host: str, when: str | None) -> Breakage:
        self.plan(host)
        self._must_be_ours(host, "a power cut", "does not end when a lab wishes")
        if when is not None and when not in MOMENTS:
            raise ValueError(f"a power cut {when!r}: expected one of {', '.join(MOMENTS)}, or None")
        if any(each.key == ("power", host) for each in self.active):
            raise ValueError(f"{host} has a power cut already: mend that first")
        outage = Outage(self.site.hosts[host], self._disk(host), when)
        detail = "now" if when is None else MOMENTS[when][0]
        return self._host("power", host, outage.begin, outage.end, detail)

    def _disk(self, host: str) -> PoweredDisk:
        disk = self.site.files[host].disk
        assert isinstance(disk, PoweredDisk)
        return disk

    def _must_be_ours(self, host: str, fault: str, why: str) -> None:
        """Raises ValueError where real Exim runs, which does not come to us for what it does."""
        if self.site.engine is not None and self.site.engine.runs_on(host):
            raise ValueError(f"{fault} on {host}: real exim4 {why}; try it without engine=")
