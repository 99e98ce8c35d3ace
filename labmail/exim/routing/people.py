"""As whom a delivery would run. Identities are written down here, and never taken.

Law: Exim specification, chapter 23 (environment for running local transports), `user`, `group`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .outcome import Defer, Settled

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from .desk import Desk


class Identity(NamedTuple):
    """A user and a group; None where nobody has said."""

    uid: int | None = None
    gid: int | None = None
    name: str | None = None

    def __str__(self) -> str:
        """As a sentence can use it."""
        if self.uid is None:
            return "nobody in particular"
        return f"{self.name} ({self.uid})" if self.name else str(self.uid)


def local_user(desk: Desk, name: str) -> Person | None:
    """A user of this host, by login name."""
    return desk.configuration.people.user(name)


async def identity(desk: Desk, router: Block, person: Person | None = None) -> Identity:
    """What `user` and `group` of a router come to; without them, the local user's own.

    Settles the matter where there is no such user.
    """
    uid, gid = await _user(desk, router["user"], "user", router.name)
    if router["group"] is not None:
        gid = await _group(desk, router["group"], router.name)
    if person is not None:
        uid = person.uid if uid is None else uid
        gid = person.gid if gid is None else gid
    name = None if uid is None else desk.configuration.people.user_name(uid)
    return Identity(uid, gid, name)


async def _user(desk: Desk, value: Any, option: str, name: str) -> tuple[int | None, int | None]:
    if value is None or isinstance(value, int):
        return value, getattr(value, "gid", None)
    who = await _expanded(desk, value, option, name)
    if who.isdigit():
        return int(who), None
    person = desk.configuration.people.user(who)
    if person is None:
        raise _missing(desk, option, who, value, name)
    return person.uid, person.gid


async def _group(desk: Desk, value: Any, name: str) -> int:
    if isinstance(value, int):
        return value
    which = await _expanded(desk, value, "group", name)
    if which.isdigit():
        return int(which)
    gid = desk.configuration.people.group(which)
    if gid is None:
        raise _missing(desk, "group", which, value, name)
    return gid


async def _expanded(desk: Desk, value: str, option: str, name: str) -> str:
    def complaint(said: str) -> str:
        return f'Failed to expand {option} string "{value}" for the {name} router: {said}'

    try:
        told = await desk.expanded(value, complaint)
    except Settled as settled:
        desk.log(getattr(settled.outcome, "text", ""), "MAIN PANIC")
        raise
    if told is None:
        raise Settled(Defer(complaint("it was forced to fail")))
    return told.text


def _missing(desk: Desk, option: str, who: str, value: str, name: str) -> Settled:
    text = f'Failed to find {option} "{who}" from expanded string "{value}" for the {name} router'
    desk.log(text, "MAIN PANIC")
    return Settled(Defer(text))
