"""Where a letter is written: the path of a mailbox, and whether it may be used.

    file = /var/mail/$local_part_data     the transport says it
    directory = $home/Maildir             or this: a folder of letters
    /home/bob/spam                        or an alias file, a .forward, a filter: the address itself

A path is the host's own, and nothing leads out of its tree. Beyond that, the words of a stranger
are not a path: what is tainted is refused.

Law: Exim specification, §26.1, §26.2 (file, directory, create_file, file_must_exist,
allow_symlink).
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from labmail.exim.config.split import split
from labmail.exim.text import Text
from labmail.message.outcome import Deferred

from ..told import words
from .asking import GENERAL, NOT_ABSOLUTE, Asked, Hindered, hinder

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block, Configuration
    from labmail.world import HostFiles

    from .base import Assigned

NOT_REGULAR, NOT_A_FOLDER, UNRECOGNISED, MAY_NOT_BE_MADE = -4, -5, -33, -34
"""Exim's numbers: no regular file; no folder; a format that nobody knows; a file where none may be
made."""
BEGINNING = 200
"""Octets by which a format is recognised."""


class Place(NamedTuple):
    """A path of the host's own, and what lies there."""

    path: str
    kind: Literal["mbox", "maildir", "folder"]


async def mailbox(asked: Asked, assigned: Assigned) -> Place:
    """The mailbox for an address. Raises `Hindered`."""
    path, is_folder = await _path(asked, assigned)
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
    if not is_folder:
        return Place(words(path.text), "mbox")
    kind: Literal["maildir", "folder"] = "maildir" if asked["maildir_format"] else "folder"
    return Place(words(path.text).rstrip("/") or "/", kind)


async def _path(asked: Asked, assigned: Assigned) -> tuple[Text, bool]:
    """The path, and whether it is that of a folder."""
    name = asked.block.name
    given = asked["file"] or asked["directory"]
    if given is None and assigned.recipient.made:
        path = assigned.address.text
        deed = assigned.address.deed
        tainted = path.tainted if deed is None else bool(getattr(deed, "tainted", False))
        return Text(path.text, tainted), path.text.endswith("/") or asked["maildir_format"]
    if given is None:
        raise hinder(f"Mandatory file or directory option missing from {name} transport", GENERAL)
    failing = f'Expansion of "{given}" (file or directory name for {name} transport) failed: '
    told = await asked.expanded(given, failing.__add__, GENERAL)
    if told is None:
        raise hinder(f'{failing}"if" failed and "fail" requested', GENERAL)
    return told, asked["file"] is None


def may_be_made(files: HostFiles, asked: Asked, place: Place) -> None:
    """Whether the mailbox is there, or else may be made. Blocks; raises `Hindered`."""
    path = place.path
    if is_link(files, path) and not asked["allow_symlink"]:
        why = f"mailbox {path} is a symbolic link, and allow_symlink is not set"
        raise Hindered(Deferred(why, NOT_REGULAR, code="4.3.5"))
    try:
        real = files.real(path)
        if real.exists():
            if place.kind == "maildir" and not real.is_dir():
                raise hinder(f"{path} is not a directory", NOT_A_FOLDER)
            return
    except OSError as error:
        why = f"{os.strerror(error.errno or errno.ENOENT)}: mailbox {path}"
        raise Hindered(Deferred(why, error.errno or errno.ENOENT, code="4.3.5")) from None
    if place.kind == "mbox" and asked["file_must_exist"]:
        missing = os.strerror(errno.ENOENT)
        why = f"{missing}: mailbox {path} does not exist, but file_must_exist is set"
        raise Hindered(Deferred(why, errno.ENOENT, code="4.3.5"))
    home = words(asked.context.variables["home"].text)
    if not _inside(path, home, asked["create_file"]):
        why = f"mailbox {path} does not exist, but creation outside the home directory"
        raise Hindered(Deferred(f"{why} is not permitted", MAY_NOT_BE_MADE, code="4.3.5"))


def recognised(
    files: HostFiles, asked: Asked, place: Place, configuration: Configuration
) -> Block | None:
    """The transport that writes a mailbox which begins so, as ``file_format`` has it; None where
    that says nothing. Blocks; raises `Hindered` where no format fits."""
    pairs = list(split(asked["file_format"] or ""))
    if not pairs or place.kind != "mbox":
        return None
    try:
        begins = files.read_bytes(place.path)[:BEGINNING]
    except OSError:
        return None
    if not begins:
        return None
    for text, name in zip(pairs[::2], pairs[1::2], strict=False):
        if begins.startswith(text.encode("latin-1")):
            found = next((each for each in configuration.transports if each.name == name), None)
            if found is None:
                raise hinder(f"{name} transport (for {text} format) not found", UNRECOGNISED)
            return found
    raise hinder("mailbox file format unrecognized", UNRECOGNISED)


def _inside(path: str, home: str, where: str) -> bool:
    """Whether a file may be made there: ``anywhere``, ``belowhome``, ``inhome``.

    >>> _inside("/home/bob/a/b", "/home/bob", "belowhome"), _inside("/home/bob/a/b", "/home/bob",
    ...     "inhome")
    (True, False)
    """
    if where == "anywhere" or not home:
        return True
    if not path.startswith(f"{home}/") or "/../" in path:
        return False
    return where == "belowhome" or "/" not in path[len(home) + 1 :]


def is_link(files: HostFiles, path: str) -> bool:
    """Whether the last part of a path is a symbolic link."""
    above, _, name = path.rpartition("/")
    try:
        return (files.real(above or "/") / name).is_symlink()
    except OSError:
        return False
