"""``labmail explain``: why an address goes where it goes.

    labmail explain -C my.conf bob@ask.com
    labmail explain -f alice@example.com --json bob@ask.com

First what ``-bt`` says, then the walk: what each router was asked, what it answered, the option
that decided with file and line, and what would have to change for it to be asked. ``-C``, ``-D``
and ``-f`` are those of ``labmail exim``, and so are the files that are read and the exit codes: 2
for an address that fails, 1 for one that has to wait.

Law: Exim specification, §3.10, §5.3 (-bt), chapter 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labmail.exim.routing.explain import Explanation

    from .exim.caller import Caller
    from .exim.opening import Opened

USAGE = """\
usage: labmail explain [-C FILES] [-DNAME=VALUE] [-f SENDER] [--json] ADDRESS...

Says why each address goes where it goes: every router with its answer, the option
that decided with file and line, and what would have to change for it to be asked.
"""
OPTIONS = ("-C", "-D", "-f", "-d")
"""The words of ``labmail exim`` that are taken here as well."""


def main(arguments: Sequence[str]) -> int:
    """Runs for whoever sits at this machine. Gives the exit code."""
    import os

    from .exim.caller import machine

    caller = machine()
    code = run([os.fsencode(argument).decode("latin-1") for argument in arguments], caller)
    caller.stdout.flush()
    return code


def run(arguments: Sequence[str], caller: Caller) -> int:
    """The same for any caller; arguments are octets as latin-1."""
    from .exim.arguments import Refused, read
    from .exim.opening import Unreadable, open_configuration

    words = [word for word in arguments if word != "--json"]
    if "--help" in words or "-h" in words:
        caller.say(USAGE)
        return 0
    strange = [word for word in words if word.startswith("-") and not word.startswith(OPTIONS)]
    if strange:
        caller.complain(f"labmail explain: there is no option {strange[0]}\n{USAGE}")
        return 2
    try:
        request = read(["-bt", *words])
        if not request.words:
            caller.complain(USAGE)
            return 2
        opened = open_configuration(request, caller)
        return _tell(opened, as_data=len(words) < len(arguments))
    except Refused as refused:
        caller.complain(f"{refused.text}\n")
        return refused.code
    except Unreadable as trouble:
        caller.complain(trouble.text)
        return 1


def _tell(opened: Opened, as_data: bool) -> int:
    """Every address; gives the worst code."""
    from labmail.exim.expansion.addresses import BadAddress, extract

    code, told = 0, []
    caller = opened.caller
    for at, word in enumerate(opened.request.words):
        try:
            address = extract(word).address
        except BadAddress as bad:
            caller.complain(f"{word}: syntax error: {bad.message}\n")
            code = 2
            continue
        explanation = _explain(opened, address)
        code = max(code, explanation.code)
        told.append(explanation.data())
        if not as_data:
            caller.say(("\n" if at else "") + str(explanation))
    if as_data:
        import json

        caller.say(json.dumps(told, indent=2) + "\n")
    return code


def _explain(opened: Opened, address: str) -> Explanation:
    from labmail.exim.routing import Desk
    from labmail.exim.routing.explain import explain

    def log(text: str, where: str) -> None:
        opened.caller.complain(f"LOG: {where}\n  {text}\n")

    return explain(address, Desk(opened.configuration, opened.context, testing=True, log=log))
