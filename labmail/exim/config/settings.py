"""One setting: `name = value`, `switch`, `no_switch`, `hide name = value`.

Law: Exim specification, §6.13 (option settings), §6.9 (hide).

Try: ``take_setting("queue_only", Settings({…}), Around())``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labmail.exim.config.configuration import Settings
from labmail.exim.config.kind import Around, Option, extra
from labmail.exim.config.mistakes import one_before
from labmail.exim.config.names import BLANKS, NAME_LENGTH
from labmail.exim.errors import ConfigError

NAME = re.compile(r"([A-Za-z][A-Za-z0-9_]*)[ \t\n\v\f\r]*")
NEGATION = re.compile(r"not?_")


def take_setting(
    line: str,
    options: Mapping[str, Option],
    into: Settings,
    around: Around,
    place: tuple[str, int] = ("", 0),
) -> tuple[str, Option | None]:
    """Its name as it is written, and the option, or None if there is none. Raises ConfigError.

    ``options`` are those to look among: some of those of ``into``. ``place``: file and line.
    """
    written, rest, hide = _name(line)
    negated = NEGATION.match(written)
    option = options.get(written[negated.end() :] if negated else written)
    if option is None:
        return written, None
    if into.set(option.name) and option.again is None:
        raise ConfigError(
            f'"{written}" option set for the second time',
            help=one_before(*into.places[option.name]),
        )
    text = _value_text(rest, option, written, bool(negated))
    value: Any = not negated if text is None else option.kind.read(text, written, around)
    if option.again is not None:
        value = option.again(into.values.get(option.name), value)
    into.values[option.name] = value
    into.places[option.name] = place
    if hide:
        into.hidden.add(option.name)
    return written, option


def _name(line: str) -> tuple[str, str, bool]:
    """The name of the option, what follows, and whether it is to be hidden."""
    name, rest = _word(line)
    if name != "hide":
        return name, rest, False
    name, rest = _word(rest) if rest[:1].isalpha() else ("", rest)
    return name, rest, True


def _word(line: str) -> tuple[str, str]:
    found = NAME.match(line)
    if not found:
        raise ConfigError(f"option setting expected: {line}")
    return found.group(1)[:NAME_LENGTH], line[found.end() :]


def _value_text(rest: str, option: Option, written: str, negated: bool) -> Any:
    """What stands after the `=`; None for a switch without one."""
    if option.kind.switch:
        if rest and (negated or not rest.startswith("=")):
            raise extra(rest, f"boolean option {written}")
        if not rest:
            return None
    elif negated:
        raise ConfigError(
            "negation prefix applied to a non-boolean option",
            help="Only a switch can be turned off with no_ or not_ before its name.",
        )
    elif not rest:
        raise ConfigError(f"unexpected end of line (data missing) after {written}")
    elif not rest.startswith("="):
        raise ConfigError(f'missing "=" after {written}')
    return rest[1:].lstrip(BLANKS)
