"""What the configuration says of letters that come from programs of this host: ``acl_not_smtp``.

Reports of the mail system itself come that way, too, since Exim hands them in as a program would.

Law: Exim specification, chapter 44 under ``acl_not_smtp``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from labmail.message.field import Field

from ..acl.written import Asked

if TYPE_CHECKING:
    from ..letter import Letter
    from ..office import Office


async def refused(office: Office, letter: Letter) -> Asked | None:
    """What the ACL said, if that was no; else its header lines are put into the letter."""
    named = office.orders.main("acl_not_smtp")
    if named is None:
        return None
    context = office.context(letter, letter.body or b"")
    asked = Asked(context, log=partial(office.logs.main, message_id=letter.id))
    told = await asked.ask(str(named))
    if told == "OK":
        change_header(letter, asked)
        return None
    if told == "DISCARD":
        asked.controls.add("discard")
    return asked


def change_header(letter: Letter, asked: Asked) -> None:
    """Takes off and puts on the header lines that an ACL named."""
    gone = {each.lower() for each in asked.removed}
    kept = [each for each in letter.fields if each.name.lower() not in gone]
    added = []
    for line in asked.added:
        raw = line.encode("latin-1") + b"\r\n"
        added.append(Field(raw if b":" in raw else b"X-ACL-Warn: " + raw))
    letter.head.fields = (*kept, *added)
