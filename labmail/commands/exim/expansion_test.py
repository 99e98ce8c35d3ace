"""``-be`` and ``-bem``: each argument, or each line of standard input, is expanded and shown.

A line that begins with a capital letter defines a macro; macros are spliced into the others. A
string that fails says ``Failed:`` and why, and the next one goes on: the exit code is 0 all the
same. What one string leaves in ``$1`` is there for the next.

Lines are read as Exim reads them: a backslash at the end joins the next line on, white space at
its beginning left out; white space at the end of a line goes; what is longer than `LONGEST_LINE`
comes in pieces. A prompt stands before each answer, terminal or not.

Law: Exim specification, §5.3, -be and -bem.

Try: ``printf 'WHO = bob\\nhello ${uc:WHO}\\n' | labmail exim -be``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labmail.exim.config import report
from labmail.exim.drive import drive
from labmail.exim.errors import ConfigError, Deferred, ExpansionFailed
from labmail.exim.expansion import expand
from labmail.exim.regex import Panic

from .opening import hint, interactive

if TYPE_CHECKING:
    from .opening import Opened

LONGEST_LINE = 1023
"""Octets that are read at once."""
LONGEST_STRING = 16383
"""Octets of a string that is tried."""


def test_expansions(opened: Opened) -> int:
    """Everything that was asked; gives the exit code."""
    try:
        if opened.request.message is not None:
            from .letter import open_letter

            open_letter(opened)
        if opened.request.queue.loaded:
            from .loading import load_waiting

            load_waiting(opened)
        if opened.request.words:
            for word in opened.request.words:
                try_line(word, opened)
        else:
            _converse(opened)
    except Panic as panic:
        opened.caller.complain(f"{opened.caller.stamp()} {panic.message}\n")
        return 1
    return 0


def _converse(opened: Opened) -> None:
    """Prompt, line, answer; until the end of the input."""
    caller = opened.caller
    prompting = interactive(caller.stdin)
    _prompt(opened, prompting)
    for line in lines(caller.stdin):
        try_line(line, opened)
        _prompt(opened, prompting)
    caller.say("\n")


def _prompt(opened: Opened, prompting: bool) -> None:
    opened.caller.say("> ")
    if prompting:
        opened.caller.stdout.flush()


def lines(stream: Any) -> Iterator[str]:
    """The logical lines of a stream, as latin-1."""
    joined: list[str] = []
    waiting = False
    while piece := stream.readline(LONGEST_LINE):
        text = piece.partition(b"\0")[0].decode("latin-1").rstrip(" \t\n\r\v\f")
        if waiting:
            text = text.lstrip(" \t\n\r\v\f")
        waiting = text.endswith("\\")
        joined.append(text.removesuffix("\\"))
        if not waiting:
            yield "".join(joined)
            joined.clear()
    if waiting:
        yield "".join(joined)


def try_line(line: str, opened: Opened) -> None:
    """One line: a macro, or a string to expand."""
    caller, macros = opened.caller, opened.configuration.macros
    text, _ = macros.splice(line.partition("\0")[0][:LONGEST_STRING])
    if "A" <= text[:1] <= "Z":
        _define(text, opened)
        return
    try:
        caller.say(f"{evaluate(text, opened)}\n")
    except (ExpansionFailed, Deferred) as failed:
        caller.say(f"Failed: {failed.message}\n")
        if told := hint(failed, caller):
            caller.complain(told)


def evaluate(text: str, opened: Opened) -> str:
    """The value of a string; with -d, its steps go to standard error."""
    if opened.request.debug is not None:
        from .debugging import explained

        return explained(text, opened)
    return drive(expand(text, opened.context)).text


def _define(text: str, opened: Opened) -> None:
    """``NAME = value``. A mistake is told on standard error, and the next line goes on."""
    caller, configuration = opened.caller, opened.configuration
    try:
        configuration.macros.define(text)
    except ConfigError as error:
        error.file, error.line = configuration.end
        caller.complain(report(error, caller.stamp()) + hint(error, caller))
    else:
        caller.say(f"Defined macro '{configuration.macros.latest}'\n")
