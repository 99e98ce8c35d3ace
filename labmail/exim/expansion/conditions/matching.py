"""Conditions that look for a text in a pattern or in a list.

    match{text}{regular expression}          sets $0, $1 …
    match_domain{ask.com}{+local_domains}    and for addresses, local parts, IP addresses
    inlist{b}{a:b:c}                         a list of plain words; what was found is $value

A list is taken as it is written, its dollars too, since a stranger's text in it would have to be
expanded: only the named lists in it are expanded. How lists decide is told in `lists/`.

Law: Exim specification, §11.7, and chapter 10.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred
from labmail.exim.regex import compile
from labmail.exim.text import Text

from ..context import Context
from .condition import condition

if TYPE_CHECKING:
    from ..lists import Match


@condition(arguments=2)
def match(context: Context, text: Text, pattern: Text) -> tuple[bool, str]:
    """Some part of the text is as the regular expression says; its groups are $1, $2 …"""
    from ..items.patterns import captured

    found = compile(pattern.text).search(text.text)
    if found is None:
        return False, f"no place in it is like {pattern.text}"
    context.numeric = captured(found, text.tainted)
    begin, end = found.span()
    return True, f"{pattern.text} matches the characters {begin} to {end}"


async def _asked(context: Context, listed: Text, asked: Awaitable[Match]) -> tuple[bool, str]:
    """What a list answers."""
    try:
        found = await asked
    except Deferred as deferred:
        raise Deferred(
            f'unable to complete match against "{listed.text}": {deferred.message}',
            help=deferred.help,
        ) from None
    return _answer(context, found)


def _answer(context: Context, found: Match) -> tuple[bool, str]:
    found.leave(context)
    return bool(found), found.why


@condition(arguments=2, raw=True)
async def match_domain(context: Context, domain: Text, listed: Text) -> tuple[bool, str]:
    """The domain is in the list."""
    from ..lists import match_domain as find

    return await _asked(context, listed, find(context, domain, listed))


@condition(arguments=2, raw=True)
async def match_local_part(context: Context, local_part: Text, listed: Text) -> tuple[bool, str]:
    """The local part is in the list."""
    from ..lists import match_local_part as find

    return await _asked(context, listed, find(context, local_part, listed))


@condition(arguments=2, raw=True)
async def match_address(context: Context, address: Text, listed: Text) -> tuple[bool, str]:
    """The address is in the list."""
    from ..lists import match_address as find

    return await _asked(context, listed, find(context, address, listed))


@condition(arguments=2, raw=True)
async def match_ip(context: Context, address: Text, listed: Text) -> tuple[bool, str]:
    """The IP address is in the list of hosts, which may hold no names."""
    from ..lists import match_ip as find

    return await _asked(context, listed, find(context, address, listed))


@condition(arguments=2)
def inlist(context: Context, text: Text, listed: Text) -> tuple[bool, str]:
    """The text is a member of the list."""
    from ..lists import in_list

    return _in(context, in_list(text, listed))


@condition(arguments=2)
def inlisti(context: Context, text: Text, listed: Text) -> tuple[bool, str]:
    """The text is a member of the list, capitals as small letters."""
    from ..lists import in_list

    return _in(context, in_list(text, listed, caseless=True))


def _in(context: Context, found: Match) -> tuple[bool, str]:
    """Where nothing was found, $value is as it was."""
    return _answer(context, found) if found else (False, found.why)
