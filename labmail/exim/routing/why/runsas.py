"""As whom a delivery would run, and which option says so.

    the transport's `user`, if it has one
    otherwise the router's `user`
    otherwise the local user that the router has found (`check_local_user`)
    otherwise Exim's own user

Written down here, and never taken.

Law: Exim specification, chapter 23 (environment for running local transports).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import Text

from ..handing import is_local
from ..steps import placed

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from ..address import Address
    from ..desk import Desk


class RunsAs(NamedTuple):
    """``who`` is a name with its number; the option, and where it is written."""

    who: str
    option: str
    of: str
    file: str = ""
    line: int = 0
    origin: str = ""

    def by(self) -> str:
        """Who says so.

        >>> RunsAs("mail (8)", "user", "transport mail_spool", "exim4.conf", 90).by()
        '`user` of transport mail_spool, exim4.conf:90'
        """
        place = f", {placed(self.file, self.line, self.origin)}" if self.file else ""
        return f"`{self.option}` of {self.of}{place}" if self.option else self.of


EXIM = "Exim's own user"


async def runs_as(desk: Desk, address: Address) -> RunsAs | None:
    """For an address that a transport takes. None for any other, and for one that goes to other
    hosts without a word about users."""
    who = await _who(desk, address)
    return who and who._replace(origin=desk.origins.get((who.file, who.line), ""))


async def _who(desk: Desk, address: Address) -> RunsAs | None:
    transport = address.transport
    if transport is None:
        return None
    if transport.set("user"):
        who = await _user(desk, address, transport["user"])
        return _by(who, "user", f"transport {transport.name}", transport)
    router = address.router
    identity = address.user
    if identity is not None and identity.uid is not None and router is not None:
        option = "user" if router.set("user") else "check_local_user"
        return _by(str(identity), option, f"router {router.name}", router)
    if not is_local(transport):
        return None
    main = desk.configuration.main
    if main.set("exim_user"):
        places = main.places.get("exim_user", ("", 0))
        return RunsAs(_named(desk, main["exim_user"]), "exim_user", "the main section", *places)
    return RunsAs(EXIM, "", "nobody says otherwise")


def _by(who: str, option: str, of: str, block: Block) -> RunsAs:
    return RunsAs(who, option, of, *block.places.get(option, (block.file, block.line)))


async def _user(desk: Desk, address: Address, value: Any) -> str:
    """A transport's `user` may be a string, about the address that it takes."""
    if isinstance(value, int):
        return _named(desk, value)
    desk.attend(address, address.router)
    known = desk.context.variables
    if address.user is not None and address.user.name:
        known["local_part_data"] = Text(address.user.name)
    try:
        name = (await desk.expand(value)).text
    except (ExpansionFailed, Deferred) as failed:
        return f"nobody: {failed.message}"
    finally:
        desk.dismiss()
    person = desk.configuration.people.user(name)
    if person is None:
        return name if name.isdigit() else f'"{name}", whom nobody knows'
    return f"{name} ({person.uid})"


def _named(desk: Desk, uid: Any) -> str:
    if not isinstance(uid, int):
        return str(uid)
    name = desk.configuration.people.user_name(int(uid))
    return f"{name} ({int(uid)})" if name else str(int(uid))
