"""What an operator is: a small function from text to text, with a name an administrator can write.

``${lc:$local_part}`` first expands what stands behind the colon, then hands it to `lc`. That is all
an operator is, so it is written as a function, and its docstring shows what it does: `case.py` has
two of them.

What else it needs it says by the names of its parameters: ``argument`` is what follows an
underscore in the name (``${substr_2_3:…}`` hands over ``"2_3"``; None where nothing follows), and
``context`` is what the expansion knows of the world. ``name`` is the name as it was written, for a
message that repeats it.

Text that a stranger chose stays tainted when it is made small or quoted. Where nothing is left of
the stranger's own characters, a length, a checksum, the result is ours: ``@operator(fresh=True)``.

Law: Exim specification, chapter 11, "Expansion operators".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, overload

F = TypeVar("F", bound=Callable[..., str])

OPERATORS: dict[str, Operator] = {}
"""Those that have been imported, by every name they have. Ask `operators.find` instead."""


class Operator(NamedTuple):
    """One operator under one of its names."""

    name: str
    function: Callable[..., str]
    fresh: bool
    wants: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """What it does, in the first sentence of its docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]

    def __call__(self, text: str, argument: str | None, context: Any) -> str:
        """The answer, or ExpansionFailed."""
        if not self.wants:
            return self.function(text)
        given = {"argument": argument, "context": context, "name": self.name}
        return self.function(text, **{want: given[want] for want in self.wants})


@overload
def operator(function: F, /) -> F: ...


@overload
def operator(*names: str, fresh: bool = False) -> Callable[[F], F]: ...


def operator(*given: Any, fresh: bool = False) -> Any:
    """Makes a function an operator, under its own name or under those that are given."""
    if given and callable(given[0]):
        return _register(given[0], (), fresh)
    return lambda function: _register(function, given, fresh)


def _register(function: F, names: tuple[str, ...], fresh: bool) -> F:
    code = function.__code__
    wants = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    for name in names or (function.__name__,):
        OPERATORS[name] = Operator(name, function, fresh, wants)
    return function
