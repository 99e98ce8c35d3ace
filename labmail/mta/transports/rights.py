"""What users may make the mail system do with files: no more than they could do themselves.

A file that stands in an alias file is the administrator's wish. One that stands in a .forward file
or a filter is the user's, and the delivery goes on as this user: it writes where she may write, and
reads what she may read. Nobody becomes anybody here; the host's table of owners says who may what.

Law: Exim specification, chapter 23 (the user of a local delivery), §26.9.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any

from labmail.exim.routing.files import may_read
from labmail.message.outcome import Deferred

from ..ownership import FIRST_UID
from ..told import octets
from .asking import Asked, Hindered

if TYPE_CHECKING:
    from .base import Assigned


WRONG = {"uid": -6, "gid": -7}
"""Exim's numbers for a mailbox of somebody else, and of another group."""


def check_write(asked: Asked, assigned: Assigned, path: str) -> None:
    """Whether the user behind an address that was made for her may write there. Blocks; raises
    `Hindered`."""
    user = assigned.address.user
    if not assigned.recipient.made or user is None or not user.uid:
        return
    if not may_write(asked.context.files, octets(path), user.uid, user.gid or 0):
        raise _refused(path, str(user))


def check_owner(asked: Asked, assigned: Assigned, path: str) -> None:
    """Whether a mailbox that is there belongs to whom it is filled for. Files of the system's own
    are nobody's in particular here. Blocks; raises `Hindered`."""
    user = assigned.address.user
    if user is None or not user.uid:
        return
    files: Any = asked.context.files
    try:
        status = files.stat(files.realpath(octets(path)))
    except OSError:
        return
    if not stat.S_ISREG(status.st_mode) or status.st_uid < FIRST_UID:
        return
    if asked["check_owner"] and status.st_uid != user.uid:
        raise _not_whose("uid", path, status.st_uid, user.uid)
    if asked["check_group"] and user.gid is not None and status.st_gid != user.gid:
        raise _not_whose("gid", path, status.st_gid, user.gid)


def _not_whose(what: str, path: str, found: int, expected: int) -> Hindered:
    why = f"mailbox {path} has wrong {what} ({found} != {expected})"
    return Hindered(Deferred(why, WRONG[what], code="4.3.5"))


def check_read(asked: Asked, assigned: Assigned, path: str) -> None:
    """The same, for reading."""
    user = assigned.address.user
    if not assigned.recipient.made or user is None or not user.uid:
        return
    files: Any = asked.context.files
    try:
        whole = files.realpath(octets(path))
        files.stat(whole)
    except OSError:
        return  # whoever opens it will say what is wrong
    if not may_read(files, whole, user.uid, user.gid or 0):
        raise _refused(path, str(user))


def may_write(files: Any, path: str, uid: int, gid: int) -> bool:
    """Do the modes let that user write to it, or make it where it is not there?"""
    try:
        whole = files.realpath(path)
    except OSError:
        return False
    while True:
        try:
            status = files.stat(whole)
        except FileNotFoundError:
            whole = whole.rpartition("/")[0] or "/"
            continue
        except OSError:
            return False
        return _lets(status, uid, gid)


def _lets(status: os.stat_result, uid: int, gid: int) -> bool:
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid == uid:
        return bool(mode & 0o200)
    return bool(mode & (0o020 if status.st_gid == gid else 0o002))


def _refused(path: str, who: str) -> Hindered:
    why = f"{os.strerror(errno.EACCES)}: {path} is not for {who}"
    return Hindered(Deferred(why, errno.EACCES, code="4.3.5"))
