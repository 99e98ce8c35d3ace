"""Variables that a string, or the ACL or the filter it stands in, sets while it is expanded.

``$1`` and its like are read by `tree.Number`.

Law: Exim specification, §11.9.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import EMPTY, Text

from ..context import Context

TABLE = "\n".join(f"{name}{number} 0" for name in ("n", "sn") for number in range(10))
"""Counters of a filter, and what the system filter has left in its own."""


def value(context: Context) -> Text:
    """What a lookup found, what ``${run…}`` printed, what ``${reduce…}`` has come to."""
    return context.value or EMPTY


def item(context: Context) -> Text:
    """The member of a list whose turn it is."""
    return context.item or EMPTY


def runrc(context: Context) -> Text:
    """How the last program ended."""
    return Text(str(context.runrc))


def acl_narg(context: Context) -> Text:
    """How many arguments the ACL was called with."""
    return Text(str(len(context.acl_arguments)))


def _argument(place: int) -> Callable[[Context], Text]:
    return lambda context: (
        context.acl_arguments[place] if place < len(context.acl_arguments) else EMPTY
    )


COMPUTED: dict[str, Callable[[Context], Text]] = {
    "value": value,
    "item": item,
    "runrc": runrc,
    "acl_narg": acl_narg,
    **{f"acl_arg{number}": _argument(number - 1) for number in range(1, 10)},
}
