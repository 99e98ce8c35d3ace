"""One run of a filter: a copy of what it may see, what it has come to so far, and its end.

A filter changes header lines and variables while it runs; all of that is its own and is forgotten
with it. It may not go on for ever: each deed and each answer is counted.

Law: "Exim's interfaces to mail filtering", §1.2, §3.8.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion import Context, expand
from labmail.exim.text import Text

from .allowed import Allowed, restrict
from .deeds import Deed, LogFile
from .mistakes import FilterError
from .outcome import Outcome
from .tree import Command

STEPS = 100_000
"""How many deeds and answers one filter may have."""


class Letter:
    """What a filter may ask of the letter's way: is this the first try, was it frozen and freed?

    ``own``: the addresses of the person whose filter this is, the whole one first. ``user`` and
    ``detail`` are what Sieve takes for these parts of it: if nobody says so, the local part, and
    nothing; an error is told when a script asks.
    """

    def __init__(
        self,
        own: tuple[str, ...],
        *,
        first_delivery: bool = True,
        thawed: bool = False,
        user: str | ExpansionFailed | None = None,
        detail: str | ExpansionFailed | None = None,
    ) -> None:
        self.own, self.first_delivery, self.thawed = own, first_delivery, thawed
        self.user, self.detail = user, detail


class End(Exception):
    """The filter has come to its end before its last line."""


class Run:
    """One run of a filter, for one letter. The context of the caller is left as it was."""

    def __init__(self, context: Context, letter: Letter, allowed: Allowed) -> None:
        self.context = copy(context)
        self.context.variables = dict(context.variables)
        if context.message is not None:
            self.context.message = copy(context.message)
            self.context.message.headers = list(context.message.headers)
        restrict(self.context, allowed)
        self.letter, self.allowed = letter, allowed
        self.outcome = Outcome()
        self.why: tuple[str, ...] = ()
        self.log: LogFile | None = None
        self.states: dict[str, Callable[[], bool]] = {
            "delivered": lambda: self.outcome.significant,
            "error_message": self._is_from_nobody,
            "first_delivery": lambda: letter.first_delivery,
            "manually_thawed": lambda: letter.thawed,
        }
        for number in range(10):
            self.context.variables[f"n{number}"] = Text("0")

    def _is_from_nobody(self) -> bool:
        """Whether the letter is a bounce. Who only asks where an address goes has no letter."""
        return not self.allowed.asking and self.value("sender_address") == ""

    @property
    def own(self) -> tuple[str, ...]:
        return self.letter.own

    @property
    def headers(self) -> list[Any]:
        message = self.context.message
        return [] if message is None else message.headers

    def value(self, name: str) -> str:
        """A variable of the context."""
        found = self.context.variables.get(name)
        return "" if found is None else found.text

    def step(self, step: Deed) -> None:
        self.budget()
        self.outcome.steps.append(step)

    def budget(self) -> None:
        """A filter that goes on for ever has an end."""
        if len(self.outcome.steps) >= STEPS:
            raise FilterError(f"gave up after {STEPS} steps")

    async def expanded(self, text: str, command: Command) -> Text:
        """An argument."""
        try:
            return await expand(text, self.context)
        except (ExpansionFailed, Deferred) as failed:
            raise FilterError(
                f'failed to expand "{text}" in {command.name} command: {failed.message}',
                help=failed.help,
            ) from None

    def common(self, command: Command, default: bool = False) -> dict[str, Any]:
        """What every deed knows."""
        return {
            "why": self.why,
            "significant": default if command.seen is None else command.seen,
            "noerror": command.noerror,
            "line": command.line,
        }
