"""Reading an address the way Exim reads it: kinder than RFC 5322 here, stricter there.

    bob@ask.com                          a local part, @, a domain
    Bob S. <bob@ask.com> (at work)       words, then the address between angle brackets
    <@relay.test,@hub.test:bob@ask.com>  with a route, which is read and forgotten
    staff: bob@ask.com, eve@ask.com;     a group, where groups are allowed
    bob                                  a local part alone: somebody at home

Dots may stand anywhere in a local part (``b..b``) and in a name (``Bob S.``), a backslash frees the
character behind it, comments and white space may stand between all pieces. A domain is letters,
digits and hyphens between dots and may not end in one.

`labmail.message.address` reads addresses as RFC 5322 wants them; this reader has to agree with
Exim about everybody else's.

Law: RFC 5322 §3.4; Exim specification, ``allow_utf8_domains``, ``strip_excess_angle_brackets`` and
``strip_trailing_dot``, ``allow_domain_literals``.

Try::

    >>> extract("Bob S. <bob@ask.com> (at work)").address
    'bob@ask.com'
    >>> extract("bob@@ask.com")
    Traceback (most recent call last):
    labmail.exim.expansion.addresses.BadAddress: domain missing or malformed
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labmail.exim.errors import EximError

LONGEST = 512
"""How long an address may be as it was written, comments within it included."""


class Extracted(NamedTuple):
    """An address, where its domain begins in it (0: there is none), and where it was written."""

    address: str
    domain_at: int
    start: int
    end: int

    @property
    def domain(self) -> str:
        return self.address[self.domain_at :] if self.domain_at else ""

    @property
    def local_part(self) -> str:
        return self.address[: self.domain_at - 1] if self.domain_at else self.address


class BadAddress(EximError):
    """Not an address; ``message`` is what Exim says of it."""


class Leniency(NamedTuple):
    """What the main options allow."""

    utf8_domains: bool = False
    excess_brackets: bool = False
    trailing_dot: bool = False
    literals: bool = False


STRICT = Leniency()


class Groups:
    """Where a list of addresses stands in a group: between ``name:`` and ``;``.

    The list is cut at commas first, so a group may begin in one piece and end in another.
    """

    def __init__(self) -> None:
        self.allowed = True
        self.inside = False

    def open(self) -> None:
        self.allowed, self.inside = False, True

    def close(self) -> None:
        self.allowed, self.inside = True, False


def extract(
    text: str,
    *,
    groups: Groups | None = None,
    empty: bool = False,
    lenient: Leniency = STRICT,
) -> Extracted:
    """The one address in a text. ``empty`` allows ``<>``. Raises BadAddress."""
    plain = _PLAIN.fullmatch(text)
    if plain and len(text) <= LONGEST and not lenient.utf8_domains:
        domain_at = len(plain["local"]) + 1 if plain["domain"] else 0
        return Extracted(plain["address"], domain_at, *plain.span("address"))
    reader = _Reader(text, groups, lenient)
    try:
        return reader.mailbox(empty)
    except BadAddress:
        reader.leave_group()
        raise


def addresses(text: str, *, lenient: Leniency = STRICT) -> Iterator[Extracted | BadAddress]:
    """Each address of a header line, or what is wrong with it.

    >>> [found.address for found in addresses("staff: Bob <b@ask.com>, eve@ask.com;")]
    ['b@ask.com', 'eve@ask.com']
    """
    groups = Groups()
    for piece in pieces(text):
        if not piece.strip(" "):
            yield BadAddress("empty address")
            continue
        try:
            yield extract(piece, groups=groups, lenient=lenient)
        except BadAddress as bad:
            yield bad


_NEEDS_CARE = re.compile(r'["\\(<]|(?:^|,)@')
"""What a comma may hide behind."""

# Between two commas: plain text, pairs with a backslash, quoted strings, single characters.
_PIECE = re.compile(r'[^\\"(<>:,]+|\\.|"(?:\\.|[^"\\])*(?:"|\\?\Z)|.', re.DOTALL)


def pieces(text: str) -> Iterator[str]:
    """A list of addresses, cut at its commas: not at those in quotes, comments and routes."""
    if not _NEEDS_CARE.search(text):
        yield from text.split(",")
        return
    start = at = 0
    while at <= len(text):
        at = end = _address_end(text, start)
        yield text[start:end]
        start = at = end + 1


def _address_end(text: str, at: int) -> int:
    """Where the comma is, or the end. A route's commas count only behind its colon."""
    route = text.startswith("@", at)
    open_ends = 1 if route else 0
    while at < len(text):
        character = text[at]
        if character == "," and open_ends <= 0:
            break
        if character == "(":
            at = _comment_end(text, at)
            continue
        if character == "<":
            route = text.startswith("@", at + 1)
            open_ends = 2 if route else 1
        elif character == ">" or (route and character == ":"):
            open_ends -= 1
        found = _PIECE.match(text, at)
        at = found.end() if found else len(text)
    return at


_IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)


def _comment_end(text: str, at: int) -> int:
    """Past the comment that begins here; one that is never closed goes on to the end."""
    depth = 0
    for found in _IN_COMMENT.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text)


_SPACE = re.compile(r"[ \t\n\r\v\f]*")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|"', re.DOTALL)
_ATOM = re.compile(r"(?:\\.|\\\Z|[^\x00-\x20\x7f()<>@,;:\\\".\[\]])*", re.DOTALL)
_DOTS = re.compile(r"\.+")
_SUBDOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_UTF8 = r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_UTF8_SUBDOMAIN = re.compile(rf"(?:[A-Za-z0-9]|{_UTF8})(?:[A-Za-z0-9-]|{_UTF8})*")
_PLAIN = re.compile(
    r"""[ \t\n\r\v\f]*(?P<address>(?P<local>[^\x00-\x20\x7f()<>@,;:\\"\[\]]+)
    (?:@(?P<domain>[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)*))?)[ \t\n\r\v\f]*""",
    re.VERBOSE,
)
"""Most addresses need no careful reading."""
_IP_LITERAL = re.compile(r"\[(?:IPv[46]:)?[0-9A-F.:]*\]", re.IGNORECASE)
_LITERAL = re.compile(r"\[[^\x00-\x20\x7f-\xff\[\]\\]*\]")


