"""Domains, local parts, and plain strings: lists whose items are compared with one string.

    domains       ask.com : *.ask.com : lsearch;/etc/domains : @ : @mx_any
    local parts   postmaster : *-owner : +caseful : Ann
    strings       red : green : blue                            ${if inlist{…}{…}}

In a list of domains ``@`` is this host; in one of local parts it is a letter like others. Case does
not count for either, but a list of local parts may say ``+caseful``: from there on it does.

Law: Exim specification, §10.9 (domains), §10.22 (local parts); chapter 11, ``inlist``.

Try: ``drive(match_domain(context, Text("www.ask.com"), Text("*.ask.com")))``.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.config.split import split
from labmail.exim.expansion.lists.match import Match, Subject
from labmail.exim.expansion.lists.pattern import Manner, check, lower, same_text
from labmail.exim.expansion.lists.scan import Cache, scan
from labmail.exim.text import Text


class Domain(Subject):
    """A domain. Its list may contain items for this host."""

    kind = named = "domain"
    manner = Manner(special=True)

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.key = text.like(lower(text.text))

    def misses(self, item: str) -> bool:
        if item[:1] in "^*@+/!" or ";" in item:  # the empty item is looked at, too
            return False
        if same_text(self.key.text, item, self.manner.caseless):
            return False
        self.value, self.told, self.numeric, self.why = None, True, (), ""
        return True

    async def test(self, item: Text, context: Any) -> bool:
        self.learn(None)
        hit = await check(self.manner, self.text, item, context, key=self.key)
        if hit:
            self.learn(hit.value)
        self.numeric = hit.numeric if hit else ()
        self.why = hit.why if hit else ""
        return hit is not None


class LocalPart(Domain):
    """A local part."""

    kind = "local part"
    named = "localpart"
    manner = Manner()
    hash_belongs = True

    def word(self, item: str) -> bool:
        if item != "+caseful":
            return False
        self.manner, self.key = Manner(caseless=False), self.text
        return True


async def match_domain(
    context: Any, domain: Text, listed: Text, *, expand: bool = False, cache: Cache | None = None
) -> Match:
    """Is the domain in the list? ``expand``: the list is expanded first, as an option's is."""
    return await scan(Domain(domain), listed, context, expand=expand, cache=cache)


async def match_local_part(
    context: Any,
    local_part: Text,
    listed: Text,
    *,
    caseful: bool = False,
    expand: bool = False,
    cache: Cache | None = None,
) -> Match:
    """Is the local part in the list? ``caseful``: as if the list began with ``+caseful``."""
    subject = LocalPart(local_part)
    if caseful:
        subject.word("+caseful")
    return await scan(subject, listed, context, expand=expand, cache=cache)


def in_list(text: Text, listed: Text, *, caseless: bool = False) -> Match:
    """Is the string one of the items? No patterns, no negation: the items are what they are.

    >>> in_list(Text("b"), Text("a:b")).item, in_list(Text("B"), Text("a:b")).matched
    ('b', False)
    """
    for item in split(listed.text):
        if same_text(text.text, item, caseless):
            why = f"{text.text} is one of the items"
            return Match(True, Text(item, listed.tainted), item, why)
    sought = lower(text.text) if caseless else text.text
    return Match(False, why=f"{sought} is not one of the items", told=False)
