"""A folder of letters: a file for each, whose name is known when it is there.

    temp.1vwz8C-000001-00.1.mail.ask.com      written and synced under a name for the time being
    q1vwz8C-4711                              then renamed: ``directory_file`` may name $inode

So nobody ever sees half a letter, and two letters never have one name.

Law: Exim specification, §26.2 (directory, directory_file, create_directory).

Try: ``directory = /srv/letters``.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from labmail.exim.text import Text
from labmail.mda import folder
from labmail.message.outcome import Deferred, Delivered, Outcome

from ..told import words
from .asking import Asked, Hindered

if TYPE_CHECKING:
    from .base import Hands


async def into_folder(asked: Asked, content: bytes, path: str, hands: Hands) -> Outcome:
    """Writes a letter into the folder ``path``. Raises `Hindered`."""
    known, mode = asked.context.variables, asked["mode"]
    new = f"temp.{known['message_exim_id'].text}.{hands.next_number()}.{hands.hostname}"
    make = may_make(asked)
    try:
        draft = await hands.disk(folder.begin, hands.files, path, new, content, mode, make)
    except OSError as error:
        return not_made(error, f"{path}/{new}")
    name = ""
    try:
        known["inode"] = Text(str(draft.inode))
        name = await name_of(asked)
        await hands.disk(folder.finish, hands.files, draft, name)
    except Hindered:
        await hands.disk(folder.give_up, hands.files, draft)
        raise
    except OSError as error:
        with suppress(OSError):
            await hands.disk(folder.give_up, hands.files, draft)
        said = f"while renaming {path}/{new} as {path}/{name}"
        why = f"{os.strerror(error.errno or 0)}: {said}"
        return Deferred(why, error.errno or 0, code="4.3.0")
    return Delivered(f"{path}/{name}", file=f"{path}/{name}")


async def name_of(asked: Asked) -> str:
    """The name of a letter's file. Raises `Hindered`."""
    given, transport = asked["directory_file"], asked.block.name
    failing = f'Expansion of "{given}" (directory_file for {transport} transport) failed: '
    told = await asked.expanded(given, failing.__add__, 0)
    return words(told.text) if told is not None else ""


def may_make(asked: Asked) -> int | None:
    """The rights of the folder, where it may be made; None where it may not."""
    return asked["directory_mode"] if asked["create_directory"] else None


def not_made(error: OSError, path: str) -> Deferred:
    """The outcome where the file could not be made."""
    number = errno.ENOTDIR if error.errno == errno.EEXIST else error.errno or 0
    return Deferred(f"{os.strerror(number)}: while creating file {path}", number, code="4.3.0")
