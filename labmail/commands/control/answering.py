"""Answering: the commands that can be carried to a host.

    exim exim4 sendmail mailq runq        Exim's command line, by all the names it has on Debian
    update-exim4.conf                     configuration from answers
    hup, kill -HUP PID                    the daemon reads its configuration again
    restart [dns|smtp]                    a server ends and begins anew
    systemctl, service, invoke-rc.d       the same two in the words of those programs
    exiqgrep exinext exiwhat              Exim's tools
    dig                                   a question to a name server
    explain                               labmail explain: why an address goes where it goes

A command is a function ``(call) -> exit code``; `Call` has host, user, words and streams.

Law: exim(8); Exim specification, chapters 5 and 53.

Try: ``labmail at mail.example.com help``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from labmail.lab.expanding import HostNames, configuration_of
from labmail.mta.surroundings import HostMachine, HostTree

from ..exim import run as run_exim
from ..exim.accounts import NoSuchUser, who_is
from ..exim.atwork import AtWork
from ..exim.hosts import caller_on
from ..exim.rights import may_list
from ..exim.tools import exinext, exiqgrep, exiwhat
from ..update_exim4_conf import OWN, Place
from ..update_exim4_conf import run as update_exim4_conf

if TYPE_CHECKING:
    from labmail.exim.debian import Generated
    from labmail.lab import Lab, LabHost

    from ..exim.caller import Caller
    from ..exim.said import Said
    from .frames import Question
    from .session import Streams

NOT_FOUND = 127
PLACES = ("", "/usr/sbin", "/usr/bin", "/usr/lib", "/sbin", "/bin")
"""Where on a host these programs lie."""


class NotThere(Exception):
    """No such host, no such user; the message names those that there are."""

    code = 125


@dataclass(frozen=True, slots=True)
class Call:
    """A command being run."""

    lab: Lab
    host: LabHost
    user: str
    name: str
    arguments: Sequence[str]
    streams: Streams

    def say(self, text: str) -> None:
        """A line (or more) on standard output."""
        self.streams.out.write(text.encode("utf-8", "surrogateescape"))

    def complain(self, text: str, code: int = 1) -> int:
        """A line on standard error, under the name of the command; gives the exit code."""
        self.streams.flush()
        self.streams.err.write(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return code

    @property
    def is_root(self) -> bool:
        return self.user in ("", "root")


Command = Callable[[Call], int]


def answer(lab: Lab, question: Question, streams: Streams) -> int:
    """Runs the command; gives its exit code. Raises `NotThere`."""
    host = _host(lab, question.host)
    program = posixpath.basename(question.words[0])
    command = COMMANDS.get(program) if posixpath.dirname(question.words[0]) in PLACES else None
    call = Call(lab, host, question.user, program, question.words[1:], streams)
    if command is None:
        known = ", ".join(sorted(COMMANDS))
        return call.complain(f"not found on {host.name}; there are {known}", NOT_FOUND)
    try:
        return command(call)
    except NoSuchUser as problem:
        raise NotThere(str(problem)) from None
    except ValueError as problem:
        return call.complain(str(problem))


def _host(lab: Lab, name: str) -> LabHost:
    """The host of this name, or the only one whose name begins with it."""
    begins = [each for each in lab.hosts if each.startswith(f"{name}.")]
    if name not in lab.hosts and len(begins) == 1:
        name = begins[0]
    try:
        return lab.host(name)
    except KeyError as problem:
        raise NotThere(str(problem.args[0])) from None


# ── Exim, by all its names ───────────────────────────────────────────────────────────────────────


def _exim(*first: str) -> Command:
    return lambda call: run_exim([*first, *call.arguments], _caller(call))


def _caller(call: Call) -> Caller:
    """Whoever types it, on that host."""
    streams = call.streams
    return caller_on(
        call.lab, call.host, streams.input, streams.out, streams.err, {}, user=call.user
    )


def _explain(call: Call) -> int:
    """labmail explain, with the host's configuration, files and names."""
    from ..explain import run

    return run(call.arguments, _caller(call))


# ── the daemon ───────────────────────────────────────────────────────────────────────────────────

SERVICES = {"exim4": "smtp", "exim": "smtp", "named": "dns", "bind9": "dns"}
"""Debian's names of the services, and ours."""


def _root_only(command: Command) -> Command:
    def checked(call: Call) -> int:
        if not call.is_root:
            return call.complain("Operation not permitted")
        return command(call)

    return checked


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


