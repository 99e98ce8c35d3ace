"""Asking once: a letter for ten thousand people at one domain needs one question to the DNS.

Between the router and the resolver, for one attempt to deliver one letter. The answers are
forgotten with the attempt: a name server's news is taken up at the next try.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .routers.base import Resolver

if TYPE_CHECKING:
    from labmail.dns import Answer, MailHosts


class AskOnce:
    """A resolver that repeats itself instead of asking again. Only the first asker is its cause."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._hosts: dict[str, MailHosts] = {}
        self._answers: dict[tuple[str, str], Answer] = {}

    async def mail_hosts(
        self,
        domain: str,
        *,
        letter: str | None = None,
        recipient: str | None = None,
        cause: str | None = None,
    ) -> MailHosts:
        if domain in self._hosts:
            return replace(self._hosts[domain], event=None)
        found = await self.resolver.mail_hosts(
            domain, letter=letter, recipient=recipient, cause=cause
        )
        self._hosts[domain] = found
        return found

    async def query(
        self,
        name: str,
        rdtype: str,
        *,
        letter: str | None = None,
        recipient: str | None = None,
        cause: str | None = None,
    ) -> Answer:
        key = (name, rdtype)
        if key in self._answers:
            return replace(self._answers[key], event=None)
        answer = await self.resolver.query(
            name, rdtype, letter=letter, recipient=recipient, cause=cause
        )
        self._answers[key] = answer
        return answer
