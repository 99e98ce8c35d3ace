"""Variables that a string, or the ACL or the filter it stands in, sets while it is expanded.

``$1`` and its like are read by `tree.Number`.

Law: Exim specification, §11.9.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import EMPTY, Text

from ..context import Context

TABLE = ""


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


def _counter(name: str) -> Callable[[Context], Text | None]:
    """A counter of a filter, or what the system filter left in it. Elsewhere there is none."""

    def value(context: Context) -> Text | None:
        return context.variables.get(name, Text("0") if "n0" in context.variables else None)

    return value


COMPUTED: dict[str, Callable[[Context], Text | None]] = {
    **{
        f"{kind}{number}": _counter(f"{kind}{number}")
        for kind in ("n", "sn")
        for number in range(10)
    },
    "value": value,
    "item": item,
    "runrc": runrc,
    "acl_narg": acl_narg,
    **{f"acl_arg{number}": _argument(number - 1) for number in range(1, 10)},
}
