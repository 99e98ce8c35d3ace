"""Conditions that look for a text in a pattern or in a list.

    match{text}{regular expression}          sets $0, $1 …
    match_domain{ask.com}{+local_domains}    and for addresses, local parts, IP addresses
    inlist{b}{a:b:c}                         a list of plain words; what was found is $value

A list is handed over as it was written: whoever looks into it expands it. How lists decide is told
in `lists/`.

Law: Exim specification, §11.7, and chapter 10.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.regex import compile
from labmail.exim.text import Text

from ..context import Context
from .condition import condition


@condition(arguments=2)
def match(context: Context, text: Text, pattern: Text) -> tuple[bool, str]:
    from ..items.patterns import captured

    found = compile(pattern.text).search(text.text)
    if found is None:
        return False, f"no place in it is like {pattern.text}"
    context.numeric = captured(found, text.tainted)
    begin, end = found.span()
    return True, f"{pattern.text} matches the characters {begin} to {end}"


def _answer(context: Context, found: Any) -> tuple[bool, str]:
    found.leave(context)
    return bool(found), found.why


@condition(arguments=2, raw=True)
async def match_domain(context: Context, domain: Text, listed: Text) -> tuple[bool, str]:
    from ..lists import match_domain as find

    return _answer(context, await find(context, domain, listed, expand=True))


@condition(arguments=2, raw=True)
async def match_local_part(context: Context, local_part: Text, listed: Text) -> tuple[bool, str]:
    from ..lists import match_local_part as find

    return _answer(context, await find(context, local_part, listed, expand=True))


@condition(arguments=2, raw=True)
async def match_address(context: Context, address: Text, listed: Text) -> tuple[bool, str]:
    from ..lists import match_address as find

    return _answer(context, await find(context, address, listed, expand=True))


@condition(arguments=2, raw=True)
async def match_ip(context: Context, address: Text, listed: Text) -> tuple[bool, str]:
    from ..lists import match_ip as find

    return _answer(context, await find(context, address, listed, expand=True))


@condition(arguments=2)
def inlist(context: Context, text: Text, listed: Text) -> tuple[bool, str]:
    from ..lists import in_list

    return _answer(context, in_list(text, listed))


@condition(arguments=2)
def inlisti(context: Context, text: Text, listed: Text) -> tuple[bool, str]:
    from ..lists import in_list

    return _answer(context, in_list(text, listed, caseless=True))
