"""Visitors: real clients that are made to call a host, so that somebody can answer them.

For port 25 a letter sets out from another host, whose MTA calls; for submission somebody's mail
program does, with a letter; for POP3 with a wish for her mail. What they are answered is theirs to
deal with: here it is only noted what a mail program tells its reader.

Try: ``lab.answer("mail.ask.com", "pop3").let_call("bob@ask.com")``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from .suggestions import recipient

if TYPE_CHECKING:
    from ..site import Site
    from ..town import HostPlan, UserPlan


class Visitors:
    """Sends visitors to a ``service`` of a host.

    ``letters`` gets the names of the letters that they bring; ``note`` is told what becomes of a
    visit.
    """

    def __init__(
        self,
        site: Site,
        plan: HostPlan,
        service: str,
        letters: set[str],
        note: Callable[[str], None],
    ) -> None:
        self._site, self._plan, self._service = site, plan, service
        self._letters, self._note = letters, note
        self._visit: asyncio.Task[None] | None = None
        self._number = 0

    def find(self, who: str | None) -> UserPlan:
        """Whoever has this address; without one, somebody who has reason to call.

        Raises KeyError that names those there are.
        """
        users = self._site.town.users
        if who is not None:
            if who not in users:
                raise KeyError(f"no user {who!r} in this town; it has {', '.join(users)}")
            return users[who]
        here = self._service != "smtp"
        near = [user for user in users.values() if (user.host == self._plan.name) == here]
        if not near:
            name = f"{self._plan.name} ({self._service})"
            raise KeyError(f"nobody in this town has reason to call {name}")
        return near[0]

    @property
    def will_come_again(self) -> bool:
        """Whether a letter that was put off waits for its next try."""
        places = (self._site.trace.places(letter) for letter in self._letters)
        return any(place.state == "deferred" for found in places for place in found.values())

    async def send(self, user: UserPlan) -> None:
        """Has ``user``'s program or letter set out."""
        if self._service == "pop3":
            self._visit = asyncio.ensure_future(self._fetch(user))
        elif self._service == "submission":
            self._visit = asyncio.ensure_future(self._write(user))
        else:
            await self._site.let_happen(self._write(user), None)

    async def _write(self, author: UserPlan) -> None:
        self._number += 1
        letter = await self._site.people[author.address].send(
            self._addressee(author), f"By hand, {self._number}", "Do you take it?\n"
        )
        self._letters.add(letter.name)

    def _addressee(self, author: UserPlan) -> str:
        """Somebody here; for a submission, somebody who is not."""
        away = [user.address for user in self._site.town.users.values() if user.host != author.host]
        if self._service == "submission" and away:
            return away[0]
        return recipient(self._site, self._plan)

    async def _fetch(self, user: UserPlan) -> None:
        try:
            fetched = await self._site.people[user.address].fetch()
        except Exception as refused:
            self._note(f"{user.name}'s program tells its reader: {refused}")
        else:
            subjects = ", ".join(f"“{mail.subject}”" for mail in fetched) or "no letter"
            self._note(f"{user.name}'s program has fetched {subjects}")
