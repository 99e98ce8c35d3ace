"""Tables made from a seed: files that nobody would write, and keys that may be in them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from random import Random

from labmail.exim.lookups.cdb import hashed

_SPACE = [" ", "  ", "\t", "\v", "\f", "\r", ""]
_NAMES = ["ann", "ben", "Ann", "a.b", "c", "x_y", "*", "*@d", "*.b", "1", "10.1.2.3"]
_KEYS = [*_NAMES, "a:b", "a#b", "#k", "\xe9", "\xc9", 'a"b', '"', "\\", "a\\b"]
_DATA = ["", "v", "v1 v2", "  v", "v\t", '"q"', ":fail:", "# x", "\xe9", "vvvv", "a\0b"]
_COLONS = [":", "", ":", " :", "::"]
_IDLE = ["", "#c", "# c", "   ", "\t", "  # x", ":", " :", "::", ": x"]
_MORE = ["cont", "more: x", "# no", "", "\xe9"]
_ODD = ["\\n", "\\t", "\\", "\\8", "\\x", "\\xg", "\\1", "\\12", "\\1234", "\\b", "\\a", "\\0"]
_LONG = [4090, 4094, 4095, 4096, 4097, 8190, 8191, 9000]
_AFFIXES = ["", "", "partial-", "partial0-", "partial1()", "partial(.)"]
_DEFAULTS = ["", "", "*", "*@"]
_OPTIONS = ["", ",ret=full", ",ret=key"]
_NETS = [
    "10.0.0.0/8",
    "10.1.2.3",
    "0.0.0.0/0",
    '"2001:db8::/32"',
    '"::/0"',
    "10.1.0.0/99",
    "x/8",
    "*",
]


def text_file(random: Random, keys: list[str] = _KEYS) -> str:
    """A file of the lsearch family."""
    lines = [_line(random, keys) for _ in range(random.randrange(1, 9))]
    if random.random() < 0.1:
        lines = [_long(random, line) if random.random() < 0.4 else line for line in lines]
    end = "\r\n" if random.random() < 0.1 else "\n"
    return end.join(lines) + random.choice([end, end, "", " "])


def net_file(random: Random) -> str:
    """A file of nets and addresses."""
    return text_file(random, _NETS)


def key_for(random: Random, text: str) -> str:
    """A key, which is often one of the file's."""
    own = [
        line.split(":")[0].strip() for line in text.splitlines() if line and line[0] not in ' \t#"'
    ]
    keys = own if own and random.random() < 0.6 else [*_KEYS, "v1", "cont", "a\tb", "a8"]
    return random.choice(keys).split("\0")[0].strip()[:200] or "ann"


def word_for(random: Random, kind: str) -> str:
    """A kind of lookup with things hung on it."""
    return random.choice(_AFFIXES) + kind + random.choice(_DEFAULTS) + random.choice(_OPTIONS)


def cdb_file(records: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A cdb file: records, then 256 hash tables with room to spare."""
    body, slots = b"", [[] for _ in range(256)]  # type: ignore[var-annotated]
    for key, value in records:
        slots[hashed(key) & 255].append((hashed(key), 2048 + len(body)))
        body += struct.pack("<II", len(key), len(value)) + key + value
    header, tables, at = b"", b"", 2048 + len(body)
    for chosen in slots:
        table = [(0, 0)] * (2 * len(chosen))
        for number, place in chosen:
            slot = (number >> 8) % len(table)
            while table[slot] != (0, 0):
                slot = (slot + 1) % len(table)
            table[slot] = (number, place)
        header += struct.pack("<II", at + len(tables), len(table))
        tables += b"".join(struct.pack("<II", *pair) for pair in table)
    return header + body + tables


def source_of(records: Mapping[str, str]) -> str:
    """Records as the text that exim_dbmbuild reads."""
    return "".join(f'"{key}": {value}\n' for key, value in records.items())


def _line(random: Random, keys: list[str]) -> str:
    chance = random.random()
    if chance < 0.1:
        return random.choice(_IDLE)
    if chance < 0.3:
        return random.choice(_SPACE[:3]) + random.choice(_MORE) + random.choice(_SPACE)
    key = random.choice(keys) if chance < 0.8 else _quoted(random, random.choice(keys))
    gaps = [random.choice(_SPACE) for _ in range(3)]
    return key + gaps[0] + random.choice(_COLONS) + gaps[1] + random.choice(_DATA) + gaps[2]


def _quoted(random: Random, key: str) -> str:
    """A key in quotes, some characters as escapes, now and then an odd one."""
    escaped = "".join(
        random.choice([c, c, f"\\{c}", f"\\x{ord(c):02x}", f"\\{ord(c):o}"]) for c in key.strip('"')
    )
    odd = random.choice(_ODD) if random.random() < 0.2 else ""
    return f'"{escaped}{odd}' + random.choice(['"', '"', '"', ""])


def _long(random: Random, line: str) -> str:
    """A line that does not fit into one of Exim's pieces."""
    filler = random.choice(["z", " ", "z z", "\t", "y"])
    return line + filler * (random.choice(_LONG) // len(filler)) + random.choice(["", " ", " tail"])
