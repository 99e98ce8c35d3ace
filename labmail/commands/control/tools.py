"""Tools that ask: Exim's of its mail system, dig of the name servers.

Try: ``labmail at mail.example.com exinext bob@ask.com``.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from labmail.lab.explaining.expanding import configuration_of

from ..exim.accounts import who_is
from ..exim.atwork import AtWork
from ..exim.rights import may_list
from ..exim.said import Said
from ..exim.tools import exiwhat
from .call import Call, Command


def tool(program: Callable[..., Coroutine[Any, Any, Said]]) -> Command:
    """A program that asks the mail system; only an administrator may."""

    def command(call: Call) -> int:
        configuration = configuration_of(call.host._host)
        if not may_list(who_is(call.caller.machine), configuration):
            return call.complain("Permission denied")
        said = AtWork(call.host)(lambda mta, ask: program(mta, call.texts))
        call.say(said.out)
        call.streams.err.write(said.err.encode())
        return said.code

    return command


def what_now(call: Call) -> int:
    """exiwhat."""
    listeners = getattr(call.host._host.mail, "listeners", ())  # real exim4 has its own
    places = [each.address for each in listeners if each.address]
    return tool(lambda mta, words: exiwhat(mta, words, places))(call)


def dig(call: Call) -> int:
    """dig [@server] name [type] [+norecurse] [-x address]."""
    words = call.texts
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
