"""What stands in a host's /etc: the files that Debian would have there, written from the town.

A pure function from plan to files. The lab writes them once; afterwards they belong to the student,
who may edit them and have the servers read them again.

Law: hostname(5), mailname(5), passwd(5), group(5), aliases(5), resolv.conf(5), BIND's named.conf.
"""

from __future__ import annotations

from .names import forward_statement, root_text, zone_file, zone_statement, zone_text
from .town import HostPlan, Town, UserPlan

FIRST_UID = 1000
MAIL_GID = 8


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
        files["/etc/mailname"] = f"{host.domains[0] if host.domains else host.name}\n"
        files["/etc/aliases"] = host.aliases
    if "dns" in host.services:
        files |= _bind(town, host)
    return files | dict(host.files)


def _hosts(host: HostPlan) -> str:
    short = host.name.partition(".")[0]
    own = "".join(f"{address}\t{host.name} {short}\n" for address in host.addresses)
    return f"127.0.0.1\tlocalhost\n{own}"


def _passwd(town: Town, host: HostPlan) -> str:
    lines = ["root:x:0:0:root:/root:/bin/sh", "Debian-exim:x:100:102::/var/spool/exim4:/bin/false"]
    for uid, user in enumerate(_people(town, host), FIRST_UID):
        lines.append(f"{user.login}:x:{uid}:{uid}:{user.name},,,:/home/{user.login}:/bin/sh")
    return "\n".join(lines) + "\n"


def _group(town: Town, host: HostPlan) -> str:
    lines = ["root:x:0:", f"mail:x:{MAIL_GID}:", "Debian-exim:x:102:"]
    lines += [f"{u.login}:x:{gid}:" for gid, u in enumerate(_people(town, host), FIRST_UID)]
    return "\n".join(lines) + "\n"


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
        if zone.server == host.name:
            files[zone_file(zone.name)] = zone.text or zone_text(town, zone)
            statements.append(zone_statement(zone.name, zone_file(zone.name)))
        else:
            statements.append(forward_statement(zone.name, town.hosts[zone.server].address))
    near = {a for h in town.hosts.values() if host.address in h.nameservers for a in h.addresses}
    allowed = " ".join(f"{address};" for address in sorted(near | set(host.addresses)))
    files["/etc/bind/named.conf.local"] = "\n".join(statements)
    files["/etc/bind/named.conf.options"] = (
        f"// Whom this server helps with names that are not its own.\n"
        f"options {{\n\tallow-recursion {{ {allowed} }};\n}};\n"
    )
    return files
