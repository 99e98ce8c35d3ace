"""All that one name server answers for: its zones, the longest match, and a reload that is safe.

A name belongs to the zone whose name is its longest ending: mail.sales.ask.com belongs to
sales.ask.com if the server has that zone, else to ask.com, else to com, else to the root. A zone is
one of three things here::

    Zone      loaded from its file, or copied from a primary      answers
    Broken    its file has errors, or the copy is missing or old  SERVFAIL, until that is mended
    Forward   "type forward", "type hint"  other servers are asked, for clients who may recurse

A reload that finds a zone's file broken keeps the zone that is being served and reports the errors:
nobody notices until the next restart, when the whole domain goes dark. BIND does the same.

Law: RFC 1034 §4.3.2, step 2. Try: ``load(files, "128.10.30.1")``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import dns.name
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.NS import NS
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from labmail.world.recall import Recall

from . import masterfile, named, zone
from .named import NamedConf
from .problems import NOWHERE, Problem, Spot
from .values import PORT, Endpoint
from .zone import Zone
from .zoneclause import ZoneClause


class Files(Protocol):
    """What a name server needs of its host's folder."""

    def read_text(self, path: str, /) -> str: ...

    def write_text(self, path: str, text: str, /) -> None: ...

    def exists(self, path: str, /) -> bool: ...

    def real(self, path: str, /) -> Path: ...


@dataclass(frozen=True, slots=True)
class Broken:
    """A zone that cannot be served, and why."""

    origin: Name
    problems: tuple[Problem, ...] = ()
    why: str = "is not loaded due to errors"


@dataclass(frozen=True, slots=True)
class Forward:
    """Names that other servers are asked about."""

    origin: Name
    servers: tuple[Endpoint, ...]
    iterate: bool = False
    """True: they are asked what they know themselves; False: to find out for us (forwarders)."""


ADDRESSES = (RdataType.A, RdataType.AAAA)

Served = Zone | Broken | Forward

Loaded = tuple["Zones", tuple[Problem, ...]]

LOADED: Recall[Loaded] = Recall()
"""What name servers have loaded at their start: the same files give the same zones."""


@dataclass(frozen=True)
class Zones:
    """What a server at ``address`` answers for, and whom. Never changed: a reload makes another."""

    address: str
    conf: NamedConf = field(default_factory=NamedConf)
    served: Mapping[Name, Served] = field(default_factory=dict)

    def find(self, name: Name) -> Served | None:
        """The zone that a name belongs to: the longest match, or None."""
        while True:
            if name in self.served:
                return self.served[name]
            if name == dns.name.root:
                return None
            name = name.parent()

    def clause(self, origin: Name) -> ZoneClause | None:
        """The ``zone`` statement of a zone, if it has one."""
        return self._clauses.get(origin)

    def may_ask(self, client: str, zone: Served, key: Name | None = None) -> bool:
        """Whether ``allow-query`` of the zone, or else of the server, lets the client in.

        ``key`` is what the client has signed with, if it has.
        """
        clause = self.clause(zone.origin)
        own = clause.allow_query if clause else None
        return (own or self.conf.allow_query).allows(client, self.address, key)

    def may_copy(self, client: str, zone: Served, key: Name | None = None) -> bool:
        """Whether ``allow-transfer`` of the zone, or else of the server, gives it to the client."""
        clause = self.clause(zone.origin)
        own = clause.allow_transfer if clause else None
        return (own or self.conf.allow_transfer).allows(client, self.address, key)

    def put(self, zone: Zone | Broken) -> Zones:
        """The same with another state of one zone."""
        return replace(self, served={**self.served, zone.origin: zone})

    def may_recurse(self, client: str, key: Name | None = None) -> bool:
        """Whether the server asks others for this client."""
        return self.conf.recursion and self.conf.allow_recursion.allows(client, self.address, key)

    @cached_property
    def _clauses(self) -> dict[Name, ZoneClause]:
        return {clause.name: clause for clause in self.conf.zones}


