"""Reading a zone file: the format that BIND shares with the RFC, line by line.

An entry is a line, or several inside parentheses. It names an owner, a time to live, a class, a
type and data; what is left out is taken from the entry before::

    $TTL 3600
    @     IN  SOA  ns hostmaster ( 2026030201 3600 600 604800 300 )
          IN  NS   ns                   ; no owner: that of the entry before
          IN  MX   10 mail              ; no final dot: mail.ask.com.
    mail      A    128.10.30.2

The frame (entries, owners, times, ``$``-directives) is read here, so that every complaint knows its
line and column; the data of each record is dnspython's business. Reading goes on after a mistake:
all of them are told together.

Law: RFC 1035 §5.1, RFC 2308 §4 ($TTL). Try: ``python -m labmail.dns ask.com FILE``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.ttl
from dns.name import Name
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA

from . import generate, recordfields
from .entries import Entry, Token, entries
from .problems import NOWHERE, ConfigError, Problem, Spot, nearest

MOST_FILES = 20
"""Files that one zone may be spread over by ``$INCLUDE`` inside ``$INCLUDE``."""

_CLASSES = frozenset({"IN", "CH", "HS", "CLASS1"})


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record: owner, seconds to live, type and data, and where it was written."""

    owner: Name
    ttl: int
    rdtype: RdataType
    rdata: Rdata
    spot: Spot = NOWHERE


@dataclass
class MasterFile:
    """Everything that a zone file says, in its order, and what is wrong with it."""

    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(
    path: str, origin: Name, read_text: Callable[[str], str], directory: str = "/etc/bind"
) -> MasterFile:
    """Reads the zone file ``path`` of the zone ``origin``. Never raises for what is in it.

    ``read_text`` opens a path of the host; ``$INCLUDE`` goes through it too, with relative names
    below ``directory``.
    """
    reader = _Reader(origin, read_text, directory)
    reader.file(Token(path, Spot(path)), ())
    return reader.result