@_root_only
def _update(call: Call) -> int:
    """update-exim4.conf, with all its options."""
    words = [each.encode("latin-1").decode("utf-8", "surrogateescape") for each in call.arguments]
    return update_exim4_conf(words, OnHost(call))


@_root_only
def _hup(call: Call) -> int:
    """The daemon reads its configuration again."""
    return _problems(call, call.host.reload())


@_root_only
def _restart(call: Call) -> int:
    """A server ends and begins anew: the mail daemon, or the one that is named."""
    service = call.arguments[0] if call.arguments else "smtp"
    return _problems(call, call.host.restart(SERVICES.get(service, service)))


def _problems(call: Call, problems: Sequence[object]) -> int:
    for problem in problems:
        call.complain(str(problem))
    return int(bool(problems))


def _kill(call: Call) -> int:
    """kill -HUP: the daemon is the only process that a host of the lab has a number for."""
    words = [each.upper().removeprefix("-").removeprefix("SIG") for each in call.arguments]
    if len(words) != 2 or words[0] not in ("HUP", "1"):
        return call.complain("only -HUP, and the number that is in /run/exim4/exim.pid", 2)
    if words[1] != str(HostMachine.pid):
        return call.complain(f"({words[1]}) - No such process")
    return _hup(call)


def _service(action: int, name: int) -> Command:
    """``systemctl ACTION NAME``, ``service NAME ACTION``: the words stand at these places."""

    def command(call: Call) -> int:
        if len(call.arguments) != 2:
            return call.complain("expected a service, such as exim4, and reload or restart", 2)
        wish, service = call.arguments[action], call.arguments[name].removesuffix(".service")
        if wish == "reload" and SERVICES.get(service) == "smtp":
            code = _update(replace(call, arguments=[]))
            return code or _hup(call)
        if wish in ("restart", "force-reload") and service in SERVICES:
            return _restart(replace(call, arguments=[service]))
        return call.complain(f"{wish} {service}: only reload and restart, of exim4 or named", 5)

    return command


# ── tools ────────────────────────────────────────────────────────────────────────────────────────


def _tool(tool: Callable[..., Coroutine[Any, Any, Said]]) -> Command:
    """A program that asks the mail system; only an administrator may."""

    def command(call: Call) -> int:
        caller = caller_on(call.lab, call.host, None, None, None, {}, user=call.user)
        configuration = configuration_of(call.host._host)
        if not may_list(who_is(caller.machine), configuration):
            return call.complain("Permission denied")
        words = [each.encode("latin-1").decode("utf-8", "replace") for each in call.arguments]
        said = AtWork(call.host)(lambda mta, ask: tool(mta, words))
        call.say(said.out)
        call.streams.err.write(said.err.encode())
        return said.code

    return command


def _exiwhat(call: Call) -> int:
    places = [each.address for each in call.host._host.mail.listeners if each.address]
    return _tool(lambda mta, words: exiwhat(mta, words, places))(call)


def _dig(call: Call) -> int:
    """dig [@server] name [type] [+norecurse] [-x address]."""
    words = list(call.arguments)
    server = next((each[1:] for each in words if each.startswith("@")), None)
    recurse = "+norecurse" not in words and "+norec" not in words
    plain = [each for each in words if each[:1] not in "@+"]
    if plain[:1] == ["-x"] and len(plain) > 1:
        plain = [" ".join(plain[:2]), *plain[2:]]
    if not plain or len(plain) > 2:
        return call.complain("expected [@server] name [type] [+norecurse] [-x address]", 1)
    said = call.host.dig(*plain, server=server, recurse=recurse)
    call.say(f"{said}\n" if "+short" in words else f"{said.show()}\n")
    return 0 if said.status != "no answer" else 9


def _help(call: Call) -> int:
    call.say(f"{(__doc__ or '').partition('A command is')[0].strip()}\n")
    return 0


COMMANDS: dict[str, Command] = {
    **dict.fromkeys(("exim", "exim4", "sendmail"), _exim()),
    "mailq": _exim("-bp"),
    "runq": _exim("-q"),
    "newaliases": _exim("-bi"),
    "update-exim4.conf": _update,
    "hup": _hup,
    "kill": _kill,
    "restart": _restart,
    "systemctl": _service(0, 1),
    "service": _service(1, 0),
    "invoke-rc.d": _service(1, 0),
    "exiqgrep": _tool(exiqgrep),
    "exinext": _tool(exinext),
    "exiwhat": _exiwhat,
    "dig": _dig,
    "explain": _explain,
    "help": _help,
}