def load(files: Files, address: str, before: Zones | None = None) -> Loaded:
    """Reads a host's named.conf and zone files: the zones and all problems, warnings included.

    A zone that does not load is taken over from ``before`` where it was served, else it is
    `Broken`; so is a secondary, which is read from its file only if there is one and it is not
    being served already. Raises `ConfigError` if named.conf itself has errors.
    """
    if before is None:
        return LOADED.get(address, files, lambda seen: _load(seen, address, None))
    return _load(files, address, before)


def _load(files: Files, address: str, before: Zones | None) -> Loaded:
    conf = named.load(files.read_text, files.exists)
    problems = list(conf.problems)
    served: dict[Name, Served] = {}
    if conf.forwarders:
        served[dns.name.root] = Forward(dns.name.root, conf.forwarders)
    for clause in conf.zones:
        if clause.kind == "forward":
            served[clause.name] = Forward(clause.name, clause.forwarders)
        elif clause.kind == "hint":
            hints, found = _hints(clause, conf, files)
            problems += found
            if hints:
                served.setdefault(clause.name, hints)
        else:
            old = before.served.get(clause.name) if before else None
            if clause.kind == "secondary" and not _same_copy(clause, before):
                old = None
            reader = _load_copy if clause.kind == "secondary" else _load_zone
            served[clause.name], found = reader(clause, conf, files, old)
            problems += found
    return Zones(address, conf, served), tuple(problems)


def _load_zone(
    clause: ZoneClause, conf: NamedConf, files: Files, old: Served | None
) -> tuple[Served, list[Problem]]:
    path = file_of(clause, conf)
    new, found = zone.load(path, clause.name, files.read_text, conf.directory)
    shown = clause.name.to_text(omit_final_dot=True)
    problems = [replace(problem, zone=shown) for problem in found]
    if isinstance(old, Zone) and new is not None:
        problems += _unchanged_serial(old, new, shown)
    if new is not None:
        return new, problems
    if isinstance(old, Zone):
        return old, problems
    return Broken(clause.name, tuple(problems)), problems


def _same_copy(clause: ZoneClause, before: Zones | None) -> bool:
    """Whether what was served is this secondary's own copy, not a zone of another type."""
    earlier = before.clause(clause.name) if before else None
    return earlier is not None and (earlier.kind, earlier.file) == (clause.kind, clause.file)


def _load_copy(
    clause: ZoneClause, conf: NamedConf, files: Files, old: Served | None
) -> tuple[Served, list[Problem]]:
    """A secondary's copy, as it was left in its file; a broken one is fetched anew."""
    if isinstance(old, Zone | Broken):
        return old, []
    none_yet = Broken(clause.name, why="has not been transferred yet")
    path = file_of(clause, conf)
    if not clause.file or not files.exists(path):
        return none_yet, []
    copy, found = zone.load(path, clause.name, files.read_text, conf.directory, copied=True)
    shown = clause.name.to_text(omit_final_dot=True)
    problems = [replace(problem, zone=shown, severity="warning") for problem in found]
    return copy or none_yet, problems


def _hints(
    clause: ZoneClause, conf: NamedConf, files: Files
) -> tuple[Forward | None, list[Problem]]:
    """The root servers of a "type hint" zone: where looking for a name begins."""
    path = file_of(clause, conf)
    content = masterfile.read(path, clause.name, files.read_text, conf.directory)
    problems = [replace(problem, severity="warning") for problem in content.problems]
    roots = {r.rdata.target for r in content.records if isinstance(r.rdata, NS)}
    servers = tuple(
        (r.rdata.address, PORT)
        for r in content.records
        if r.owner in roots and isinstance(r.rdata, A | AAAA)
    )
    return (Forward(clause.name, servers, iterate=True) if servers else None), problems


def file_of(clause: ZoneClause, conf: NamedConf) -> str:
    """The path of a zone's file on its host."""
    return clause.file if clause.file.startswith("/") else f"{conf.directory}/{clause.file}"


def _unchanged_serial(old: Zone, new: Zone, shown: str) -> list[Problem]:
    """A zone that changed needs a greater serial, or secondaries keep the old one (RFC 1982)."""
    if old.serial != new.serial or old.data == new.data:
        return []
    what = f"zone serial ({new.serial}) unchanged. zone may fail to transfer to secondaries"
    spot = Spot(new.file) if new.file else NOWHERE
    return [Problem(what, spot, remedy="raise the serial", severity="warning", zone=shown)]
