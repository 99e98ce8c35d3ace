"""Explaining: what a string comes to and why, for a reader.

    reader ──words──▶ octets ──engine──▶ octets ──words──▶ reader

The engine computes with octets, as Exim does: ``ä`` is two of them. A reader sees letters, so what
she gives is turned into UTF-8 on the way in, and on the way out all that is valid is turned back;
what is not, and what would do something to a screen, is shown as ``\\xNN``.

Values that she hands in are tainted, as they are where a stranger chose them; those that Exim would
have from a trusted place (``local_part_data``, ``home``) are not, nor is a `Text` that says so.

Law: Exim specification, chapter 11; §11.9 (variables), §9.1 (taint).

Try: ``print(explain("${uc:$local_part}", local_part="bob"))``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labmail.exim.errors import EximError
from labmail.exim.expansion import expand
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.explaining import Explanation, Step, explained
from labmail.exim.expansion.standing import context_on
from labmail.exim.files import RealFiles
from labmail.exim.text import Text
from labmail.message.visible import visible
from labmail.world import EPOCH, Chance

from .expanding import HostMachine, configuration_on

if TYPE_CHECKING:
    from ..host import LabHost

NAME = "labmail.test"
"""What the machine is called where there is no host."""
TRUSTED = ("home", "address_data", "router_name", "transport_name")
"""Variables whose values come from the configuration; so do all that end in ``_data``."""


class Beginning:
    """A clock that stands where every lab begins, so that an explanation is the same each time."""

    def now(self) -> float:
        return EPOCH


def explain(
    text: str,
    configuration: str | None = None,
    *,
    host: LabHost | None = None,
    message: Any = None,
    **variables: Any,
) -> Explanation:
    """What ``text`` comes to, and why: ``print`` it, or `unfold` it to go through it step by step.

    With a ``host`` of a lab its files, names and clock count; without one, this computer's files.
    ``configuration`` is the text of another configuration than the host's own; ``message`` a letter
    that strings may ask about; ``variables`` such as ``local_part="bob"``. Raises ConfigError.
    """
    if host is not None:
        return host.explain(text, configuration, message=message, **variables)
    from labmail.exim.drive import drive

    files, clock = RealFiles(), Beginning()
    context = context_on(
        configuration_on(files, NAME, clock, configuration or ""),
        files=files,
        machine=HostMachine(NAME),
        clock=clock,
        chance=Chance().random("expansion"),
        directory=os.getcwd(),
    )
    furnish(context, message, variables)
    return drive(explanation(text, context))


def furnish(context: Context, message: Any, variables: Mapping[str, Any]) -> None:
    """Puts a reader's variables and letter into a context."""
    for name, value in variables.items():
        given = value if isinstance(value, Text) else Text(octets(str(value)), _tainted(name))
        if name.startswith(("acl_m", "acl_c")):
            context.acl_variables[name] = given
        else:
            context.variables[name] = given
    if message is not None:
        context.message = letter(message, context)


def _tainted(name: str) -> bool:
    return not (name.endswith("_data") or name in TRUSTED)


def letter(message: Any, context: Context) -> Any:
    """A letter as strings ask for it: text, bytes, or a `labmail.message.Message`."""
    from labmail.exim.expansion.intake import Submitter, take

    lines = message.encode() if isinstance(message, str) else bytes(message)
    sender = context.variables.get("sender_address", Text("")).text
    now = context.clock.now()
    hostname = context.setting("primary_hostname") or context.host.name  # type: ignore[union-attr]
    return take(
        lines.replace(b"\r\n", b"\n"),
        Submitter("", sender, True),
        context.settings,
        hostname,
        now,
        dot_ends=False,
    )


async def value(text: str, context: Context) -> str:
    """The value of a string, for a reader. Raises ExpansionFailed, Deferred."""
    try:
        return words((await expand(octets(text), context)).text)
    except EximError as error:
        error.message = words(error.message)
        error.args = (error.message,)
        raise


async def explanation(text: str, context: Context) -> Explanation:
    """The same with all its steps."""
    told = await explained(octets(text), context)
    places = _places(told.text)
    return told._replace(
        text=words(told.text),
        value=None if told.value is None else words(told.value),
        failed=words(told.failed),
        position=None if told.position is None else places(told.position),
        step=_step(told.step, places),
    )


def _step(step: Step, places: Any) -> Step:
    return step._replace(
        kind=words(step.kind),
        source=words(step.source),
        start=places(step.start),
        end=places(step.end),
        value=None if step.value is None else words(step.value),
        failed=words(step.failed),
        why=words(step.why),
        numeric=None if step.numeric is None else tuple(map(words, step.numeric)),
        rounds=tuple(map(words, step.rounds)),
        steps=tuple(_step(below, places) for below in step.steps),
    )


def _places(text: str) -> Any:
    """From a place among octets to the place among the characters that are shown."""
    if text.isascii() and words(text) == text:
        return lambda place: place
    return lambda place: len(words(text[:place]))


def octets(text: str) -> str:
    """
    >>> len(octets("ä"))
    2
    """
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def words(text: str) -> str:
    """What the engine has, for the eye; lines stay lines.

    >>> words(octets("ä\\n")), words("\\xff\\x1b")
    ('ä\\n', '\\\\xff\\\\x1b')
    """
    readable = text.encode("latin-1", "backslashreplace").decode("utf-8", "backslashreplace")
    return "\n".join(visible(line) for line in readable.split("\n"))
