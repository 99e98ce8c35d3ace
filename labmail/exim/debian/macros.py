"""From answers to macros: what the tree of files is told.

    dc_local_interfaces       MAIN_LOCAL_INTERFACES (only if there are any)
    dc_minimaldns             DC_minimaldns, MAIN_HARDCODE_PRIMARY_HOSTNAME
    dc_hide_mailname          HIDE_MAILNAME (for smarthost and satellite with a dc_readhost)
    dc_other_hostnames        MAIN_LOCAL_DOMAINS, with "@" and localhost in front
    dc_relay_domains          MAIN_RELAY_TO_DOMAINS
    /etc/mailname             ETC_MAILNAME
    dc_localdelivery          LOCAL_DELIVERY
    dc_relay_nets             MAIN_RELAY_NETS, with the host itself behind
    dc_readhost               DCreadhost
    dc_smarthost              DCsmarthost
    dc_eximconfig_configtype  DC_eximconfig_configtype, DCconfig_internet or the like

Each is set only where the administrator hasn't set it before, in a file that is read earlier.

Law: update-exim4.conf(8), "Configuration variables".
"""

from __future__ import annotations

from labmail.exim.debian.answers import Answers
from labmail.exim.debian.spelling import announced, clean, first_word, with_colons, words

PACKAGE_VERSION = "4.96-15+deb12u10"
"""The version of Debian's package that all this is equal to."""

_RULE = "#" * 46


def macros(answers: Answers, mailname: str, fqdn: str) -> list[tuple[str, str]]:
    """The macros in their order. ``mailname`` is the text of ``/etc/mailname``, ``fqdn`` the full
    name of the host, or empty where it has none."""
    kind = clean(answers["dc_eximconfig_configtype"])
    readhost = clean(answers["dc_readhost"])
    made: list[tuple[str, str]] = []
    if answers["dc_local_interfaces"]:
        made.append(("MAIN_LOCAL_INTERFACES", announced(answers["dc_local_interfaces"])))
    if answers["dc_minimaldns"] == "true":
        made.append(("DC_minimaldns", "1"))
        if "." in fqdn:
            made.append(("MAIN_HARDCODE_PRIMARY_HOSTNAME", fqdn))
    if hides_mailname(answers):
        made.append(("HIDE_MAILNAME", "1"))
    made += [
        ("MAIN_PACKAGE_VERSION", PACKAGE_VERSION),
        ("MAIN_LOCAL_DOMAINS", local_domains(answers)),
        ("MAIN_RELAY_TO_DOMAINS", announced(answers["dc_relay_domains"])),
        ("ETC_MAILNAME", first_word(mailname)),
        ("LOCAL_DELIVERY", answers["dc_localdelivery"]),
        ("MAIN_RELAY_NETS", relay_nets(answers)),
        ("DCreadhost", readhost),
        ("DCsmarthost", with_colons(clean(answers["dc_smarthost"]))),
        ("DC_eximconfig_configtype", kind),
        (f"DCconfig_{kind}", "1"),
    ]
    return [(name, clean(value)) for name, value in made] + _extra(answers)


def hides_mailname(answers: Answers) -> bool:
    """Is the host's own mail name taken out of what it sends? It needs a name to put there."""
    kind = clean(answers["dc_eximconfig_configtype"])
    wanted = clean(answers["dc_hide_mailname"]) == "true" and clean(answers["dc_readhost"])
    return kind in ("satellite", "smarthost") and bool(wanted)


def local_domains(answers: Answers) -> str:
    """The domains that end here: the host's own name, localhost, and the other names."""
    return with_colons(f"@:localhost:{clean(answers['dc_other_hostnames'])}".rstrip(";: "))


def relay_nets(answers: Answers) -> str:
    """Who may send through this host: the nets, and the host itself."""
    nets = clean(announced(answers["dc_relay_nets"]))
    itself = " ; 127.0.0.1 ; ::1" if nets.startswith("<;") else " : 127.0.0.1 : ::::1"
    return nets + itself


def _extra(answers: Answers) -> list[tuple[str, str]]:
    """Macros that somebody wrote among the answers: quotes and all."""
    pairs = [" ".join(words(line)).partition("=") for line in answers.extra]
    return [(name, clean(value if equals else name)) for name, equals, value in pairs]


def as_text(made: list[tuple[str, str]], program: str) -> str:
    """The macros as they stand in the configuration."""
    head = f"{_RULE}\n# the following macro definitions were created\n# dynamically by {program}\n"
    body = "".join(f".ifndef {name}\n{name}={value}\n.endif\n" for name, value in made)
    return f"{head}{body}{_RULE}\n"
