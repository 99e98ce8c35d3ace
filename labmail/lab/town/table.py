"""A table of a town file that knows where it stands, and gives out its words one by one.

Whatever does not fit is answered with the file, the line of the table, what was found and what was
expected; `Table.end` complains about every word that nobody asked for.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from labmail.world import EPOCH, seconds

from .plan import Net, TownError


def did_you_mean(word: str, known: list[str]) -> str:
    """A hint for a misspelt word: the nearest known one, or nothing."""
    close = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


class Table:
    """One table: ``words`` of the file ``where``, called ``name``; ``source`` is the whole text."""

    def __init__(self, words: dict[str, Any], where: str, name: str, source: str) -> None:
        self._words, self._where, self.name, self._source = dict(words), where, name, source
        self._known: list[str] = []

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def fail(self, found: str, expected: str) -> NoReturn:
        raise TownError(f"{self.place}: {found}; expected {expected}")

    @property
    def place(self) -> str:
        """The file, and the line that opens this table."""
        return self._where + self._line()

    def _line(self) -> str:
        """The line of the file that opens this table, where it can be found."""
        for number, line in enumerate(self._source.splitlines(), 1):
            if self.name and line.lstrip().startswith("[") and self.name in line:
                return f", line {number} ({line.strip()})"
        return ""

    def take(self, word: str, kind: type, what: str, default: Any) -> Any:
        self._known.append(word)
        if word not in self._words:
            return default
        value = self._words.pop(word)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(f"{word} = {value!r}", f"{word} = {what}")
        return value

    def text(self, word: str, default: str) -> str:
        return str(self.take(word, str, '"text"', default))

    def whole(self, word: str, default: int) -> int:
        value = self.take(word, int, "a whole number", default)
        return value if value >= 0 else self.fail(f"{word} = {value}", "zero or more")

    def texts(self, word: str) -> tuple[str, ...]:
        values = self.take(word, list, '["text", "text"]', [])
        for value in values:
            if not isinstance(value, str):
                self.fail(f"{word} = {values!r}", f'{word} = ["text", "text"]')
        return tuple(values)

    def pairs(self, word: str) -> list[tuple[str, str]]:
        values = self.take(word, dict, '{ "name" = "text" }', {})
        for key, value in values.items():
            if not isinstance(value, str):
                self.fail(f"{word}.{key} = {value!r}", "text")
        return list(values.items())

    def choice(self, word: str, known: tuple[str, ...], default: str) -> str:
        value = self.text(word, default)
        if value not in known:
            hint = did_you_mean(value, list(known))
            self.fail(f"{word} = {value!r}", f"one of {', '.join(known)}{hint}")
        return value

    def choices(self, word: str, known: tuple[str, ...]) -> tuple[str, ...]:
        values = self.texts(word)
        for value in values:
            if value not in known:
                hint = did_you_mean(value, list(known))
                self.fail(f"{word} has {value!r}", f"some of {', '.join(known)}{hint}")
        return values

    def address(self, word: str, default: str = "") -> str:
        return self._each(word, (self.text(word, default),), ipaddress.ip_address, "192.0.2.7")[0]

    def addresses(self, word: str) -> tuple[str, ...]:
        return self._each(word, self.texts(word), ipaddress.ip_address, "192.0.2.7")

    def nets(self, word: str) -> tuple[Net, ...]:
        texts = self._each(word, self.texts(word), ipaddress.ip_network, "192.0.2.0/24")
        return tuple(ipaddress.ip_network(text) for text in texts)

    def _each(
        self, word: str, values: tuple[str, ...], parse: Callable[[str], Any], example: str
    ) -> tuple[str, ...]:
        for value in values:
            try:
                parse(value)
            except ValueError as error:
                self.fail(f"{word}: {error}", f"an address such as {example}")
        return tuple(str(parse(value)) for value in values)

    def interval(self, word: str) -> float:
        value = self.take(word, str | int | float, 'a time such as "10ms"', 0)  # type: ignore[arg-type]
        try:
            return seconds(value)
        except ValueError as error:
            self.fail(f"{word}: {error}", 'a time such as "10ms"')

    def moment(self, word: str) -> datetime:
        value = self.take(word, datetime, "a date and time", datetime.fromtimestamp(EPOCH, UTC))
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    def switch_or_text(self, word: str) -> str | None:
        """A text; ``true`` and ``false`` may stand without quotes. None where nothing is said."""
        value = self.take(word, str | bool, '"text"', None)  # type: ignore[arg-type]
        return str(value).lower() if isinstance(value, bool) else value

    def inner(self, word: str) -> Table:
        """A table in this one; an empty one if it is not there."""
        value = self.take(word, dict, f"a table [….{word}]", {})
        return Table(value, self._where, f'{self.name}".{word}', self._source)

    def check_name(self, form: re.Pattern[str], expected: str) -> str:
        if not form.match(self.name):
            self.fail(f"the name {self.name!r}", expected)
        return self.name

    def tables(self, word: str, *, required: bool = True) -> list[Table]:
        values = self.take(word, dict, f"tables such as [{word}.NAME]", {})
        if required and not values:
            self.fail(f"no {word}", f'at least one table [{word}."NAME"]')
        for name, value in values.items():
            if not isinstance(value, dict):
                self.fail(f"{word}.{name} = {value!r}", f'a table [{word}."{name}"]')
        return [Table(value, self._where, name, self._source) for name, value in values.items()]

    def end(self) -> None:
        for word in self._words:
            hint = did_you_mean(word, self._known)
            self.fail(f"unknown word {word!r}", f"one of {', '.join(sorted(self._known))}{hint}")
