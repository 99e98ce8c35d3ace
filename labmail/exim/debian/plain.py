"""An ordinary mail server in plain words, and what its administrator answers Debian.

    local_domains          dc_other_hostnames        mail that ends here
    relay_to_domains       dc_relay_domains          mail that is taken in and passed on
    relay_from_hosts       dc_relay_nets             who may send anywhere through this host
    smarthost              dc_smarthost, and the type of the host with it
    store                  dc_localdelivery          maildir → maildir_home, mbox → mail_spool
    routes                 /etc/exim4/hubbed_hosts
    whatever has no answer conf.d/main/001_town      macros, each only where nobody has set it yet

A town file has these words, and so have tests. The files that come of it are those of any Debian
host: nothing is hidden in Python, and an administrator changes them as she would there.

Law: update-exim4.conf(8), exim4-config_files(5).

Try: ``Plain(local_domains=("ask.com",)).answers()["dc_other_hostnames"]``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from labmail.exim.debian.answers import Answers, write_answers

CONFDIR = "/etc/exim4"
TRANSPORTS = {"maildir": "maildir_home", "mbox": "mail_spool"}
"""For each kind of mailbox, the transport that fills it: an answer to dc_localdelivery."""
EXTENSIONS = ("CHUNKING", "DSN", "SMTPUTF8")
USUAL_LIMIT = 52_428_800
"""Octets of a letter where nobody says anything: Exim's own limit, 50M."""
PLACES = {
    "/etc/aliases": "# Other names for people: team: bob, carol\n",
    "/etc/email-addresses": "# By which address the world knows a person: bob: b.hill@ask.com\n",
    f"{CONFDIR}/hubbed_hosts": "# The way to a domain, written by hand: ask.com: mail.ask.com\n",
    f"{CONFDIR}/passwd.client": "# What this host says to others: mail.ask.com:login:password\n",
}
"""Files that the tree looks into. Nothing stands in them until somebody has something to say."""


class Plain(NamedTuple):
    """What is known of an ordinary mail server.

    ``routes`` are pairs of a domain and the host that takes its mail, whatever the DNS says;
    ``smarthost`` takes everything that is not for us (``smart.test`` or ``smart.test::587``);
    ``stores`` names logins whose mailbox is of another kind than ``store``; ``withheld`` are
    extensions that are not offered. ``hidden`` letters go to the next host under TLS where it can:
    a lab's do not, so that they can be read on the wire.
    """

    local_domains: Sequence[str] = ()
    relay_to_domains: Sequence[str] = ()
    relay_from_hosts: Sequence[object] = ()
    routes: Sequence[tuple[str, str]] = ()
    smarthost: str | None = None
    store: str = "maildir"
    stores: Mapping[str, str] = {}
    message_size_limit: int = USUAL_LIMIT
    withheld: Collection[str] = ()
    queue_only: bool = False
    hidden: bool = False

    def answers(self, **given: str) -> Answers:
        """All answers: those that are ``given``, and the others as the words say."""
        smarthost = given.get("dc_smarthost", self.smarthost or "")
        said = {
            "dc_eximconfig_configtype": "smarthost" if smarthost else "internet",
            "dc_other_hostnames": ";".join(self.local_domains),
            "dc_relay_domains": ";".join(self.relay_to_domains),
            "dc_relay_nets": ";".join(map(str, self.relay_from_hosts)),
            "dc_smarthost": smarthost,
            "dc_minimaldns": "false",
            "dc_use_split_config": "true",
            "dc_hide_mailname": "false",
            "dc_mailname_in_oh": "true",
            "dc_localdelivery": TRANSPORTS[self.store],
        }
        return Answers({**said, **given})

    def macros(self) -> str:
        """What has no answer, as text of a configuration."""
        parts = [_HEAD, _extensions(self.withheld)]
        if not self.hidden:
            parts.append(_IN_THE_CLEAR)
        if self.message_size_limit != USUAL_LIMIT:
            limit = _unless_set("MESSAGE_SIZE_LIMIT", str(self.message_size_limit))
            parts.append(f"# The largest letter, in octets.\n{limit}")
        if self.queue_only:
            parts.append("# Letters wait for the next run of the queue.\nqueue_only = true\n")
        others = [login for login, store in self.stores.items() if store != self.store]
        if others:
            parts.append(_other_stores(others, self.store))
        return "\n".join(parts)

    def hubbed_hosts(self) -> str:
        """The file with ways that were written by hand; empty if there are none."""
        return "".join(f"{domain}: {_way(host)}\n" for domain, host in self.routes)


