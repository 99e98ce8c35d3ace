"""The daemon of a host, told what to do: a configuration made, read again, a server restarted.

    update-exim4.conf          the file is made; nothing changes before it is read
    hup, kill -HUP PID         the daemon reads it
    systemctl reload exim4     both, as on Debian
    restart, systemctl restart …

Law: update-exim4.conf(8); Exim specification, §3.2.

Try: ``labmail at mail.example.com systemctl reload exim4``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from labmail.lab.explaining.expanding import HostNames
from labmail.mta.surroundings import HostMachine, HostTree

from ..update_exim4_conf import OWN, Place
from ..update_exim4_conf import run as update_exim4_conf
from .call import Call, Command, root_only

if TYPE_CHECKING:
    from labmail.exim.debian import Generated

SERVICES = {"exim4": "smtp", "exim": "smtp", "named": "dns", "bind9": "dns"}
"""Debian's names of the services, and ours."""


class OnHost(Place):
    """A host of a lab, for update-exim4.conf."""

    def __init__(self, call: Call) -> None:
        self._call, self.files = call, HostTree(call.host.files)

    def say(self, text: str) -> None:
        self._call.say(f"{text}\n")

    def complain(self, text: str) -> None:
        self._call.streams.flush()
        self._call.streams.err.write(f"{text}\n".encode("utf-8", "surrogateescape"))

    def has_own(self) -> bool:
        return self._call.host.files.exists(OWN)

    def install(self, path: str, generated: Generated) -> None:
        text = generated.text.encode("latin-1").decode("utf-8", "surrogateescape")
        self._call.host.files.write_text(path, text, generated.mode)

    def names(self) -> HostNames:
        return HostNames(self._call.host._host, self._call.host._thread)


@root_only
def update(call: Call) -> int:
    """update-exim4.conf, with all its options."""
    return update_exim4_conf(call.texts, OnHost(call))


@root_only
def hup(call: Call) -> int:
    """The daemon reads its configuration again."""
    return _problems(call, call.host.reload())


@root_only
def restart(call: Call) -> int:
    """A server ends and begins anew: the mail daemon, or the one that is named."""
    service = call.arguments[0] if call.arguments else "smtp"
    return _problems(call, call.host.restart(SERVICES.get(service, service)))


def _problems(call: Call, problems: Sequence[object]) -> int:
    for problem in problems:
        call.complain(str(problem))
    return int(bool(problems))


def kill(call: Call) -> int:
    """kill -HUP: the daemon is the only process that a host of the lab has a number for."""
    words = [each.upper().removeprefix("-").removeprefix("SIG") for each in call.arguments]
    if len(words) != 2 or words[0] not in ("HUP", "1"):
        return call.complain("only -HUP, and the number that is in /run/exim4/exim.pid", 2)
    if words[1] != str(HostMachine.pid):
        return call.complain(f"({words[1]}) - No such process")
    return hup(call)


def service(action: int, name: int) -> Command:
    """``systemctl ACTION NAME``, ``service NAME ACTION``: the words stand at these places."""

    def command(call: Call) -> int:
        if len(call.arguments) != 2:
            return call.complain("expected a service, such as exim4, and reload or restart", 2)
        wish, service = call.arguments[action], call.arguments[name].removesuffix(".service")
        if wish == "reload" and SERVICES.get(service) == "smtp":
            code = update(replace(call, arguments=[]))
            return code or hup(call)
        if wish in ("restart", "force-reload") and service in SERVICES:
            return restart(replace(call, arguments=[service]))
        return call.complain(f"{wish} {service}: only reload and restart, of exim4 or named", 5)

    return command
