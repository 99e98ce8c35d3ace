"""The name server of a host: its zones from ``/etc/bind``, its sockets at UDP and TCP port 53.

Starting and reloading differ in one point, and it is worth knowing. A zone with errors is not
loaded at the start, and all questions about it are answered SERVFAIL. At a reload the zone that is
being served goes on being served, so that nothing seems to be wrong, until somebody restarts::

    edit db.ask.com (a mistake) ──▶ reload   old zone serves on, problems are reported
                                ──▶ restart  SERVFAIL: no host can say who takes mail for ask.com

A zone of type ``secondary`` is different: its file is written by the server, not read again. At the
start, and whenever a zone has a new version, the other name servers of the zone are told (NOTIFY).

Law: BIND 9 Administrator Reference Manual (rndc reload). RFC 1034 §4.3.
Try: ``await NameServer(network, "128.10.30.1", files, …).start()``, then `dig` at its endpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dns.name import Name

from labmail.trace import Ration, Recorder

from . import events, text, zones
from .caching import Cache
from .copies import Copies
from .problems import ConfigError, Problem, errors
from .service import Limits, Service
from .sockets import Datagrams, Streams
from .values import PORT
from .zone import Zone
from .zones import Files, Zones

if TYPE_CHECKING:
    from labmail.world import Chance, Clock, Listener, Network


class NameServer:
    """Serves the zones of a host's ``/etc/bind`` at the address ``ip``.

    ``problems`` is what the last load found, warnings included; ``loaded`` is the lab's time of it
    (POSIX seconds). Without ``chance`` a question that is passed on keeps the id of the client's.
    """

    def __init__(
        self,
        network: Network,
        ip: str,
        files: Files,
        *,
        clock: Clock,
        trace: Recorder,
        hostname: str,
        chance: Chance | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.network, self.ip, self.files, self.clock = network, ip, files, clock
        self.trace, self.hostname = trace, hostname
        self.service = Service(
            network,
            ip,
            trace=trace,
            hostname=hostname,
            chance=chance,
            limits=limits or Limits(),
            ration=Ration(clock.time),
            cache=Cache(clock.time),
        )
        self.copies = Copies(self.service, clock, files)
        self.problems: tuple[Problem, ...] = ()
        self.loaded = 0.0
        self._told: dict[Name, str | None] = {}
        self._datagrams: Datagrams | None = None
        self._streams: Streams | None = None
        self._listener: Listener | None = None

    @property
    def zones(self) -> Zones:
        """What is being served."""
        return self.service.zones

    async def start(self) -> tuple[Problem, ...]:
        """Loads the zones and listens. Gives the problems; a zone with errors answers SERVFAIL.

        Raises `ConfigError` if named.conf has errors, OSError if port 53 is taken.
        """
        self._load(before=None)
        datagrams, streams = Datagrams(self.service), Streams(self.service, self.clock)
        socket = await self.network.listen_udp(self.ip, PORT, lambda: datagrams)
        try:
            self._listener = await self.network.listen(self.ip, PORT, streams)
        except OSError:
            socket.close()
            raise
        self._datagrams, self._streams = datagrams, streams
        self.copies.follow(Zones(self.ip), self._told)
        return self.problems

    async def stop(self) -> None:
        """Closes sockets and connections, and gives up what is being asked elsewhere."""
        if self._listener is not None:
            self._listener.close()
        for part in (self.copies, self._datagrams, self._streams, self.service):
            if part is not None:
                await part.close()
        self._listener = self._datagrams = self._streams = None

    def reload(self) -> list[Problem]:
        """Reads everything again, as ``rndc reload`` does, and gives the problems.

        A zone that has errors now leaves the old one serving; so does named.conf.
        """
        before = self.zones
        try:
            self._load(before)
        except ConfigError as error:
            return list(error.problems)
        if self._listener is not None:
            self.copies.follow(before, self._told)
        return list(self.problems)

    def _load(self, before: Zones | None) -> None:
        try:
            self.service.zones, self.problems = zones.load(self.files, self.ip, before)
        except ConfigError as error:
            self.problems = error.problems
            self._tell_refused("", error.problems, kept=before is not None)
            raise
        self.loaded = self.clock.time()
        self._told = {}
        for zone in self.zones.served.values():
            name = text.plain(zone.origin)
            wrong = [problem for problem in errors(self.problems) if problem.zone == name]
            if wrong:
                self._tell_refused(name, wrong, kept=isinstance(zone, Zone))
            elif isinstance(zone, Zone) and (before is None or not self._is_copy(zone)):
                self._tell_loaded(name, zone)

    def _is_copy(self, zone: Zone) -> bool:
        clause = self.zones.clause(zone.origin)
        return clause is not None and clause.kind == "secondary"

    def _tell_loaded(self, name: str, zone: Zone) -> None:
        told = self.trace.tell(
            events.ZoneLoaded,
            host=self.hostname,
            zone=name,
            serial=zone.serial,
            records=len(zone),
            file=zone.file,
        )
        self._told[zone.origin] = told.name or None

    def _tell_refused(self, zone: str, problems: Sequence[Problem], *, kept: bool) -> None:
        told = tuple(map(str, problems))
        self.trace.tell(events.ZoneRefused, host=self.hostname, zone=zone, kept=kept, problems=told)
