"""`require_files`: the files that have to be there, or must not be.

    require_files = $home/.forward            there
    require_files = !/etc/nologin             not there
    require_files = bob : $home/.procmailrc   there, and bob may read it
    require_files = +/home/x/file             a folder that may not be entered counts as "not there"

Whether bob may read it is worked out from the modes of the file and of the folders above it; nobody
becomes bob.

Law: Exim specification, chapter 15 (require_files).
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any

from labmail.exim.config.split import SPACE, split
from labmail.exim.text import Text

from .outcome import Defer, Settled

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from .desk import Desk


async def required_files(desk: Desk, router: Block) -> bool:
    """Is everything as `require_files` wants it?"""
    who: tuple[int, int] | None = None
    for item in split(router["require_files"]):
        failing = f'failed to expand "{item}" for require_files: '
        told = await desk.expanded(item, failing.__add__)
        if told is None or not told.text:
            continue
        if "/" not in told.text:
            who = _person(desk, told.text)
        elif not _as_wanted(desk, router, told, who):
            return False
    return True


def _person(desk: Desk, text: str) -> tuple[int, int]:
    """`user` or `user,group`: as whom the files after it are looked at."""
    name, comma, group = text.partition(",")
    people = desk.configuration.people
    person = people.user(name)
    if person is None and not name.isdigit():
        raise Settled(Defer(f'user "{name}" for require_files not found'))
    uid = int(name) if person is None else person.uid
    if comma:
        gid = int(group) if group.isdigit() else people.group(group)
        if gid is None:
            raise Settled(Defer(f'group "{group}" for require_files not found\n'))
        return uid, gid
    if person is None:
        raise Settled(Defer(f"group missing after numerical uid {uid} for require_files"))
    return uid, person.gid


def _as_wanted(desk: Desk, router: Block, item: Text, who: tuple[int, int] | None) -> bool:
    path, lenient, absent = item.text, False, False
    if path.startswith("+"):
        path, lenient = path[1:].lstrip(SPACE), True
    if path.startswith("!"):
        path, absent = path[1:].lstrip(SPACE), True
    if not path.startswith("/"):
        raise Settled(Defer(f'require_files: "{path}" is not absolute'))
    there = _there(desk, path, who, lenient)
    desk.note(
        router,
        f"is {path} {'absent' if absent else 'there'}?",
        "yes" if there != absent else "no",
        "",
        "require_files",
        about=(path, absent),
    )
    return there != absent


def _there(desk: Desk, path: str, who: tuple[int, int] | None, lenient: bool) -> bool:
    try:
        desk.context.files.stat(path)
    except PermissionError as problem:
        if lenient:
            return False
        raise _undecided(path, problem) from None
    except OSError as problem:
        if problem.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP):
            return False
        raise _undecided(path, problem) from None
    return who is None or may_read(desk.context.files, path, *who)


def _undecided(path: str, problem: OSError) -> Settled:
    said = os.strerror(problem.errno or 0)
    return Settled(Defer(f"require_files: error for {path}: {said}"))


def may_read(files: Any, path: str, uid: int, gid: int) -> bool:
    """Do the modes let that user read it, and walk to it?"""
    if uid == 0:
        return True
    folders = path.split("/")[1:-1]
    above = ["/", *("/" + "/".join(folders[: end + 1]) for end in range(len(folders)))]
    try:
        return all(_lets(files.stat(folder), uid, gid, 1) for folder in above) and _lets(
            files.stat(path), uid, gid, 4
        )
    except OSError:
        return False


def _lets(status: os.stat_result, uid: int, gid: int, right: int) -> bool:
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid == uid:
        return bool(mode & right << 6)
    if status.st_gid == gid:
        return bool(mode & right << 3)
    return bool(mode & right)
