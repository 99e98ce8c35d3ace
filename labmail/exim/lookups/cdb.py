"""cdb: a file with a constant index, read in two steps however large it is.

    0           2048                                      ┌ 256 hash tables ┐
    ┌───────────┬──────────────────────────────────────────┬────┬────┬───────┐
    │ 256 times │ key length, data length, key, data, …    │    │    │   …   │
    │ where,    │                                          │    │    │       │
    │ how many  │                                          │    │    │       │
    └───────────┴──────────────────────────────────────────┴────┴────┴───────┘

The low octet of the key's hash chooses a table, the rest the slot in it where the search begins. A
slot holds a hash and the place of its record; an empty one ends the search. All numbers are 32 bits
wide with the low octet first.

Law: Exim specification, §9.3; Daniel J. Bernstein, "A structure for constant databases". Keys are
compared as they are, capitals too.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator

from labmail.exim.errors import Deferred
from labmail.exim.lookups.lsearch import cannot_open
from labmail.exim.lookups.table import Answer, CannotOpen, Question, Table, World, look

_HEADER = 2048
_PAIR = struct.Struct("<II")


class Cdb:
    """The octets of a cdb file."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data

    async def find(self, question: Question, world: World) -> Answer:
        """The data of the first record with the key. Deferred if the file is damaged."""
        try:
            found = self.get(question.key.encode("latin-1"))
        except struct.error:
            raise Deferred(f"cdb: corrupt cdb file {self.path} (too short)") from None
        if found is None:
            return Answer(None, f"{self.path} has no record for {question.key}")
        return Answer(found.decode("latin-1"), f"{self.path} has a record for {question.key}")

    def get(self, key: bytes) -> bytes | None:
        """The data of a key. struct.error where the file points behind its end."""
        wanted = hashed(key)
        for found, place in self._slots(wanted):
            if found == wanted:
                key_length, length = _PAIR.unpack_from(self.data, place)
                start = place + _PAIR.size
                if self.data[start : start + key_length] == key:
                    start += key_length
                    return self.data[start : start + length]
        return None

    def _slots(self, wanted: int) -> Iterator[tuple[int, int]]:
        """The hashes and places in a table, from where the search begins to the first gap."""
        start, slots = _PAIR.unpack_from(self.data, (wanted & 255) * _PAIR.size)
        for number in range(slots):
            at = (wanted // 256 + number) % slots
            found, place = _PAIR.unpack_from(self.data, start + at * _PAIR.size)
            if place == 0:
                return
            yield found, place


def hashed(key: bytes) -> int:
    """The hash of a key.

    >>> hashed(b"ann") % 256
    4
    """
    number = 5381
    for octet in key:
        number = (number * 33 & 0xFFFFFFFF) ^ octet
    return number


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a regular file that begins with an index."""
    try:
        seen = look(world.files, where)
        if stat.S_ISDIR(seen.st_mode):
            words = f"cannot read header from {where}"
            raise CannotOpen(f"failed to open {words} for cdb lookup: {os.strerror(21)}")
        data = world.files.read_bytes(where)
    except OSError as wrong:
        raise cannot_open(where, "cdb lookup", wrong) from None
    if len(data) < _HEADER:
        raise CannotOpen(f"failed to open {where} too short for cdb lookup: Success")
    return Cdb(where, data)
