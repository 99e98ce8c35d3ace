r"""The -H file: envelope, facts and header of a waiting letter, as Exim writes them.

    1vwz8C-000001-00-H                      its own name
    Debian-exim 100 102                     who wrote it: login, uid, gid
    <alice@example.com>                     the envelope's sender
    1772442000 0                            when it came in; how often its sender was warned
    -helo_name games.example.com            facts, one on a line: how it came in
    -host_address [128.10.12.3]:49152
    -received_protocol esmtpsa
    -aclm _letter 19                        a variable: name, length, and the value below
    alice@example.com/1
    -spool_file_wireformat                  the -D file has CR LF line ends
    -dsn_envid QQ314159                     what MAIL said of reports: ENVID=, and RET= below
    -dsn_ret 2                              1 FULL, 2 HDRS
    XX                                      who is done already (a tree; XX: nobody)
    3                                       how many recipients
    bob@ask.com
    carol@ask.com rfc822;c@ask.com 16,8  0,-1#3     with ORCPT= and its length, NOTIFY= in bits
    dave@ask.com  0,0 owner@ask.com 13,0#3          in the place of recipient 0, a list read once
                                            a blank line
    163P Received: from games.example.com …     the header: length, a letter for its kind
    027F From: alice@example.com

The lab keeps its own name for the letter, and the event from which its story goes on, in variables
of the kind that an ACL could set, so that the file stays one that Exim could read.

Law: Exim specification, chapter 57 ("Format of spool files").

Try: ``print(write(read(path.read_bytes())).decode())``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from labmail.message.field import Field
from labmail.smtp import Wishes

from ..recipient import Once
from . import spoolrecipients

_FRACTION = re.compile(r"\.[0-9]{1,6}")

OWNER = "Debian-exim 100 102"
RET = {"FULL": "1", "HDRS": "2"}
KINDS = {
    "bcc": b"B",
    "cc": b"C",
    "from": b"F",
    "message-id": b"I",
    "received": b"P",
    "reply-to": b"R",
    "sender": b"S",
    "to": b"T",
}


class SpoolFormatError(ValueError):
    """A -H file that cannot be read: says which line, what was found and what was expected."""


@dataclass(slots=True, kw_only=True)
class SpoolHeader:
    """What a -H file says. ``received`` is POSIX seconds; ``sender`` is "" for ``<>``."""

    id: str
    sender: str
    received: float
    recipients: tuple[str, ...]
    done: frozenset[str] = frozenset()
    """Addresses that need no more delivery, by their `Recipient.unique`."""
    fields: tuple[Field, ...] = ()
    warned: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    """``helo_name`` → ``games.example.com``; a fact without a value is ""."""
    variables: dict[str, str] = field(default_factory=dict)
    """``_letter`` → ``alice@example.com/1``."""
    wishes: Wishes = field(default_factory=Wishes)
    """What the sender wants to be told (RFC 3461)."""
    once: dict[str, Once] = field(default_factory=dict)
    """Recipients who stand in the place of a list, and where they came from."""
    mark: int = field(default=0, compare=False, repr=False)
    """A checksum of what the disk says; with another one, there is something to be written."""


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def write(header: SpoolHeader) -> bytes:
    """The bytes of the file."""
    whole = int(header.received)
    micro = min(round((header.received - whole) * 1e6), 999_999)
    lines = [
        f"{header.id}-H",
        OWNER,
        f"<{header.sender}>",
        f"{whole} {header.warned}",
        f"-received_time_usec .{micro:06}",
    ]
    lines += [f"-{name} {value}".rstrip() for name, value in list(header.facts.items())]
    lines += [f"-dsn_envid {header.wishes.envid}"] if header.wishes.envid else []
    lines += [f"-dsn_ret {RET[header.wishes.ret]}"] if header.wishes.ret else []
    for name, value in list(header.variables.items()):
        lines += [f"-aclm {name} {len(value.encode('utf-8', 'surrogateescape'))}", value]
    lines += list(_tree(sorted(header.done)))
    lines += [str(len(header.recipients)), *spoolrecipients.lines(header), ""]
    head = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    return head + b"".join(_written(each) for each in header.fields)


def _tree(names: Sequence[str]) -> Iterator[str]:
    """A balanced binary tree, each node before its left and its right branch; Y: there is one."""
    if not names:
        yield "XX"
        return
    stack = [(0, len(names))]
    while stack:
        low, high = stack.pop()
        middle = (low + high) // 2
        left, right = low < middle, middle + 1 < high
        yield f"{'Y' if left else 'N'}{'Y' if right else 'N'} {names[middle]}"
        if right:
            stack.append((middle + 1, high))
        if left:
            stack.append((low, middle))


def _written(each: Field) -> bytes:
    text = each.raw.replace(b"\r\n", b"\n")
    return b"%03d%s %s" % (len(text), KINDS.get(each.name.lower(), b" "), text)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read(content: bytes) -> SpoolHeader:
    """What the file says. Raises `SpoolFormatError`."""
    return _Reader(content).header()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.at, self.number = content, 0, 0

    def header(self) -> SpoolHeader:
        name = self._line("the name of the file")
        if not name.endswith("-H"):
            raise self._error("the name of the file, ending in -H", name)
        self._line("login, uid and gid of the writer")
        sender = self._line("the sender in angle brackets")
        if not (sender.startswith("<") and sender.endswith(">")):
            raise self._error("the sender in angle brackets", sender)
        times = self._line("the time of arrival and the number of warnings").split()
        if len(times) != 2 or not all(part.isdecimal() for part in times):
            raise self._error("the time of arrival and the number of warnings", " ".join(times))
        header = SpoolHeader(
            id=name[:-2], sender=sender[1:-1], received=float(times[0]), recipients=()
        )
        header.warned = int(times[1])
        line = self._facts(header)
        header.done = frozenset(self._tree(line))
        header.wishes = self._wishes(header)
        self._recipients(header)
        header.fields = tuple(self._fields())
        fraction = header.facts.pop("received_time_usec", ".0")
        if not _FRACTION.fullmatch(fraction):
            raise self._error("microseconds as .123456", fraction)
        header.received += float(f"0{fraction}")
        return header

    def _facts(self, header: SpoolHeader) -> str:
        """Reads the lines with a hyphen; gives the first one without."""
        while (line := self._line("a fact, or the tree of those who are done")).startswith("-"):
            name, _, value = line.lstrip("-").partition(" ")
            if name in ("aclm", "aclc"):
                variable, _, size = value.rpartition(" ")
                header.variables[variable] = self._sized(size, value)
            else:
                header.facts[name] = value
        return line

    def _sized(self, size: str, line: str) -> str:
        if not size.isdecimal():
            raise self._error("the length of a variable", line)
        end = self.at + int(size)
        if self.content[end : end + 1] != b"\n":
            raise self._error(f"a value of {size} octets", line)
        value = self.content[self.at : end]
        self.at, self.number = end + 1, self.number + 1 + value.count(b"\n")
        return value.decode("utf-8", "surrogateescape")

    def _tree(self, line: str) -> Iterator[str]:
        if line == "XX":
            return
        missing = 1
        while True:
            if len(line) < 4 or line[0] not in "YN" or line[1] not in "YN" or line[2] != " ":
                raise self._error("two letters Y or N and an address", line)
            yield line[3:]
            missing += line[:2].count("Y") - 1
            if not missing:
                return
            line = self._line("a further address that is done")

    def _wishes(self, header: SpoolHeader) -> Wishes:
        ret = header.facts.pop("dsn_ret", "")
        envid = header.facts.pop("dsn_envid", "")
        known = {number: word for word, number in RET.items()}
        if ret and ret not in known:
            raise self._error("-dsn_ret 1 or 2", ret)
        return Wishes(ret=known.get(ret, ""), envid=envid)

    def _recipients(self, header: SpoolHeader) -> None:
        """The recipients, what their senders want to be told, and whose place they have taken."""
        count = self._line("the number of recipients")
        if not count.isdecimal():
            raise self._error("the number of recipients", count)
        spoolrecipients.note([self._line("a recipient") for _ in range(int(count))], header)
        if blank := self._line("a blank line"):
            raise self._error("a blank line", blank)

    def _fields(self) -> Iterator[Field]:
        while self.at < len(self.content):
            digits = self.at
            while self.content[digits : digits + 1].isdigit():
                digits += 1
            size = self.content[self.at : digits]
            start = digits + 2
            end = start + int(size or b"0")
            text = self.content[start:end]
            if not size or self.content[digits + 1 : start] != b" " or not text.endswith(b"\n"):
                found = repr(self.content[self.at :][:40])
                raise self._error("a header line with its length", found)
            if self.content[digits : digits + 1] != b"*":  # a line that was deleted, but is kept
                yield Field(text.replace(b"\n", b"\r\n"))
            self.at, self.number = end, self.number + text.count(b"\n")

    def _line(self, expected: str) -> str:
        end = self.content.find(b"\n", self.at)
        self.number += 1
        if end < 0:
            raise self._error(expected, "the end of the file")
        line = self.content[self.at : end]
        self.at = end + 1
        return line.decode("utf-8", "surrogateescape")

    def _error(self, expected: str, found: str) -> SpoolFormatError:
        return SpoolFormatError(f"line {self.number}: expected {expected}, found {found[:80]}")
