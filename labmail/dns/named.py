"""What named.conf means: which zones are served, from which files, and for whom.

`conf` has read the words; here they become a `NamedConf`. The lab's name server obeys ``options``
(directory, recursion, allow-query, allow-recursion, forwarders, how long answers are remembered,
who may have copies of zones and is told of changes), ``acl``, ``key``, ``server``, ``primaries``
and four types of zone::

    zone "ask.com"     { type primary; file "/etc/bind/db.ask.com"; };      answered from the file
    zone "sick.test"   { type secondary; primaries { 128.10.30.1; }; };     copied from a primary
    zone "example.com" { type forward; forwarders { 128.10.12.1; }; };      passed on for clients
    zone "."           { type hint; file "/usr/share/dns/root.hints"; };    where to begin to look

What else BIND knows is read over (`options`); what BIND does not know is an error with its line,
and all errors of a file are told together.

Law: BIND 9 Administrator Reference Manual, "Configuration Reference".
Try: ``print(meaning(conf.parse('zone "ask.com" { type primary; file "db"; };')))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dns.name import Name
from dns.tsig import Key

from . import conf, options, peers, values, zoneclause
from .acl import ANY, NONE, AddressList, address_list, built_in
from .caching import LONGEST_NO
from .conf import Block, Statement
from .peers import Peer
from .problems import ConfigError, Problem, Spot, errors, nearest
from .values import Endpoint, Notify, block, domain, only_word, wrong
from .zoneclause import ZoneClause

DIRECTORY = "/etc/bind"
"""Where relative file names are looked for unless the option ``directory`` says otherwise."""
MAIN, PARTS = "/etc/bind/named.conf", ("named.conf.options", "named.conf.local")
"""BIND's file, and the two of Debian that are read in its stead where a host has no named.conf."""

PEERS = frozenset({"primaries", "masters", "also-notify"})
"""Options whose elements are servers: the names in them are those of ``primaries`` lists."""
READ_FIRST = ("acl", "key", "primaries", "masters")
"""Statements that give names to what the others use."""
Reader = Callable[[Statement, values.Acls], object]
OPTIONS: dict[str, Reader] = {
    "directory": values.word,
    "recursion": values.boolean,
    "allow-query": values.addresses,
    "allow-query-cache": values.addresses,
    "allow-recursion": values.addresses,
    "forwarders": values.forwarders,
    "forward": values.forward,
    "allow-transfer": values.addresses,
    "allow-notify": values.addresses,
    "also-notify": peers.peers,
    "notify": values.notify,
    "max-cache-ttl": values.duration,
    "max-ncache-ttl": values.duration,
}
"""The options of the server that are obeyed, and how the value of each is read."""
ZONE_OPTIONS: dict[str, Reader] = {
    "type": values.kind,
    "file": values.word,
    "forwarders": values.forwarders,
    "forward": values.forward,
    "allow-query": values.addresses,
    "primaries": peers.peers,
    "masters": peers.peers,
    "allow-transfer": values.addresses,
    "allow-notify": values.addresses,
    "also-notify": peers.peers,
    "notify": values.notify,
}
"""The options of a zone that are obeyed."""


@dataclass(frozen=True, slots=True)
class NamedConf:
    """A whole configuration. ``problems`` are warnings: errors have been raised."""

    directory: str = DIRECTORY
    recursion: bool = True
    allow_query: AddressList = ANY
    allow_recursion: AddressList = NONE
    allow_transfer: AddressList = NONE
    """Who may have a copy of a zone. Nobody, unless said: so it is since BIND 9.20."""
    allow_notify: AddressList = NONE
    """Who may say that a zone has changed, beside its primaries."""
    also_notify: tuple[Peer, ...] = ()
    notify: Notify = "yes"
    forwarders: tuple[Endpoint, ...] = ()
    """Whom to ask about every name that no zone here knows."""
    max_cache_ttl: int = 0
    """Seconds for which an answer of others is remembered at most; 0: none is."""
    max_ncache_ttl: int = LONGEST_NO
    """The same for "there is none"."""
    zones: tuple[ZoneClause, ...] = ()
    keys: Mapping[Name, Key] = field(default_factory=dict, repr=False)
    server_keys: Mapping[str, Name | None] = field(default_factory=dict)
    """By address: the key to sign with for a server, where no other is named."""
    problems: tuple[Problem, ...] = ()

    def key_for(self, peer: Peer) -> Name | None:
        """The name of the key that talk with another server is signed with."""
        return peer.key or self.server_keys.get(peer.address)


def load(read_text: Callable[[str], str], exists: Callable[[str], bool]) -> NamedConf:
    """The configuration of a host: ``/etc/bind/named.conf``, or its two parts where it has none.

    Raises `ConfigError` with all errors, or that there is no configuration at all.
    """
    paths = [MAIN] if exists(MAIN) else [f"{DIRECTORY}/{part}" for part in PARTS]
    paths = [path for path in paths if exists(path)]
    if not paths:
        wanted = f"{MAIN}, or {DIRECTORY}/named.conf.local"
        raise ConfigError(Problem("file not found", Spot(MAIN), expected=wanted))
    return meaning(tuple(s for path in paths for s in conf.read(path, read_text, DIRECTORY)))


def meaning(statements: Iterable[Statement]) -> NamedConf:
    """What statements say. Raises `ConfigError` with every error in them, in their order."""
    reader = _Reader(tuple(statements))
    result = reader.read()
    if errors(reader.problems):
        raise ConfigError(*reader.problems)
    return result


