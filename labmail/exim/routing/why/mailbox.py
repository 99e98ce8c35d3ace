"""Into which mailbox an address would go: the file or the folder that a transport would write to.

    transport maildir_home   directory = /home/bob/Maildir     /home/bob/Maildir
    transport mail_spool     file = /var/mail/$local_part_data /var/mail/bob

Nothing is opened; only the name is worked out. Where it cannot be, or where Exim would refuse the
name since a stranger has chosen it, there is none.

Law: Exim specification, chapter 26 (file, directory), §23.2 (home directory), §9.1 (taint).

Try: ``labmail explain alice@example.com``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import EMPTY, Text

if TYPE_CHECKING:
    from ..address import Address
    from ..desk import Desk


async def mailbox(desk: Desk, address: Address) -> str:
    """The path, or "". A file that an alias or a filter names is the address itself."""
    transport = address.transport
    if transport is None or address.made or transport.driver != "appendfile":
        return ""
    given = transport["directory"] if transport["directory"] is not None else transport["file"]
    if given is None:
        return ""
    known = dict(desk.context.variables)
    try:
        await _furnish(desk, address)
        path = await desk.expand(given)
    except (ExpansionFailed, Deferred):
        return ""
    finally:
        desk.dismiss()
        desk.context.variables = known
    return "" if path.tainted else path.text


async def _furnish(desk: Desk, address: Address) -> None:
    """The variables as the transport finds them."""
    desk.attend(address, address.router)
    known = desk.context.variables
    for name in ("home", "domain_data", "local_part_data"):
        known[name] = address.data.get(name, EMPTY)
    home = address.transport["home_directory"] or address.home
    if home:
        known["home"] = Text((await desk.expand(home)).text)
