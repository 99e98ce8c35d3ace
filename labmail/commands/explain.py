"""``labmail explain``: why an address goes where it goes.

    labmail explain -C my.conf bob@ask.com
    labmail explain bob@ask.com --router local_user
    labmail explain --town two_companies --host mail.ask.com bob@ask.com
    labmail explain -f alice@example.com --json bob@ask.com

First what ``-bt`` says, then the walk: what each router was asked, what it answered, the option
that decided with file and line, and what would have to change for it to be asked. ``--router``
names one, and asks for all that would have to change for that one to take the address. ``-C``,
``-D`` and ``-f`` are those of ``labmail exim``, and so are the files that are read and the exit
codes: 2 for an address that fails, 1 for one that has to wait.

Law: Exim specification, §3.10, §5.3 (-bt), chapter 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from labmail.exim.routing.why import Explanation

    from .exim.caller import Caller
    from .exim.opening import Opened

USAGE = """\
usage: labmail explain [--town TOWN] [--host HOST] [--root FOLDER]
                       [-C FILES] [-DNAME=VALUE] [-f SENDER]
                       [--router NAME] [--json] ADDRESS...

Says why each address goes where it goes: every router with its answer, the option
that decided with file and line, and what would have to change for it to be asked.
With --router: all that would have to change for that router to take the address.
"""
OPTIONS = ("-C", "-D", "-f", "-d")
"""The words of ``labmail exim`` that are taken here as well."""


def main(arguments: Sequence[str]) -> int:
    """Runs for whoever sits at this machine. Gives the exit code."""
    import os

    from .exim.caller import machine
    from .exim.hosts import OPTIONS as PLACES
    from .exim.hosts import on_host

    if arguments[:1] and arguments[0] in PLACES:
        return on_host(arguments, run)
    caller = machine()
    code = run([os.fsencode(argument).decode("latin-1") for argument in arguments], caller)
    caller.stdout.flush()
    return code


def run(arguments: Sequence[str], caller: Caller) -> int:
    """The same for any caller; arguments are octets as latin-1."""
    from .exim.arguments import Refused, read
    from .exim.opening import Unreadable, open_configuration

    asked, words = _own(arguments)
    if "--help" in words or "-h" in words:
        caller.say(USAGE)
        return 0
    strange = [word for word in words if word.startswith("-") and not word.startswith(OPTIONS)]
    if strange or asked.router == "":
        wrong = f"there is no option {strange[0]}" if strange else "--router wants a name"
        caller.complain(f"labmail explain: {wrong}\n{USAGE}")
        return 2
    try:
        request = read(["-bt", *words])
        if not request.words:
            caller.complain(USAGE)
            return 2
        return _tell(open_configuration(request, caller), asked)
    except Refused as refused:
        caller.complain(f"{refused.text}\n")
        return refused.code
    except Unreadable as trouble:
        caller.complain(trouble.text)
        return 1


class Asked(NamedTuple):
    """Options that only this command has."""

    as_data: bool = False
    router: str | None = None


def _own(arguments: Sequence[str]) -> tuple[Asked, list[str]]:
    """Those options, and the rest.

    >>> _own(["--router", "far", "a@b", "--json"])
    (Asked(as_data=True, router='far'), ['a@b'])
    """
    asked, rest, words = Asked(), [], iter(arguments)
    for word in words:
        if word == "--json":
            asked = asked._replace(as_data=True)
        elif word == "--router":
            asked = asked._replace(router=next(words, ""))
        elif word.startswith("--router="):
            asked = asked._replace(router=word.partition("=")[2])
        else:
            rest.append(word)
    return asked, rest


def _tell(opened: Opened, asked: Asked) -> int:
    """Every address; gives the worst code."""
    from labmail.exim.expansion.addresses import BadAddress, extract

    code, told = 0, []
    caller = opened.caller
    for at, word in enumerate(opened.request.words):
        try:
            explanation = _explain(opened, extract(word).address, asked.router)
        except BadAddress as bad:
            caller.complain(f"{word}: syntax error: {bad.message}\n")
            code = 2
            continue
        except ValueError as unknown:
            caller.complain(f"labmail explain: {unknown}\n")
            return 2
        code = max(code, explanation.code)
        told.append(explanation.data())
        if not asked.as_data:
            caller.say(("\n" if at else "") + str(explanation))
    if asked.as_data:
        import json

        caller.say(json.dumps(told, indent=2) + "\n")
    return code


def _explain(opened: Opened, address: str, router: str | None) -> Explanation:
    from labmail.exim.debian.origins import origins_of
    from labmail.exim.routing import Desk
    from labmail.exim.routing.why import explain

    def log(text: str, where: str) -> None:
        opened.caller.complain(f"LOG: {where}\n  {text}\n")

    desk = Desk(opened.configuration, opened.context, testing=True, log=log)
    desk.origins = origins_of(opened.configuration.path, opened.context.files)
    return explain(address, desk, router=router)