class _Reader:
    """Walks through the entries with what is carried from one to the next."""

    def __init__(self, origin: Name, read_text: Callable[[str], str], directory: str) -> None:
        self.zone = self.origin = origin
        self.read_text, self.directory = read_text, directory
        self.owner: Name | None = None
        self.default_ttl: int | None = None
        self.last_ttl: int | None = None
        self.result = MasterFile()

    def file(self, path: Token, outer: tuple[str, ...]) -> None:
        name = path.text
        try:
            if name in outer or len(outer) > MOST_FILES:
                raise _wrong(path, "file includes itself", "another file")
            text = self.text(path)
            for entry in entries(text, name):
                try:
                    self.entry(entry, (*outer, name))
                except ConfigError as error:
                    self.result.problems += error.problems
        except ConfigError as error:
            self.result.problems += error.problems

    def text(self, path: Token) -> str:
        """The text of a file. Bytes that are no UTF-8 come as surrogates: refused."""
        try:
            text = self.read_text(path.text)
        except OSError as error:
            words = "file not found" if isinstance(error, FileNotFoundError) else error.strerror
            raise ConfigError(Problem(str(words), path.spot, path.text)) from None
        if bad := re.search(r"[\ud800-\udfff\0]", text):
            before = text[: bad.start()]
            line, column = before.count("\n") + 1, bad.start() - before.rfind("\n")
            spot, found = Spot(path.text, line, column), f"byte 0x{ord(bad[0]) & 0xFF:02X}"
            raise ConfigError(Problem("bad character", spot, found, "text in UTF-8"))
        return text

    def entry(self, entry: Entry, files: tuple[str, ...]) -> None:
        first, *rest = entry.tokens
        if entry.indented:
            if self.owner is None:
                raise _wrong(first, "no current owner name", "an owner in the first column", "@")
            self.record(self.owner, entry.tokens)
        elif first.text.startswith("$"):
            self.directive(first, rest, files)
        else:
            self.owned(entry.tokens)

    def owned(self, tokens: Sequence[Token]) -> None:
        """An entry whose first token is the owner."""
        self.owner = _name(tokens[0], self.origin)
        if len(tokens) == 1:
            raise _wrong(tokens[0], "unexpected end of line", "a type and data after the owner")
        self.record(self.owner, tokens[1:])

    def directive(self, word: Token, rest: list[Token], files: tuple[str, ...]) -> None:
        known = ("$ORIGIN", "$TTL", "$INCLUDE", "$GENERATE")
        what = word.text.upper()
        if what not in known:
            close = nearest(what, known) or ", ".join(known)
            raise _wrong(word, f"unknown $ directive '{word.text}'", "", close)
        if not rest:
            raise _wrong(word, "unexpected end of line", f"a value after {what}")
        if what == "$ORIGIN":
            self.origin = _name(rest[0], self.origin)
        elif what == "$TTL":
            self.default_ttl = _ttl(rest[0])
        elif what == "$INCLUDE":
            self.include(rest, files)
        else:
            self.generate(word, rest)

    def include(self, rest: list[Token], files: tuple[str, ...]) -> None:
        """Reads another file here; origin and owner are afterwards as before (RFC 1035 §5.1)."""
        saved = self.origin, self.owner
        if len(rest) > 1:
            self.origin = _name(rest[1], self.origin)
        name = rest[0].text.strip('"')
        path = name if name.startswith("/") else f"{self.directory}/{name}"
        self.file(Token(path, rest[0].spot), files)
        self.origin, self.owner = saved

    def generate(self, word: Token, rest: list[Token]) -> None:
        for tokens in generate.lines(word, rest):
            self.owned(tokens)

    def record(self, owner: Name, tokens: Sequence[Token]) -> None:
        ttl, (kind, *data) = self.frame(tokens)
        try:
            rdtype = dns.rdatatype.from_text(kind.text)
        except dns.exception.DNSException:
            close = nearest(kind.text.upper(), recordfields.FIELDS)
            what = f"unknown RR type '{kind.text}'"
            raise _wrong(kind, what, "a type such as A or MX", close) from None
        if not owner.is_subdomain(self.zone):
            shown = owner.to_text(omit_final_dot=True)
            self.warn(kind, f"ignoring out-of-zone data ({shown})", f"names in {self.zone}")
            return
        rdata = self.rdata(rdtype, kind, data)
        if ttl is None:
            ttl = self.implied_ttl(kind, rdata)
        self.last_ttl = ttl
        self.result.records.append(Record(owner, ttl, rdtype, rdata, kind.spot))

    def frame(self, tokens: Sequence[Token]) -> tuple[int | None, Sequence[Token]]:
        """Takes TTL and class, in either order, from before the type."""
        ttl: int | None = None
        rest = tokens
        for _ in range(2):
            if rest and rest[0].text.upper() in _CLASSES:
                if rest[0].text.upper() not in ("IN", "CLASS1"):
                    raise _wrong(rest[0], "class does not match zone", "IN")
                rest = rest[1:]
            elif ttl is None and rest and rest[0].text[:1].isdigit():
                ttl, rest = _ttl(rest[0]), rest[1:]
        if not rest:
            raise _wrong(tokens[-1], "unexpected end of line", "a type and data")
        return ttl, rest

    def rdata(self, rdtype: RdataType, kind: Token, data: list[Token]) -> Rdata:
        text = " ".join(token.text for token in data)
        try:
            rdata = dns.rdata.from_text(IN, rdtype, text, self.origin, relativize=False)
        except Exception as error:
            # dnspython's own words come without a place: the fields of the type know better.
            raise recordfields.diagnose(rdtype, kind, data, error) from None
        if rdtype == RdataType.MX and _is_address(data[1].text):
            self.warn(data[1], "MX is an address", "the name of a host (RFC 1035 §3.3.9)")
        if rdtype == RdataType.NS and _is_address(data[0].text):
            what = f"NS record '{data[0].text}' appears to be an address"
            self.warn(data[0], what, "the name of a host (RFC 1035 §3.3.11)")
        return rdata

    def implied_ttl(self, kind: Token, rdata: Rdata) -> int:
        if self.default_ttl is not None:
            return self.default_ttl
        if self.last_ttl is not None:
            return self.last_ttl
        if isinstance(rdata, SOA):
            what = "no TTL specified; using SOA MINTTL instead"
            self.warn(kind, what, "$TTL 3600 as the first line")
            return int(rdata.minimum)
        raise _wrong(kind, "no TTL specified", "a time to live", "$TTL 3600 as the first line")

    def warn(self, token: Token, what: str, expected: str) -> None:
        problem = Problem(what, token.spot, token.text, expected, severity="warning")
        self.result.problems.append(problem)


def _name(token: Token, origin: Name) -> Name:
    try:
        return dns.name.from_text(token.text, origin)
    except dns.exception.DNSException as error:
        raise _wrong(token, recordfields.name_fault(error), "a domain name") from None


def _is_address(text: str) -> bool:
    try:
        ip_address(text.removesuffix("."))
    except ValueError:
        return False
    return True


def _ttl(token: Token) -> int:
    try:
        return int(dns.ttl.from_text(token.text))
    except dns.exception.DNSException:
        raise _wrong(token, "bad TTL", "seconds, or a time such as 1h30m") from None


def _wrong(token: Token, what: str, expected: str, remedy: str = "") -> ConfigError:
    return ConfigError(Problem(what, token.spot, token.text, expected, remedy))