class _Reader:
    """A cursor over one address. Each method reads one thing and stops behind it."""

    def __init__(self, text: str, groups: Groups | None, lenient: Leniency) -> None:
        self.text = text
        self.groups = groups
        self.lenient = lenient
        self.at = 0
        self.before_comment = 0

    # --- what an address is made of ---

    def mailbox(self, empty: bool) -> Extracted:
        """The whole text: an address, or words and an address between angle brackets."""
        self.comments()
        start = self.at
        word = self.local_part(may_be_empty=True)
        if self.here() in "@<" and self.here():
            pass
        elif self.here() in ";":  # or at the end
            if not word:
                raise BadAddress("empty address")
            return self.finished(word, 0, start, self.before_comment)
        elif self.phrase() == ":":
            return self.group(empty)
        if self.here() == "<":
            return self.in_brackets(empty)
        if not word:
            self.route()
            address, domain_at = self.addr_spec("")
            if not domain_at:
                raise BadAddress("domain missing in source-routed address")
        else:
            self.at += 1
            address, domain_at = f"{word}@{self.domain(any_literal=True)}", len(word) + 1
        return self.finished(address, domain_at, start, self.before_comment)

    def phrase(self) -> str:
        """Further words, up to the bracket, or up to the colon of a group: which it was."""
        while True:
            if self.here() == "<" or (self.here() == ":" and self.groups and self.groups.allowed):
                return self.here()
            try:
                self.local_part()
            except BadAddress as bad:
                raise BadAddress(f'{bad.message} (expected word or "<")') from None

    def group(self, empty: bool) -> Extracted:
        """Behind the name of a group."""
        assert self.groups
        self.groups.open()
        self.at += 1
        return self.mailbox(empty)

    def in_brackets(self, empty: bool) -> Extracted:
        """``<…>``, with as many brackets as there are too many, where that is allowed."""
        brackets = 1
        self.at += 1
        while self.lenient.excess_brackets and self.here() == "<":
            brackets += 1
            self.at += 1
            if brackets > 6:
                raise BadAddress("angle-brackets nested too deep")
        start = self.at
        self.comments()
        routed = self.here() == "@"
        if routed:
            self.route()
        address, domain_at = "", 0
        if not (empty and not routed and self.here() == ">"):
            address, domain_at = self.addr_spec(">")
            if routed and not domain_at:
                raise BadAddress("domain missing in source-routed address")
        end = self.at
        for _ in range(brackets):
            if self.here() != ">":
                raise (
                    self.misplaced() if self.here() else BadAddress("'>' missing at end of address")
                )
            self.at += 1
        self.comments()
        return self.finished(address, domain_at, start, end)

    def addr_spec(self, end: str) -> tuple[str, int]:
        """A local part and perhaps a domain, up to what must end it."""
        local_part = self.local_part()
        if self.here() == end:
            return local_part, 0
        if self.here() != "@":
            raise BadAddress(f'"@" or "." expected after "{local_part}"')
        self.at += 1
        return f"{local_part}@{self.domain()}", len(local_part) + 1

    def route(self) -> None:
        """``@relay.test,@hub.test:``, which nobody obeys any more. RFC 5321, appendix C."""
        comma = False
        while self.here() == "@":
            self.at += 1
            self.domain()
            if self.here() != ",":
                break
            comma = True
            self.at += 1
            self.comments()
        if self.here() != ":":
            raise BadAddress("colon expected after route list" if comma else "no local part")
        self.at += 1

    def local_part(self, *, may_be_empty: bool = False) -> str:
        """Words with dots between them. Dots may be doubled, and may stand first or last."""
        words = ""
        while True:
            self.comments()
            word = self.quoted() if self.here() == '"' else self.take(_ATOM)
            words += word
            self.comments()
            if self.here() == ".":
                words += self.take(_DOTS)
            elif words or may_be_empty:
                return words
            else:
                raise BadAddress("missing or malformed local part")

    def quoted(self) -> str:
        word = self.take(_QUOTED)
        if word == '"':
            self.at = len(self.text)
            raise BadAddress("unmatched doublequote in local part")
        return word

    def domain(self, *, any_literal: bool = False) -> str:
        """A name of the DNS, or an address in square brackets."""
        self.comments()
        if self.here() == "[":
            return self.literal(any_literal)
        subdomain = _UTF8_SUBDOMAIN if self.lenient.utf8_domains else _SUBDOMAIN
        labels: list[str] = []
        while True:
            label = self.take(subdomain)
            if not label:
                if labels and self.lenient.trailing_dot:
                    break
                raise BadAddress("domain missing or malformed")
            labels.append(label)
            self.comments()
            if self.here() != ".":
                break
            self.at += 1
            self.comments()
        return ".".join(labels)

    def literal(self, any_literal: bool) -> str:
        """``[192.0.2.1]`` or ``[IPv6:2001:db8::1]``.

        Behind a plain ``bob@`` Exim takes whatever the brackets hold, and does not ask the option.
        """
        literal = self.take(_LITERAL)
        if not any_literal and not self.lenient.literals:
            raise BadAddress("domain literals not allowed")
        if not (literal and (any_literal or _IP_LITERAL.fullmatch(literal))):
            raise BadAddress("malformed domain literal")
        self.comments()
        return literal

    # --- steps of the cursor ---

    def here(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found[0]

    def comments(self) -> None:
        """Past white space and comments."""
        self.before_comment = self.at
        self.take(_SPACE)
        while self.here() == "(":
            self.at = _comment_end(self.text, self.at)
            self.take(_SPACE)

    # --- the end ---

    def finished(self, address: str, domain_at: int, start: int, end: int) -> Extracted:
        """Nothing may follow, except the end of a group."""
        if self.here() and not self.leave_group():
            raise self.misplaced()
        end = start + len(self.text[start:end].rstrip(" \t\n\r\v\f"))
        if end - start > LONGEST:
            raise BadAddress(f"address is ridiculously long: {address[:64]}...")
        return Extracted(address, domain_at, start, end)

    def leave_group(self) -> bool:
        """At a ``;``, whether that was the end of a group."""
        if self.here() != ";" or not self.groups or not self.groups.inside:
            return False
        self.groups.close()
        return True

    def misplaced(self) -> BadAddress:
        rest, done = self.text[self.at : self.at + 32], self.text[: self.at]
        return BadAddress(f"malformed address: {rest} may not follow {done}")
