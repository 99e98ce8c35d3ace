"""Answering: the commands that can be carried to a host.

    exim exim4 sendmail mailq runq        Exim's command line, by all the names it has on Debian
    update-exim4.conf                     configuration from answers
    hup, kill -HUP PID                    the daemon reads its configuration again
    restart [dns|smtp]                    a server ends and begins anew
    systemctl, service, invoke-rc.d       the same two in the words of those programs
    exiqgrep exinext exiwhat exigrep      Exim's tools
    dig                                   a question to a name server
    explain                               labmail explain: why an address goes where it goes

A command is a function ``(call) -> exit code``; `Call` has host, user, words and streams.

Law: exim(8); Exim specification, chapters 5 and 53.

Try: ``labmail at mail.example.com help``.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError

from ..exim import run as run_exim
from ..exim.accounts import NoSuchUser
from ..exim.tools import exigrep, exinext, exiqgrep
from . import daemon, tools
from .call import Call, Command, NotThere
from .realexim import is_real, run_real

if TYPE_CHECKING:
    from labmail.lab import Lab, LabHost

    from .frames import Question
    from .session import Streams

NOT_FOUND = 127
PLACES = ("", "/usr/sbin", "/usr/bin", "/usr/lib", "/sbin", "/bin")
"""Where on a host these programs lie."""


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
    except (ValueError, EximError) as problem:
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
    def command(call: Call) -> int:
        if is_real(call):
            return run_real(call, first)
        return run_exim([*first, *call.arguments], call.caller)

    return command


def _explain(call: Call) -> int:
    """labmail explain, with the host's configuration, files and names."""
    from ..explain import run

    return run(call.arguments, call.caller)


def _help(call: Call) -> int:
    call.say(f"{(__doc__ or '').partition('A command is')[0].strip()}\n")
    return 0


COMMANDS: dict[str, Command] = {
    **dict.fromkeys(("exim", "exim4", "sendmail"), _exim()),
    "mailq": _exim("-bp"),
    "runq": _exim("-q"),
    "newaliases": lambda call: 0,
    "update-exim4.conf": daemon.update,
    "hup": daemon.hup,
    "kill": daemon.kill,
    "restart": daemon.restart,
    "systemctl": daemon.service(0, 1),
    "service": daemon.service(1, 0),
    "invoke-rc.d": daemon.service(1, 0),
    "exiqgrep": tools.tool(exiqgrep),
    "exigrep": tools.tool(exigrep),
    "exinext": tools.tool(exinext),
    "exiwhat": tools.what_now,
    "dig": tools.dig,
    "explain": _explain,
    "help": _help,
}
