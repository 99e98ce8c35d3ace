"""Obeying a filter: its commands one after the other, each into a deed.

    commands ──obey, for a letter──▶ deeds, with why

Arguments are expanded now, when their turn has come, so that they see what the commands before
them have left: ``$n1``, ``$1``, header lines. Nothing is done to files, letters or programs.

Law: "Exim's interfaces to mail filtering", §3.8 to §3.20.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from labmail.exim.expansion import Context
from labmail.exim.expansion.addresses import BadAddress, extract
from labmail.exim.expansion.completing import qualified
from labmail.exim.text import Text

from .allowed import PLAIN, Allowed
from .answering import answer
from .asking import ask
from .changing import Overlaid, changed
from .deeds import (
    Count,
    Deliver,
    Finished,
    Forced,
    Headers,
    LogFile,
    LogLine,
    Pipe,
    Printed,
    Save,
)
from .mistakes import FilterError
from .numbers import octal, whole, wrapped
from .outcome import Answer, Outcome
from .run import End, Letter, Run
from .tree import Command, If, Mail, Step


async def obey(
    steps: list[Step], context: Context, letter: Letter, allowed: Allowed = PLAIN
) -> Outcome:
    """Everything that the commands of a filter come to."""
    run = Run(context, letter, allowed)
    try:
        await _each(steps, run, 1)
    except End:
        pass
    except FilterError as error:
        run.outcome.error, run.outcome.help = error.message, error.help
    return run.outcome


async def _each(steps: list[Step], run: Run, depth: int) -> None:
    for step in steps:
        if isinstance(step, If):
            await _choose(step, run, depth)
        else:
            await OBEY[step.name](step, run)


async def _choose(step: If, run: Run, depth: int) -> None:
    """The commands of the first condition that is true. ``$thisaddress`` is put back behind it."""
    before, address = run.why, run.context.variables.get("thisaddress")
    chosen = step.otherwise
    for condition, steps in step.branches:
        true = await ask(condition, run, depth)
        shown = condition.shown()
        run.why += (shown if true else f"not: {shown}",)
        if true:
            chosen = steps
            break
    await _each(chosen, run, depth + 1)
    run.why = before
    if address is None:
        run.context.variables.pop("thisaddress", None)
    else:
        run.context.variables["thisaddress"] = address


# -- each command


async def _deliver(command: Command, run: Run) -> None:
    given = [(await run.expanded(text, command)).text for text in command.arguments]
    addresses = [_address(text, run) for text in given]
    errors_to = addresses[1] if len(addresses) > 1 else None
    mine = run.own[0].lower() if run.own else ""
    if errors_to is not None and not run.allowed.system and errors_to.lower() != mine:
        raise FilterError("errors_to must point to the caller's address")
    run.step(Deliver(addresses[0], errors_to, **run.common(command, True)))


def _address(text: str, run: Run) -> str:
    """The address in a text, with a domain."""
    try:
        found = extract(text).address
    except BadAddress as bad:
        raise FilterError(f'malformed address "{text}" in filter file: {bad.message}') from None
    settings = run.context.settings
    return qualified(found, settings, _hostname(run), "qualify_recipient")


def _hostname(run: Run) -> str:
    host = run.context.host
    return run.context.setting("primary_hostname") or (host.name if host else "")


async def _save(command: Command, run: Run) -> None:
    found = await run.expanded(command.arguments[0], command)
    path, home = found.text, run.value("home")
    prepend = run.allowed.prepend_home and not run.allowed.testing and not run.allowed.system
    if prepend and home and not path.startswith("/"):
        path = f"{home}/{path}"
    save = Save(path, _mode(command), **run.common(command, True))
    save.tainted = found.tainted
    run.step(save)


def _mode(command: Command) -> int | None:
    return octal(command.arguments[1]) if len(command.arguments) > 1 else None


async def _pipe(command: Command, run: Run) -> None:
    common = run.common(command, True)
    run.step(Pipe(command.arguments[0], run.context.numeric, **common))


async def _logfile(command: Command, run: Run) -> None:
    path = (await run.expanded(command.arguments[0], command)).text
    run.log = LogFile(path, _mode(command), **run.common(command))
    run.step(run.log)


async def _logwrite(command: Command, run: Run) -> None:
    text = (await run.expanded(command.arguments[0], command)).text
    if not run.allowed.logwrite:
        raise FilterError("logwrite command forbidden")
    if run.log is None and not (run.allowed.testing or run.allowed.asking):
        raise FilterError('attempt to obey "logwrite" command without a previous "logfile"')
    line = LogLine(text, **run.common(command))
    if run.log is not None:
        line.path, line.mode = run.log.path, run.log.mode
    run.step(line)


async def _testprint(command: Command, run: Run) -> None:
    text = (await run.expanded(command.arguments[0], command)).text
    run.step(Printed(text, **run.common(command)))


async def _finish(command: Command, run: Run) -> None:
    run.step(Finished(**run.common(command)))
    raise End


async def _force(command: Command, run: Run) -> None:
    text = (await run.expanded(command.arguments[0], command)).text
    run.outcome.forced = Forced(command.name, _short(text), **run.common(command))
    run.step(run.outcome.forced)
    raise End


def _short(text: str) -> str:
    return text if len(text) <= 1024 else f"{text[:1000]} ... (truncated)"


async def _add(command: Command, run: Run) -> None:
    given, variable = [(await run.expanded(text, command)).text for text in command.arguments]
    number = _number(given)
    if variable[:1] != "n" or len(variable) > 2:
        raise FilterError(f'unknown variable "{variable}" in "add" command')
    place = _number(variable[1:])
    total = wrapped(int(run.value(f"n{place}")) + number)
    run.context.variables[f"n{place}"] = Text(str(total))
    run.step(Count(number, place, **run.common(command)))


def _number(text: str) -> int:
    """A number to add, or of a variable. Two minus signs are none: ``-$n1`` where it is -5."""
    text = text.removeprefix("--")
    number = whole(text)
    if number is None:
        raise FilterError(f'malformed number "{text}" in "add" command')
    return number


async def _headers(command: Command, run: Run) -> None:
    what, given = command.arguments
    text = (await run.expanded(given, command)).text
    if what == "charset":
        run.context.settings = Overlaid(run.context.settings, {"headers_charset": text})
    elif run.context.message is not None:
        changed(run.context.message, what, text)
    run.step(Headers(what, text, **run.common(command)))


async def _mail(command: Command, run: Run) -> None:
    assert isinstance(command, Mail)
    run.step(await answer(command, run))


OBEY: dict[str, Callable[[Command, Run], Awaitable[None]]] = {
    "add": _add,
    "defer": _force,
    "deliver": _deliver,
    "fail": _force,
    "finish": _finish,
    "freeze": _force,
    "headers": _headers,
    "logfile": _logfile,
    "logwrite": _logwrite,
    "mail": _mail,
    "pipe": _pipe,
    "save": _save,
    "testprint": _testprint,
    "vacation": _mail,
}

__all__ = ["Answer", "Letter", "Run", "obey"]
