"""What is wrong with a filter, in Exim's words. ``help`` is a line of our own.

A mistake ends the filter. In a letter's delivery Exim then defers the address, so that no letter is
lost to a slip of the pen.
"""

from __future__ import annotations

from labmail.exim.errors import EximError


class FilterError(EximError):
    """The filter cannot be read, or cannot go on."""


NESTED_TOO_DEEP = "nested too deep near line %d of filter file"
DEEPEST = 100
"""How many parentheses, and how many ``if``, may stand inside one another."""
