"""A mail host the way Debian sets it up: answers in the town file, a tree of files on the host.

    [hosts."mail.ask.com".debian]
    dc_eximconfig_configtype = "internet"
    dc_relay_domains         = "www.example.com: games.example.com"
    mailname                 = "ask.com"
    localmacros              = "MAIN_LOG_SELECTOR = +all"

The plain words of a host (``domains``, ``relay_nets``, ``smarthost`` …) are the short form of the
same answers. Who says a thing in both forms has made a mistake: one of them will be changed some
day, and the other will not.

From both come the files of ``/etc/exim4``, and from those, as update-exim4.conf makes it, the
configuration that the host's mail transport agent reads.

Law: update-exim4.conf(8), "Configuration variables".

Try: ``exim_files(town, town.hosts["mail.ask.com"])["/etc/exim4/update-exim4.conf.conf"]``.
"""

from __future__ import annotations

import re

from labmail.exim.debian import AnswersError, CannotGenerate, owntree
from labmail.exim.debian.answers import DEFAULTS, TYPES
from labmail.exim.debian.plain import TRANSPORTS, Plain, host_files

from .plan import Debian, HostPlan, Town, TownError
from .table import Table

SAME = {
    "domains": "dc_other_hostnames",
    "relay_domains": "dc_relay_domains",
    "relay_nets": "dc_relay_nets",
    "smarthost": "dc_smarthost",
    "store": "dc_localdelivery",
}
"""Plain words, and the answers that say the same."""

_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\Z")
_SWITCHES = ("dc_minimaldns", "dc_use_split_config", "dc_hide_mailname", "dc_mailname_in_oh")


def read_debian(table: Table) -> Debian:
    """Reads the table. Raises `TownError` for answers that nobody asked for."""
    answers = []
    for name in DEFAULTS:
        value = table.switch_or_text(name)
        if value is not None:
            answers.append((name, value))
            _check(table, name, value)
    read = Debian(tuple(answers), table.text("mailname", ""), table.text("localmacros", ""))
    table.end()
    return read


def _check(table: Table, name: str, value: str) -> None:
    if name == "dc_eximconfig_configtype" and value not in TYPES:
        table.fail(f"{name} = {value!r}", f"one of {', '.join(TYPES)}")
    if name in _SWITCHES and value not in ("true", "false", ""):
        table.fail(f"{name} = {value!r}", "true or false, or nothing for Debian's default")


def check_said_once(host: Table, debian: Table) -> None:
    """Raises `TownError` where the host's plain words and its answers say the same thing."""
    for word, answer in SAME.items():
        if word in host and answer in debian:
            host.fail(
                f"{word} here, and {answer} in {debian.place}, say the same thing",
                f"one of the two: {word} is the short form of {answer}",
            )


def check_files_once(table: Table, plan: HostPlan) -> None:
    """Raises `TownError` where a file is spelled out that a word would write, too."""
    debian = plan.debian
    words = {
        "/etc/aliases": ("aliases", plan.aliases),
        "/etc/mailname": ("debian.mailname", debian.mailname),
        "/etc/exim4/hubbed_hosts": ("routes", plan.routes),
        "/etc/exim4/update-exim4.conf.conf": ("the answers in debian", debian.answers),
    }
    for path in dict(plan.files):
        word, said = words.get(path, ("", ""))
        if said:
            table.fail(f"{word} here, and {path} among files, say the same thing", "one of the two")


def domains_of(debian: Debian, answer: str = "dc_other_hostnames") -> tuple[str, ...]:
    """The plain domain names in a list of answers; patterns and lookups are left out."""
    listed = dict(debian.answers).get(answer, "").lower()
    names = (item.strip() for item in re.split("[;:]", listed.removeprefix("<;")))
    return tuple(name for name in names if _NAME.match(name))


def store_of(debian: Debian) -> str:
    """The kind of mailbox that an answer to dc_localdelivery means."""
    chosen = dict(debian.answers).get("dc_localdelivery", "")
    return next((store for store, name in TRANSPORTS.items() if name == chosen), "maildir")


def exim_files(town: Town, host: HostPlan) -> dict[str, str]:
    """Path and text of the files by which the host's mail transport agent is run. Files that the
    town spells out count as an administrator's own. Raises `TownError` where nothing comes of them.
    """
    given, debian = dict(host.files), host.debian
    if host.aliases:
        given = {"/etc/aliases": host.aliases, **given}
    written = host_files(
        plain(town, host), given=dict(debian.answers), localmacros=debian.localmacros
    )
    extra = written | {path: text.encode() for path, text in given.items()}
    mailname = debian.mailname or (host.domains[0] if host.domains else host.name)
    try:
        made = owntree.host(None, mailname, host.name, extra)
    except (AnswersError, CannotGenerate) as error:
        raise TownError(f"{host.name}: no configuration of Exim can be made: {error}") from error
    return {path: octets.decode("utf-8", "surrogateescape") for path, octets in made.items()}


def plain(town: Town, host: HostPlan) -> Plain:
    """The plain words of a host."""
    return Plain(
        local_domains=host.domains,
        relay_to_domains=host.relay_domains,
        relay_from_hosts=host.relay_nets,
        routes=host.routes,
        smarthost=host.smarthost,
        store=host.store,
        stores={u.login: u.store for u in town.users.values() if u.host == host.name},
        message_size_limit=host.message_size_limit,
    )
