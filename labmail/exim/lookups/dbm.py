r"""dbm, dbmnz and dbmjz: a Berkeley DB file, as ``exim_dbmbuild`` and other programs write it.

    dbm      the key is stored with a NUL behind it, as exim_dbmbuild does
    dbmnz    without
    dbmjz    the key is a list, whose items are stored with NULs between them and none behind

The formats themselves are read in `berkeley`.

Law: Exim specification, §9.3, §54.9 (exim_dbmbuild). Keys are compared as they are; exim_dbmbuild
writes them in small letters.
"""

from __future__ import annotations

import os
import stat

from labmail.exim.config.split import split
from labmail.exim.lookups.berkeley import NotBerkeley, records
from labmail.exim.lookups.table import Answer, CannotOpen, Question, Table, World, look


class Dbm:
    """The records of a Berkeley DB file."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.records = records(data)

    async def find(self, question: Question, world: World) -> Answer:
        """The data of the record with the key."""
        found = self.records.get(stored(question.name, question.key))
        if found is None:
            return Answer(None, f"{self.path} has no record for {question.key}")
        value = found.partition(b"\0")[0].decode("latin-1")
        return Answer(value, f"{self.path} has a record for {question.key}")


def stored(name: str, key: str) -> bytes:
    r"""The key as that kind of file stores it.

    >>> stored("dbm", "ann"), stored("dbmjz", "ann:ask.com")
    (b'ann\x00', b'ann\x00ask.com')
    """
    if name == "dbmjz":
        return b"\0".join(item.encode("latin-1") for item in split(key))
    return key.encode("latin-1") + (b"\0" if name == "dbm" else b"")


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a Berkeley DB file that may be read."""
    try:
        seen = look(world.files, where)
        if stat.S_ISDIR(seen.st_mode):
            raise IsADirectoryError(21, os.strerror(21))
        return Dbm(where, world.files.read_bytes(where))
    except OSError as wrong:
        words, hint = os.strerror(wrong.errno or 2), ""
    except NotBerkeley as wrong:
        words, hint = os.strerror(2), f"{where} is there, but {wrong}"
    raise CannotOpen(f"failed to open {where} as a db (v4.1+) file: {words}", help=hint)
