"""A problem: what is wrong with a letter, and the line and column where it is.

Nothing of a malformed letter is thrown away or mended in secret: its bytes stay as they came, and
beside them stands a list of these. Lines and columns count from 1, as editors do; line 0 means the
letter as a whole (a field that is missing stands on no line).

Try::

    >>> print(Problem(3, 1, "Hello Bob", 'a field name and ":"', "RFC 5322 §2.2"))
    line 3, column 1: found 'Hello Bob', expected a field name and ":" (RFC 5322 §2.2)
"""

from __future__ import annotations

from dataclasses import dataclass

from .visible import shorten, visible


@dataclass(frozen=True, slots=True)
class Problem:
    """``found`` and ``expected`` in words, ``law`` the section that asks for it."""

    line: int
    column: int
    found: str
    expected: str
    law: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}: " if self.line else ""
        found = repr(shorten(self.found, 40)) if self.line else visible(self.found)
        return f"{where}found {found}, expected {self.expected} ({self.law})"
