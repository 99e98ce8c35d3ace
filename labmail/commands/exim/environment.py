"""Which variables of the environment strings may see: ``keep_environment``, ``add_environment``.

Whoever starts Exim could hide something in its environment, so Exim throws it away but for the
names that the administrator lists. Nothing is listed: nothing is kept.

Law: Exim specification, §14.23, keep_environment and add_environment.

Try::

    >>> kept({"HOME": "/home/bob", "TZ": "UTC", "X": "1"}, "!X : *", "TZ=CET")
    {'HOME': '/home/bob', 'TZ': 'CET'}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labmail.exim.config.split import split


class Environment(Mapping[str, str]):
    """The environment that is left. Lists are read when somebody first asks."""

    def __init__(self, whole: Mapping[str, str], keep: str, add: str) -> None:
        self._whole, self._keep, self._add = whole, keep, add
        self._left: dict[str, str] | None = None

    @property
    def left(self) -> dict[str, str]:
        if self._left is None:
            self._left = kept(self._whole, self._keep, self._add)
        return self._left

    def __getitem__(self, name: str) -> str:
        return self.left[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.left)

    def __len__(self) -> int:
        return len(self.left)


def kept(whole: Mapping[str, str], keep: str, add: str) -> dict[str, str]:
    """What is left of an environment, and what is added."""
    items = list(split(keep))
    left = {name: value for name, value in whole.items() if _listed(name, items)}
    for item in split(add):
        name, sign, value = item.partition("=")
        if sign:
            left[name] = value
    return left


def _listed(name: str, items: list[str]) -> bool:
    """From left to right until an item decides; after a negative one, the rest is kept."""
    negative = False
    for item in items:
        negative = item.startswith("!")
        if _is(name, item[1:].lstrip() if negative else item):
            return not negative
    return negative


def _is(name: str, item: str) -> bool:
    if item.startswith("^"):
        from labmail.exim.regex import compile

        return compile(item).search(name) is not None
    return name.endswith(item[1:]) if item.startswith("*") else name == item
