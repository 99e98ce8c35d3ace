"""The records of a Berkeley DB file, of its two usual kinds: hash and B-tree.

The file is a row of pages of one size. The first describes the file; each of the others says in its
header what it is and where its items lie:

    ┌────────────────────────────┬──────────┬─────── free ───────┬────────┬────────┐
    │ header: next page, number  │ where is │                    │ item 1 │ item 0 │
    │ of items, type of page     │ 0, 1, …  │                    │        │        │
    └────────────────────────────┴──────────┴────────────────────┴────────┴────────┘

Items come in pairs, a key and its data. One that is too large for a page points to a chain of
*overflow* pages. The hash and the tree only say on which page a key lies, so whoever wants all
records needs neither: this reader goes through the pages and collects them.

Law: Berkeley DB 5.3, whose library is what Exim is built with; it writes the numbers in the byte
order of its machine, and reads both. Of several records with one key the first counts.

Try: ``records(open("/etc/aliases.db", "rb").read())``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HASH, _BTREE = 0x061561, 0x053162
_HASH_PAGES, _TREE_LEAF, _OVERFLOW = (2, 13), 5, 7
_TREE_INNER, _NUMBERED_INNER, _DUPLICATES = 3, 4, (6, 12)
_HEADER = 26
"""The octets of a page before the list of its items."""

_PLAIN, _SEVERAL, _ELSEWHERE, _MANY = 1, 2, 3, 4
"""What the first octet of an item says: it is here, it is several data of one key, it lies in a
chain of pages, it is so many data that they have pages of their own."""
_DELETED = 0x80
_DEEPEST = 32
"""Levels of a tree: more than a file of any size has."""


class NotBerkeley(ValueError):
    """The octets are no Berkeley DB file that this reader knows."""


def records(data: bytes) -> dict[bytes, bytes]:
    """All records of a file, keys and data as they are stored. NotBerkeley for anything else."""
    try:
        found: dict[bytes, bytes] = {}
        for key, value in _Pages(data).pairs():
            found.setdefault(key, value)
        return found
    except (struct.error, IndexError, KeyError) as wrong:
        raise NotBerkeley("it is damaged") from wrong


class _Page:
    """One page: its number, type and items."""

    def __init__(self, file: _Pages, number: int) -> None:
        self.file = file
        self.start = number * file.size
        order = file.order
        self.next, self.count, self.length = struct.unpack_from(
            f"{order}IHH", file.data, self.start + 16
        )
        self.type = file.data[self.start + 25]

    def offsets(self) -> tuple[int, ...]:
        """Where in the page each item begins."""
        return struct.unpack_from(
            f"{self.file.order}{self.count}H", self.file.data, self.start + _HEADER
        )


class _Pages:
    """A file as pages."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        for self.order in "<>":
            if len(data) >= 512:
                self.magic, _, self.size = struct.unpack_from(f"{self.order}III", data, 12)
                if self.magic in (_HASH, _BTREE) and self.size >= 512:
                    break
        else:
            raise NotBerkeley("it is no Berkeley DB file")
        if data[24]:
            raise NotBerkeley("it is encrypted")

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys and data, page by page."""
        items = self._hash_items if self.magic == _HASH else self._tree_items
        for number in range(1, len(self.data) // self.size):
            found = items(_Page(self, number))
            yield from zip(found[::2], found[1::2], strict=False)

    def _hash_items(self, page: _Page) -> list[bytes]:
        """The items of a hash page, which end where the one before begins."""
        if page.type not in _HASH_PAGES:
            return []
        items, end = [], self.size
        for offset in page.offsets():
            item = self.data[page.start + offset : page.start + end]
            items.append(item[1:] if item[0] == _PLAIN else self._hash_item(item))
            end = offset
        return items

    def _hash_item(self, item: bytes) -> bytes:
        """An item that is not simply there; of several data the first."""
        if item[0] == _SEVERAL:
            (length,) = struct.unpack_from(f"{self.order}H", item, 1)
            return item[3 : 3 + length]
        (page,) = struct.unpack_from(f"{self.order}I", item, 4)
        if item[0] == _MANY:
            return self._first_of_many(page)
        return self._chain(page, struct.unpack_from(f"{self.order}I", item, 8)[0])

    def _tree_items(self, page: _Page) -> list[bytes]:
        """The items of a leaf of the tree, each with its length in front."""
        if page.type != _TREE_LEAF:
            return []
        places = [page.start + offset for offset in page.offsets()]
        return [
            self._tree_item(place)
            for pair in zip(places[::2], places[1::2], strict=False)
            if not self.data[pair[1] + 2] & _DELETED
            for place in pair
        ]

    def _tree_item(self, at: int) -> bytes:
        length, kind = struct.unpack_from(f"{self.order}HB", self.data, at)
        if kind == _PLAIN:
            return self.data[at + 3 : at + 3 + length]
        page, length = struct.unpack_from(f"{self.order}II", self.data, at + 4)
        return self._first_of_many(page) if kind == _SEVERAL else self._chain(page, length)

    def _first_of_many(self, number: int) -> bytes:
        """The first of the data that have a tree of pages of their own."""
        for _ in range(_DEEPEST):
            page = _Page(self, number)
            at = page.start + page.offsets()[0]
            if page.type in _DUPLICATES:
                return self._tree_item(at)
            inner = {_TREE_INNER: at + 4, _NUMBERED_INNER: at}[page.type]
            (number,) = struct.unpack_from(f"{self.order}I", self.data, inner)
        raise NotBerkeley("it is damaged")

    def _chain(self, number: int, length: int) -> bytes:
        """What overflow pages hold, from one to the next."""
        parts: list[bytes] = []
        while number and length > 0:
            page = _Page(self, number)
            if page.type != _OVERFLOW or len(parts) > len(self.data) // self.size:
                raise NotBerkeley("it is damaged")
            start = page.start + _HEADER
            parts.append(self.data[start : start + min(page.length, length)])
            length -= page.length
            number = page.next
        return b"".join(parts)
