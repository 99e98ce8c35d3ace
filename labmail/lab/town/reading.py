"""Reads a town file: from TOML's words to a `Town`, with an error for each mistake.

Each reader below takes one `Table` of the file, word by word, and ends by asking whether any word
is left over: a misspelt word that is silently ignored is the hardest fault to find.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from labmail.world import VISITOR

from .debian import check_files_once, check_said_once, domains_of, read_debian, store_of
from .plan import SERVICES, STORES, HostPlan, Town, TownError, UserPlan, ZonePlan
from .table import Table, did_you_mean

_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")
_LOGIN = re.compile(r"[A-Za-z0-9._+-]{1,64}\Z")


def _ready() -> Traversable:
    """The folder of the towns that come with labmail."""
    return resources.files("labmail.lab") / "towns"


def town_names() -> list[str]:
    """The names of the towns that come with labmail."""
    folder = _ready()
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def load_town(town: str | Path) -> Town:
    """The town of this name, or in this file. Raises `TownError` where it cannot be used."""
    text = str(town)
    if text in town_names():
        return _ready_made(text)
    path = Path(text).expanduser()
    if not path.is_file():
        raise TownError(
            f"there is no town {text!r}: expected the path of a town file, or one of the names "
            f"{', '.join(town_names())}{did_you_mean(text, town_names())}"
        )
    try:
        source = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TownError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    return read_town(source, name=path.stem, where=str(path), folder=path.parent)


@cache
def _ready_made(name: str) -> Town:
    """A town that comes with labmail: it does not change, and nobody changes it."""
    source = (_ready() / f"{name}.toml").read_text("utf-8")
    return read_town(source, name=name, where=f"town {name}")


def read_town(source: str, *, name: str, where: str = "town", folder: Path | None = None) -> Town:
    """Reads the text of a town file. ``folder`` is where zone files named in it are looked for."""
    try:
        words = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise TownError(f"{where}: not TOML: {error}; see docs/towns.md for an example") from error
    top = Table(words, where, "", source)
    town = Town(
        name=top.text("name", name),
        title=top.text("title", name.replace("_", " ").capitalize()),
        visitor=top.address("visitor", VISITOR),
        latency=top.interval("latency"),
        start=top.moment("start"),
        seed=top.text("seed", "labmail"),
        programs=_programs(top),
        hosts={},
        users={},
        source=source,
    )
    for table in top.tables("hosts"):
        town.hosts[table.name] = _read_host(table, town)
    for table in top.tables("users", required=False):
        town.users[table.name] = _read_user(table, town)
    for table in top.tables("zones", required=False):
        town.zones[table.name] = _read_zone(table, town, folder)
    top.end()
    return _with_names(town)


def _programs(top: Table) -> tuple[str, ...]:
    for path in (paths := top.texts("programs")):
        if not path.startswith("/"):
            top.fail(f"programs has {path!r}", "the whole path, such as /usr/bin/procmail")
    return paths


def _read_host(table: Table, town: Town) -> HostPlan:
    name = table.check_name(_HOST_NAME, "a host name in small letters, such as mail.example.com")
    addresses = (table.address("address"),) if "address" in table else table.addresses("addresses")
    for address in addresses:
        if other := town.host_at(address):
            table.fail(
                f"address {address} is the address of {other.name} already", "one of its own"
            )
    debian = table.inner("debian")
    check_said_once(table, debian)
    answers = read_debian(debian)
    domains = tuple(d.lower() for d in table.texts("domains")) or domains_of(answers)
    plan = HostPlan(
        name=name,
        addresses=addresses,
        company=table.text("company", domains[0] if domains else _parent(name)),
        title=table.text("title", ""),
        services=table.choices("services", tuple(SERVICES)),
        domains=domains,
        relay_domains=tuple(d.lower() for d in table.texts("relay_domains"))
        or domains_of(answers, "dc_relay_domains"),
        relay_nets=table.nets("relay_nets"),
        routes=tuple(table.pairs("routes")),
        smarthost=table.text("smarthost", "") or None,
        nameservers=table.addresses("nameservers"),
        store=table.choice("store", STORES, store_of(answers)),
        message_size_limit=table.whole("message_size_limit", 52_428_800),
        aliases=table.text("aliases", ""),
        debian=answers,
        files=tuple(table.pairs("files")),
    )
    check_files_once(table, plan)
    for path, _ in plan.files:
        if not path.startswith("/") or ".." in path.split("/"):
            table.fail(f"file {path!r}", "a path of the host that begins with / and has no ..")
    table.end()
    return plan


def _read_user(table: Table, town: Town) -> UserPlan:
    address = table.name
    local, at, domain = address.rpartition("@")
    if not at or not _LOGIN.match(local):
        table.fail(f"user {address!r}", "an address such as alice@example.com")
    home = next((h.name for h in town.hosts.values() if domain.lower() in h.domains), "")
    host = table.text("host", home)
    if host not in town.hosts:
        table.fail(
            f"no host takes mail for {domain}" if not host else f"host {host!r} does not exist",
            f"domains = [{domain!r}] on one of the hosts, or host = the name of one",
        )
    login = table.text("login", local)
    if not _LOGIN.match(login):
        table.fail(f"login {login!r}", "letters, digits, dot, hyphen, plus or underscore")
    plan = UserPlan(
        address=address,
        name=table.text("name", local.capitalize()),
        login=login,
        host=host,
        desk=table.address("desk", town.hosts[host].address),
        store=table.choice("store", STORES, town.hosts[host].store),
        password=table.text("password", "") or None,
    )
    if plan.desk not in {a for h in town.hosts.values() for a in h.addresses}:
        table.fail(f"desk {plan.desk}", "the address of a host of the town")
    if any(u.login == login and u.host == host for u in town.users.values()):
        table.fail(f"login {login!r} is taken on {host}", "a login of its own")
    table.end()
    return plan


def _read_zone(table: Table, town: Town, folder: Path | None) -> ZonePlan:
    server, secondaries = table.text("server", ""), table.texts("secondaries")
    for name in (server, *secondaries):
        if name not in town.hosts or "dns" not in town.hosts[name].services:
            known = [h.name for h in town.hosts.values() if "dns" in h.services]
            expected = f"a host with dns among its services ({known or 'none yet'})"
            table.fail(f"{'server' if name == server else 'secondaries'} {name!r}", expected)
    if server in secondaries:
        table.fail(f"secondaries has {server!r}, the server itself", "other hosts")
    text = table.text("text", "") or None
    file = table.text("file", "")
    if file:
        path = (folder or Path()) / file
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            table.fail(
                f"file {file!r} cannot be read ({error})", "a zone file beside the town file"
            )
    table.end()
    return ZonePlan(table.name.rstrip(".").lower(), server, text, tuple(dict.fromkeys(secondaries)))


def _with_names(town: Town) -> Town:
    """Fills in what a town need not say: who asks which name server, and who answers for whom."""
    servers = [h for h in town.hosts.values() if "dns" in h.services]
    for host in list(town.hosts.values()):
        near = [s for s in servers if s.company == host.company] or servers
        if not host.nameservers:
            town.hosts[host.name] = replace(host, nameservers=tuple(s.address for s in near))
        for domain in host.domains:
            if near and domain not in town.zones and not _a_name_in(town, host, domain):
                town.zones[domain] = ZonePlan(domain, near[0].name)
    return town


def _a_name_in(town: Town, host: HostPlan, domain: str) -> bool:
    """Whether this is no zone but a name in one: the other names of a host, as its administrator
    answers Debian."""
    if domain not in domains_of(host.debian):
        return False
    return any(domain.endswith(f".{zone.name}") for zone in town.zones.values() if zone.text)


def _parent(name: str) -> str:
    return name.partition(".")[2] or name