@dataclass
class _Reader:
    """Collects what the statements say, and the problems, so that one does not hide the next."""

    statements: tuple[Statement, ...]
    problems: list[Problem] = field(default_factory=list)
    acls: dict[str, Block] = field(default_factory=dict)
    lists: dict[str, Block] = field(default_factory=dict)
    keys: dict[Name, Key] = field(default_factory=dict)
    server_keys: dict[str, Name | None] = field(default_factory=dict)
    zones: dict[Name, ZoneClause] = field(default_factory=dict)
    settings: dict[str, Any] | None = None

    def read(self) -> NamedConf:
        for statement in self._of("acl"):
            self.guard(self.acl, statement)
        for elements in self.acls.values():
            self.guard(address_list, elements, self.acls)
        for keyword in ("primaries", "masters"):
            for statement in self._of(keyword):
                self.guard(self.servers, statement)
        for statement in self._of("key"):
            self.guard(self.key, statement)
        for statement in self.statements:
            self.guard(self.top, statement)
        self.problems += zoneclause.unknown_keys(self.zones.values(), self.keys)
        return self.compose(self.settings or {})

    def _of(self, keyword: str) -> Iterator[Statement]:
        return (s for s in self.statements if s.keyword == keyword)

    def guard(self, step: Callable[..., object], *args: object) -> None:
        """Does a step; what is wrong with it is noted, and the reading goes on."""
        try:
            step(*args)
        except ConfigError as error:
            self.problems += [p for p in error.problems if p not in self.problems]

    def acl(self, statement: Statement) -> None:
        name = only_word(statement)
        if name.text in self.acls:
            raise wrong(name, f"acl {name.text!r} redefined", "each name once")
        self.acls[name.text] = block(statement)

    def servers(self, statement: Statement) -> None:
        """A list of servers that has a name."""
        if not statement.words:
            raise wrong(statement.parts[-1], "unexpected token", "the name of the list")
        name = statement.words[0]
        if earlier := self.lists.get(name.text):
            what = f"primaries list {name.text!r} is duplicated"
            raise wrong(name, what, f"each name once; see {earlier.spot}")
        self.lists[name.text] = block(statement)

    def key(self, statement: Statement) -> None:
        key = peers.key(statement)
        if key.name in self.keys:
            raise wrong(statement.words[0], "key already exists", "each name once")
        self.keys[key.name] = key

    def server(self, statement: Statement) -> None:
        address, key = peers.server_key(statement, self.keys)
        if address in self.server_keys:
            what = f"server {address!r}: already exists previous definition"
            raise wrong(statement.words[0], what, "each server once")
        self.server_keys[address] = key

    def top(self, statement: Statement) -> None:
        match statement.keyword:
            case "zone":
                self.zone(statement)
            case "options":
                if self.settings is not None:
                    raise wrong(statement.parts[0], "'options' redefined", "", "join the two")
                self.settings = self.obeyed(statement, OPTIONS, options.OPTIONS)
            case "server":
                self.server(statement)
            case "view":
                raise wrong(statement.parts[0], "views are not served here", "zones outside views")
            case keyword if keyword not in READ_FIRST and keyword not in options.STATEMENTS:
                known = ("options", "server", "zone", *READ_FIRST, *options.STATEMENTS)
                self.unknown(statement, known)

    def obeyed(
        self, statement: Statement, readers: Mapping[str, Reader], others: Iterable[str]
    ) -> dict[str, Any]:
        """The values of the options in a block; ``others`` are read over, the rest is unknown."""
        found: dict[str, Any] = {}

        def take(option: Statement) -> None:
            if option.keyword in found:
                raise wrong(option.parts[0], f"{option.keyword!r} redefined", "each option once")
            names = self.lists if option.keyword in PEERS else self.acls
            found[option.keyword] = readers[option.keyword](option, names)

        for option in block(statement).statements:
            if option.keyword in readers:
                self.guard(take, option)
            elif option.keyword not in others:
                self.unknown(option, (*readers, *others))
        return found

    def unknown(self, statement: Statement, known: Iterable[str]) -> None:
        word, close = statement.keyword or "{", nearest(statement.keyword, known)
        self.problems.append(Problem(f"unknown option {word!r}", statement.spot, word, "", close))

    def zone(self, statement: Statement) -> None:
        word = zoneclause.name_of(statement)
        name = domain(word)
        if earlier := self.zones.get(name):
            raise wrong(word, "zone already exists", f"each zone once; see {earlier.spot}")
        before = len(self.problems)
        given = self.obeyed(statement, ZONE_OPTIONS, options.ZONE_OPTIONS)
        if len(self.problems) == before:
            zoneclause.check(word, given, block(statement))
            clause = zoneclause.make(name, given, word.spot)
            zoneclause.check_file(word, clause, self.zones.values())
            self.zones[name] = clause

    def compose(self, given: Mapping[str, Any]) -> NamedConf:
        """The whole. Who may recurse follows, as in BIND, from who may ask, unless told."""
        may_recurse = built_in("localnets", "localhost")
        for option in ("allow-query", "allow-query-cache", "allow-recursion"):
            may_recurse = given.get(option, may_recurse)
        return NamedConf(
            directory=given.get("directory", DIRECTORY),
            recursion=given.get("recursion", True),
            allow_query=given.get("allow-query", ANY),
            allow_recursion=may_recurse,
            allow_transfer=given.get("allow-transfer", NONE),
            allow_notify=given.get("allow-notify", NONE),
            also_notify=given.get("also-notify", ()),
            notify=given.get("notify", "yes"),
            forwarders=given.get("forwarders", ()),
            max_cache_ttl=given.get("max-cache-ttl", 0),
            max_ncache_ttl=given.get("max-ncache-ttl", LONGEST_NO),
            zones=tuple(self.zones.values()),
            keys=self.keys,
            server_keys=self.server_keys,
            problems=tuple(self.problems),
        )
