"""Where a letter is written: the path of a mailbox, and whether it may be used.

    file = /var/mail/$local_part_data     the transport says it
    directory = $home/Maildir             or this: a folder of letters
    /home/bob/spam                        or an alias file, a .forward, a filter: the address itself

A path is the host's own, and nothing leads out of its tree. Beyond that, the words of a stranger
are not a path: what is tainted is refused.

Law: Exim specification, §26.1, §26.2 (file, directory, create_file).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.text import Text

from ..told import octets, words
from .asking import GENERAL, NOT_ABSOLUTE, Asked, hinder

if TYPE_CHECKING:
    from .base import Assigned


async def mailbox(asked: Asked, assigned: Assigned) -> str:
    """The path of the mailbox for an address. Raises `Hindered`."""
    path = await _path(asked, assigned)
    name = asked.block.name
    if path.tainted:
        raise hinder(
            f"Tainted '{path.text}' (file or directory name for {name} transport) not permitted",
            GENERAL,
        )
    if not path.text.startswith("/"):
        raise hinder(
            f'appendfile: file or directory name "{path.text}" is not absolute', NOT_ABSOLUTE
        )
    return words(path.text)


async def _path(asked: Asked, assigned: Assigned) -> Text:
    name = asked.block.name
    given = asked["file"] or asked["directory"]
    if given is None and assigned.recipient.made:
        return Text(octets(assigned.recipient.address))
    if given is None:
        raise hinder(f"Mandatory file or directory option missing from {name} transport", GENERAL)
    failing = f'Expansion of "{given}" (file or directory name for {name} transport) failed: '
    told = await asked.expanded(given, failing.__add__, GENERAL)
    if told is None:
        raise hinder(f"{failing}it was forced to fail", GENERAL)
    return told
