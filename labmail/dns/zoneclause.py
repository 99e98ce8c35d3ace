"""One ``zone`` statement: what it may say, what it must say, and what that means.

Each type of zone needs something and excludes something, and BIND refuses the whole configuration
where one is wrong::

    primary    file                     no primaries, no allow-notify: nobody tells it anything
    secondary  primaries                a file of its own, to be written to
    forward    (forwarders)             nothing else: it has no records
    hint       file

Law: BIND 9 Administrator Reference Manual, "Zone Types". Try: ``python -m labmail.dns``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dns.name import Name

from .acl import AddressList
from .conf import Block, Statement, Word
from .peers import Peer
from .problems import NOWHERE, Problem, Spot
from .values import Endpoint, Kind, Notify, wrong

EXCLUDED = {
    "primary": ("primaries", "masters", "allow-notify"),
    "forward": (
        "file", "allow-query", "primaries", "masters", "allow-transfer", "allow-notify",
        "also-notify", "notify",
    ),
    "hint": ("primaries", "masters", "allow-transfer", "allow-notify", "also-notify", "notify"),
}  # fmt: skip
"""Options that a type of zone may not have."""


@dataclass(frozen=True, slots=True)
class ZoneClause:
    """One ``zone`` statement. ``file`` is a path of the host; ``forwarders`` are asked in order.

    What is None or "" is as the server's ``options`` say.
    """

    name: Name
    kind: Kind
    file: str = ""
    forwarders: tuple[Endpoint, ...] = ()
    primaries: tuple[Peer, ...] = ()
    """Where a secondary gets its copy, in the order in which they are asked."""
    allow_query: AddressList | None = None
    allow_transfer: AddressList | None = None
    allow_notify: AddressList | None = None
    also_notify: tuple[Peer, ...] | None = None
    notify: Notify | None = None
    spot: Spot = NOWHERE


def name_of(statement: Statement) -> Word:
    """The word that says which zone a statement is about. Raises `ConfigError`."""
    if not statement.words:
        raise wrong(statement.parts[0], "unexpected token", "the name of a zone")
    name, *others = statement.words
    for other in others:
        if other.text.upper() != "IN":
            raise wrong(other, "bad class", "the class IN, or nothing", "IN")
    return name


def make(name: Name, given: Mapping[str, Any], spot: Spot) -> ZoneClause:
    """The clause of options that have been read and checked."""
    return ZoneClause(
        name,
        given["type"],
        file=given.get("file", ""),
        forwarders=given.get("forwarders", ()),
        primaries=given.get("primaries", given.get("masters", ())),
        allow_query=given.get("allow-query"),
        allow_transfer=given.get("allow-transfer"),
        allow_notify=given.get("allow-notify"),
        also_notify=given.get("also-notify"),
        notify=given.get("notify"),
        spot=spot,
    )


def check(name: Word, given: Mapping[str, Any], body: Block) -> None:
    """What the type of a zone needs and excludes. Raises `ConfigError`."""
    if "type" not in given:
        raise wrong(name, "zone has no type", "a type", "type primary;")
    kind = given["type"]
    if kind == "primary" and "file" not in given:
        raise wrong(name, "missing 'file' entry", "the zone's file", f'file "db.{name.text}";')
    for option in body.statements:
        if option.keyword in EXCLUDED.get(kind, ()):
            what = f"option {option.keyword!r} is not allowed in {kind!r} zone"
            other = "primary" if kind == "forward" else "secondary"
            raise wrong(option.parts[0], what, "", f"remove it, or say: type {other};")
    if kind == "secondary":
        _check_primaries(name, given)


def _check_primaries(name: Word, given: Mapping[str, Any]) -> None:
    if "primaries" in given and "masters" in given:
        what = "'primaries' and 'masters' cannot both be used in the same zone"
        raise wrong(name, what, "one of them: the two words mean the same")
    primaries = given.get("primaries", given.get("masters"))
    if not primaries:
        what = f"{'missing' if primaries is None else 'empty'} 'primaries' entry"
        raise wrong(name, what, "where the zone is copied from", "primaries { ADDRESS; };")


def check_file(name: Word, clause: ZoneClause, others: Iterable[ZoneClause]) -> None:
    """A secondary's file is written to: no other zone may have it. Raises `ConfigError`."""
    for other in others:
        same = clause.file and clause.file == other.file
        if same and "secondary" in (clause.kind, other.kind):
            what = f"writeable file {clause.file!r}: already in use"
            raise wrong(name, what, f"a file of its own; see {other.spot}")


def unknown_keys(clauses: Iterable[ZoneClause], keys: Collection[Name]) -> Iterator[Problem]:
    """Keys that servers are to be spoken to with, and that nothing defines: warnings, as in BIND.

    The server starts; it is the transfer that fails.
    """
    for clause in clauses:
        for peer in (*clause.primaries, *(clause.also_notify or ())):
            if peer.key is not None and peer.key not in keys:
                name = peer.key.to_text(omit_final_dot=True)
                expected = f'a statement key "{name}" {{ … }};'
                yield Problem("unable to find key", clause.spot, name, expected, severity="warning")
