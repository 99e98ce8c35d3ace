"""Macros: a name in the file that stands for a text.

    TRUSTED = 192.168.1.0/24            defined once
    TRUSTED == 192.168.1.0/24 : ::1     and again, on purpose
    hostlist relay = TRUSTED            spliced wherever the name occurs, within a word as well

Splicing is blind: no words, no quotes, only letters. Each macro in the order of its definition is
looked for in the whole line, and what it put there is searched for the macros that come after it,
not for itself nor for those before. That is why a name must not contain an older one, and why no
macro can go round in circles.

Exim defines hundreds itself, so that a configuration can ask what it has (`.ifdef _HAVE_DKIM`).
They are looked for only where the first thing in a line that could be a macro begins with `_`.

Law: Exim specification, §6.4 to §6.6.

Try: ``Macros().splice("a line")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from labmail.exim.config.mistakes import MacroMistake, UnplacedMacroMistake, one_before
from labmail.exim.config.names import BLANKS
from labmail.exim.errors import ConfigError

POSSIBLE = re.compile(r"_?[A-Z]")
PREDEFINED = re.compile(r"_[A-Z0-9]+_")
DEFINITION = re.compile(r"[ \t\n\v\f\r]*[A-Z][A-Za-z0-9_]*[ \t\n\v\f\r]*(?==)")
NAME = re.compile(r"[A-Za-z0-9_]*")
NAME_LENGTH = 63
LONGEST = 1 << 24


class Macros:
    """The macros known so far, in the order in which they are tried.

    ``predefined`` makes those of Exim's own, whose names begin like ``_HAVE_``: all of them, or
    those that could occur in a text that is handed in. Making all takes longer than reading most
    files.
    """

    def __init__(
        self,
        commanded: Iterable[tuple[str, str]] = (),
        predefined: Callable[..., Iterable[tuple[str, str]]] = lambda *within: (),
    ) -> None:
        self.defined = dict(commanded)
        self.commanded = frozenset(self.defined)
        self.places: dict[str, tuple[str, int]] = {}
        """File and line of each definition, the last one if there are several."""
        self._make = predefined
        self._predefined: dict[str, str] | None = None

    @property
    def predefined(self) -> dict[str, str]:
        if self._predefined is None:
            self._predefined = dict(self._make())
        return self._predefined

    def _possible(self, text: str) -> dict[str, str]:
        """Those of Exim's own that could occur in a text, in order."""
        return dict(self._make(text)) if self._predefined is None else self._predefined

    def __getitem__(self, name: str) -> str:
        """The text of a macro. Raises KeyError if there is none."""
        return self.defined[name] if name in self.defined else self._possible(name)[name]

    def all(self) -> dict[str, str]:
        """Every macro, in the order in which they are tried."""
        return {**self.predefined, **self.defined}

    @property
    def latest(self) -> str:
        """The macro at the end of the list, empty if there is none."""
        return next(reversed(self.defined), "")

    def splice(self, line: str, *, within: bool = False) -> tuple[str, bool]:
        """The line with texts for names, and whether there were any.

        The name in a definition is left alone, unless the line is the continuation of another
        (``within``).
        """
        definition = None if within else DEFINITION.match(line)
        possible = POSSIBLE.search(line, definition.end() if definition else 0)
        if possible is None:
            return line, False
        head, rest, found = line[: possible.start()], line[possible.start() :], False
        if rest.startswith("_") and PREDEFINED.search(rest):
            rest, found = _replaced(rest, self._possible(rest))
        rest, again = _replaced(rest, self.defined)
        return head + rest, found or again

    def define(self, line: str, place: tuple[str, int] | None = None) -> str:
        """Takes a definition; returns its name. ``place``: file and line. Raises ConfigError."""
        line = line.lstrip(BLANKS)
        name, redefined, text = _taken_apart(line)
        known = self._known(name)
        if name in self.commanded:
            return name
        if known and not redefined:
            raise UnplacedMacroMistake(
                f'macro "{name}" is already defined (use "==" if you want to redefine it)',
                help=self._where(name),
            )
        if redefined and not known:
            raise UnplacedMacroMistake(f'can\'t redefine an undefined macro "{name}"')
        self.defined[name] = text
        if place:
            self.places[name] = place
        return name

    def _where(self, name: str) -> str:
        """Help for a name that has been taken."""
        return one_before(*self.places[name]) if name in self.places else ""

    def _known(self, name: str) -> bool:
        """Is there such a macro? Raises ConfigError if an older one is part of its name."""
        for macro in (*self._predefined_within(name), *self.defined):
            if macro == name:
                return True
            if len(macro) < len(name) and macro in name:
                raise UnplacedMacroMistake(
                    f'"{name}" cannot be defined as a macro because previously defined macro '
                    f'"{macro}" is a substring',
                    help=self._where(macro),
                )
        return False

    def _predefined_within(self, name: str) -> list[str]:
        """Those of Exim's own that are part of a name."""
        if not PREDEFINED.search(name):
            return []
        return [macro for macro in self._possible(name) if macro in name]


def _taken_apart(line: str) -> tuple[str, bool, str]:
    """Name, whether it is `==`, and text of a definition."""
    name = NAME.match(line).group()  # type: ignore[union-attr]
    if len(name) > NAME_LENGTH:
        raise MacroMistake(f"macro name too long (maximum is {NAME_LENGTH} characters)")
    rest = line[len(name) :].lstrip(BLANKS)
    if not rest.startswith("="):
        raise MacroMistake(
            "malformed macro definition",
            help="A line that begins with a capital letter defines a macro: NAME = text.",
        )
    redefined = rest.startswith("==")
    return name, redefined, rest[2 if redefined else 1 :].lstrip(BLANKS)


def _replaced(text: str, macros: dict[str, str]) -> tuple[str, bool]:
    """One macro after the other, each over the whole text."""
    found = False
    for name, value in macros.items():
        if name in text:
            if len(text) + text.count(name) * (len(value) - len(name)) > LONGEST:
                raise ConfigError(
                    f"macros make this line longer than {LONGEST} characters",
                    help=f'The last one to be spliced in was "{name}".',
                )
            text, found = text.replace(name, value), True
    return text, found
