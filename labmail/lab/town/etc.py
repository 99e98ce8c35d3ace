"""What stands in a host's /etc: the files that Debian would have there, written from the town.

A pure function from plan to files. The lab writes them once; afterwards they belong to the student,
who may edit them and have the servers read them again.

Law: hostname(5), mailname(5), passwd(5), group(5), aliases(5), resolv.conf(5), BIND's named.conf.
"""

from __future__ import annotations

from .debian import exim_files
from .names import (
    copy_statement,
    forward_statement,
    root_text,
    zone_file,
    zone_statement,
    zone_text,
)
from .plan import HostPlan, Town, UserPlan

FIRST_UID = 1000
_NOLOGIN = "/usr/sbin/nologin"
_SYSTEM = (
    ("root", 0, 0, "/root", "/bin/bash"),
    ("daemon", 1, 1, "/usr/sbin", _NOLOGIN),
    ("bin", 2, 2, "/bin", _NOLOGIN),
    ("sys", 3, 3, "/dev", _NOLOGIN),
    ("mail", 8, 8, "/var/mail", _NOLOGIN),
    ("news", 9, 9, "/var/spool/news", _NOLOGIN),
    ("uucp", 10, 10, "/var/spool/uucp", _NOLOGIN),
    ("Debian-exim", 100, 102, "/var/spool/exim4", _NOLOGIN),
)
"""Debian's own accounts that mail has to do with: name, user, group, home, shell. There is no
``nobody``, so that a letter to that name finds what the name says."""
_GROUPS = {name: gid for name, _, gid, _, _ in _SYSTEM} | {"adm": 4, "nogroup": 65534}


def host_files(town: Town, host: HostPlan) -> dict[str, str]:
    """Path and text of each file of a host; those that the town spells out win."""
    files = {
        "/etc/hostname": f"{host.name.partition('.')[0]}\n",
        "/etc/hosts": _hosts(host),
        "/etc/resolv.conf": "".join(f"nameserver {address}\n" for address in host.nameservers),
        "/etc/passwd": _passwd(town, host),
        "/etc/group": _group(town, host),
    }
    if host.domains or "smtp" in host.services:
        files |= exim_files(town, host)
    if "dns" in host.services:
        files |= _bind(town, host)
    return files | dict(host.files)


def host_folders(town: Town, host: HostPlan) -> list[str]:
    """Folders that are there before anything is in them."""
    homes = [f"/home/{user.login}" for user in _people(town, host)]
    return ["/var/mail", *homes] if homes else []


def _hosts(host: HostPlan) -> str:
    short = host.name.partition(".")[0]
    own = "".join(f"{address}\t{host.name} {short}\n" for address in host.addresses)
    return f"127.0.0.1\tlocalhost\n{own}"


def _passwd(town: Town, host: HostPlan) -> str:
    accounts = {
        name: f"x:{uid}:{gid}:{name}:{home}:{shell}" for name, uid, gid, home, shell in _SYSTEM
    }
    for uid, user in enumerate(_people(town, host), FIRST_UID):
        accounts[user.login] = f"x:{uid}:{uid}:{user.name},,,:/home/{user.login}:/bin/bash"
    return "".join(f"{login}:{rest}\n" for login, rest in accounts.items())


def _group(town: Town, host: HostPlan) -> str:
    groups = dict(_GROUPS)
    groups |= {user.login: gid for gid, user in enumerate(_people(town, host), FIRST_UID)}
    return "".join(f"{name}:x:{gid}:\n" for name, gid in groups.items())


def _people(town: Town, host: HostPlan) -> list[UserPlan]:
    return [user for user in town.users.values() if user.host == host.name]


def _bind(town: Town, host: HostPlan) -> dict[str, str]:
    """The name server's own zones, and for every other zone of the town where to ask.

    The root zone is there too, with nothing in it: a name that no zone of the town has does not
    exist, and that is an answer, where otherwise there would be silence.
    """
    files = {zone_file("root"): root_text(host.name, host.address)}
    statements = [zone_statement(".", zone_file("root"))]
    for zone in town.zones.values():
        address = town.hosts[zone.server].address
        if zone.server == host.name:
            files[zone_file(zone.name)] = zone.text or zone_text(town, zone)
            others = tuple(town.hosts[name].address for name in zone.secondaries)
            statements.append(zone_statement(zone.name, zone_file(zone.name), others))
        elif host.name in zone.secondaries:
            statements.append(copy_statement(zone.name, address))
        else:
            statements.append(forward_statement(zone.name, address))
    near = {a for h in town.hosts.values() if host.address in h.nameservers for a in h.addresses}
    allowed = " ".join(f"{address};" for address in sorted(near | set(host.addresses)))
    files["/etc/bind/named.conf.local"] = "\n".join(statements)
    files["/etc/bind/named.conf.options"] = (
        f"// Whom this server helps with names that are not its own.\n"
        f"options {{\n\tallow-recursion {{ {allowed} }};\n}};\n"
    )
    return files
