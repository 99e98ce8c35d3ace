"""accept: takes every address for which its preconditions hold.

The simplest router, and the one that ends most journeys: with ``check_local_user`` it takes mail
for everybody who has an account.

Law: Exim specification, chapter 16.

Try: ``AcceptRouter(name="local_user", check_local_user=True, transport="maildir_home")``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..recipient import Recipient
from .base import Context, Router
from .verdict import Accept, Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRouter(Router):
    driver: ClassVar[str] = "accept"

    async def route(self, recipient: Recipient, context: Context) -> Answer:
        return Accept(self.choose_transport(recipient, context), person=context.person)
