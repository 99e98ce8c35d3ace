r"""Parts of a JSON text, as ``${extract json…}`` and ``forany_json`` take them.

Exim reads no JSON: it looks for commas outside of braces and brackets. So a comma inside a string
divides it, as in the original.

Law: Exim specification, §11.5, ``extract``; §11.7, ``forall_json``.

Try::

    >>> element("json", 2, "[1, {\"a\": [2, 3]}]")
    '{"a": [2, 3]}'
"""

from __future__ import annotations

from collections.abc import Iterator

from labmail.exim.errors import ExpansionFailed

SPACE = " \t\n\v\f\r"


class Unquoted(ExpansionFailed):
    """``jsons`` found a value, and it is no string."""


def element(form: str, number: int, text: str, item: str = "extract") -> str | None:
    """An element of an array, by number from 1."""
    inner, _ = unwrapped(text, "[]", f"array for {item} json")
    if number <= 0:
        raise ExpansionFailed('first argument of "extract" must be greater than zero')
    for place, member in enumerate(members(inner), 1):
        if place == number:
            return result(form, member.rstrip(SPACE), item)
    return None


def member(form: str, key: str, text: str) -> str | None:
    """The value of a key in an object."""
    inner, _ = unwrapped(text, "{}", "object for extract json")
    for pair in members(inner):
        name, rest = unwrapped(pair, '""', "string key for extract json")
        if name == key:
            rest = rest.lstrip(SPACE)
            if not rest.startswith(":"):
                raise ExpansionFailed("missing object value-separator for extract json")
            return result(form, rest[1:].lstrip(SPACE), "extract")
    return None


def result(form: str, value: str, item: str) -> str:
    """``jsons`` takes the quotes away."""
    if form == "json":
        return value
    try:
        return unwrapped(value, '""', f"string result for {item} {form}")[0]
    except ExpansionFailed as failed:
        raise Unquoted(failed.message) from None


def members(inner: str) -> Iterator[str]:
    """What stands between commas; nothing between two of them ends it."""
    at = 0
    while True:
        while at < len(inner) and inner[at] in SPACE:
            at += 1
        start, arrays, objects = at, 0, 0
        while at < len(inner) and (inner[at] != "," or arrays or objects):
            arrays += {"[": 1, "]": -1}.get(inner[at], 0)
            objects += {"{": 1, "}": -1}.get(inner[at], 0)
            at += 1
        if at == start:
            return
        yield inner[start:at]
        at += 1


def unwrapped(text: str, wrap: str, what: str) -> tuple[str, str]:
    """What stands between two brackets that belong together, and what follows them."""
    opening, closing = wrap[0], wrap[1]
    text = text.lstrip(SPACE)
    if not text.startswith(opening):
        raise ExpansionFailed(f"missing '{opening}' wrapping {what}")
    depth, at = 0, 1
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == opening != closing:
            depth += 1
        elif text[at] == closing:
            if depth == 0:
                return text[1:at], text[at + 1 :]
            depth -= 1
        at += 1
    raise ExpansionFailed(f"missing '{closing}' wrapping {what}")
