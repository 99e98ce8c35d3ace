"""Lists that are read once: members who must wait take the list's place in the envelope.

    team@ask.com             D team@ask.com           Who joins the team tomorrow does not get
      ann      delivered  ─▶   carol@ask.com          yesterday's letter; Carol, who could not be
      carol    put off                                reached, is tried as she stands there.

Without ``one_time`` an alias is expanded anew at each try. With it, an address that was put off is
added to the envelope, with the address that its list came from, and the list counts as done. What
lies between the two is forgotten, and so is what the sender wants to be told.

Law: Exim specification, §22.10 (``one_time``), chapter 57 (how the -H file has it).

Try: ``take_the_place(letter, [member(routing, due)])``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..recipient import Once, Recipient
from ..told import words

if TYPE_CHECKING:
    from ..letter import Letter
    from ..routing.routing import Routing


@dataclass(frozen=True, slots=True)
class Member:
    """One who was put off. ``list`` is what made it; ``due`` its next try, POSIX seconds."""

    address: str
    list: Recipient
    due: float
    errors_to: str = ""


def member(routing: Routing, due: float) -> Member | None:
    """The member of a ``one_time`` list behind an address that was put off, if there is one."""
    address, recipient = routing.address, routing.recipient
    while not address.one_time:
        if address.parent is None or recipient.parent is None:
            return None
        address, recipient = address.parent, recipient.parent
    if recipient.parent is None:
        return None
    return Member(recipient.address, recipient.parent, due, words(address.errors_to or ""))


def take_the_place(letter: Letter, members: Sequence[Member]) -> None:
    """Puts members into the envelope, the last first as Exim does, and marks their lists as done.

    A list stays as it is where its member is in the envelope already, or is itself."""
    head = letter.head
    for each in reversed(members):
        if each.address in head.recipients or each.address == each.list.address:
            continue
        head.once[each.address] = Once(each.list.original.address, each.errors_to)
        head.recipients += (each.address,)
        head.done |= {each.list.unique}
        letter.next_tries[each.address] = each.due