def host_files(
    plain: Plain, *, given: Mapping[str, str] | None = None, localmacros: str = ""
) -> dict[str, bytes]:
    """What an administrator would write on such a host, by path; the tree itself is not among it.

    ``given`` are answers that are given as they are; ``localmacros`` is a text of hers, which is
    read before everything else.
    """
    answers = plain.answers(**(given or {}))
    texts = dict(PLACES)
    texts[f"{CONFDIR}/update-exim4.conf.conf"] = _ANSWERED + write_answers(answers)
    if plain.routes:
        texts[f"{CONFDIR}/hubbed_hosts"] = plain.hubbed_hosts()
    if answers["dc_use_split_config"] == "true":
        texts[f"{CONFDIR}/conf.d/main/001_town"] = plain.macros()
        if localmacros:
            texts[f"{CONFDIR}/conf.d/main/000_localmacros"] = localmacros
    else:
        texts[f"{CONFDIR}/exim4.conf.localmacros"] = f"{localmacros}\n{plain.macros()}"
    return {path: text.encode() for path, text in texts.items()}


_ANSWERED = "# The answers. update-exim4.conf makes a configuration of them: see conf.d.\n"
_HEAD = (
    "# What this town wants of all its hosts. A macro counts only where nobody has set it before;\n"
    "# conf.d/main/000_localmacros is read before this file.\n"
)
_IN_THE_CLEAR = (
    "# Letters go from host to host in the clear, so that everybody can watch them on the wire.\n"
    "# A host of the real world does not do this.\n"
    ".ifndef REMOTE_SMTP_HOSTS_AVOID_TLS\n"
    "REMOTE_SMTP_HOSTS_AVOID_TLS = *\n"
    ".endif\n"
    ".ifndef REMOTE_SMTP_SMARTHOST_HOSTS_AVOID_TLS\n"
    "REMOTE_SMTP_SMARTHOST_HOSTS_AVOID_TLS = *\n"
    ".endif\n"
)


def _extensions(withheld: Collection[str]) -> str:
    """Debian offers CHUNKING alone; here everybody is offered what Exim has."""
    lines = ["# Who is offered the extensions of SMTP that Debian keeps to itself.\n"]
    for name in EXTENSIONS:
        option = f"{name.lower()}_advertise_hosts"
        offered = "" if name in withheld else " *"
        if name == "SMTPUTF8":  # the tree has this option, and sets it by the macro
            lines.append(_unless_set("MAIN_SMTPUTF8_ADVERTISE_HOSTS", offered.strip()))
        elif name == "DSN" or name in withheld:
            macro = f"MAIN_{name}_ADVERTISE_HOSTS"
            lines.append(f"{_unless_set(macro, offered.strip())}{option} = {macro}\n")
    return "".join(lines)


def _unless_set(macro: str, value: str) -> str:
    return f".ifndef {macro}\n{macro} ={value and f' {value}'}\n.endif\n"


def _other_stores(logins: list[str], usual: str) -> str:
    """The transport of local_user is a string, so it may differ from person to person."""
    other = "mbox" if usual == "maildir" else "maildir"
    people = ":".join(logins)
    return (
        f"# These people's mail goes to {TRANSPORTS[other]}, everybody else's to "
        f"{TRANSPORTS[usual]}.\n"
        + _unless_set(
            "LOCAL_DELIVERY",
            f"${{if inlisti{{$local_part_data}}{{{people}}}"
            f"{{{TRANSPORTS[other]}}}{{{TRANSPORTS[usual]}}}}}",
        )
    )


def _way(host: str) -> str:
    """A host, where the list has to have another separator if it is an IPv6 address."""
    return f"<; {host}" if host.count(":") > 2 else host
