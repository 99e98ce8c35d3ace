"""Families of words, a file each, imported when one of their names is first met.

    FAMILIES = {"compare": "eq eqi lt", "number": "= == <"}     in the package's own __init__

Conditions and items are kept so: most strings need two of the dozen, and a process that computes
one string should not read them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Generic, TypeVar

R = TypeVar("R")


class Families(Generic[R]):
    """``readers`` is where a file puts its own when it is imported."""

    def __init__(self, package: str, families: Mapping[str, str], readers: Mapping[str, R]) -> None:
        self._package, self._readers = package, readers
        self._home = {name: file for file, names in families.items() for name in names.split()}

    def names(self) -> list[str]:
        """Every word."""
        return list(self._home)

    def find(self, name: str) -> R | None:
        """Whoever reads the arguments of a word; None: there is no such word."""
        reader = self._readers.get(name)
        if reader is None and name in self._home:
            import_module(f"{self._package}.{self._home[name]}")
            reader = self._readers[name]
        return reader
