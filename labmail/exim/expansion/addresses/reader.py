"""A cursor over one address: each method reads one thing and stops behind it.

What may stand where, and which mistake is told in which words, is Exim's; the order in which the
methods look is the order in which Exim finds mistakes.

Law: RFC 5322 §3.2 to §3.4 and §4.4, as Exim reads them.

Try::

    >>> Reader("Bob <bob@ask.com>", None, STRICT).mailbox(empty=False).address
    'bob@ask.com'
"""

from __future__ import annotations

import re

from .commas import comment_end
from .found import STRICT, BadAddress, Extracted, Groups, Leniency

__all__ = ["LONGEST", "STRICT", "Reader"]

LONGEST = 512
"""How long an address may be as it was written, comments within it included."""

_SPACE = re.compile(r"[ \t\n\r\v\f]*")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|"', re.DOTALL)
_ATOM = re.compile(r"(?:\\.|\\\Z|[^\x00-\x20\x7f()<>@,;:\\\".\[\]])*", re.DOTALL)
_DOTS = re.compile(r"\.+")
_SUBDOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_UTF8 = r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_UTF8_SUBDOMAIN = rf"(?:[A-Za-z0-9]|{_UTF8})(?:[A-Za-z0-9-]|{_UTF8})*"
"""Compiled where it is allowed: it takes longer than reading an address."""
_IP_LITERAL = re.compile(r"\[(?:IPv[46]:)?[0-9A-F.:]*\]", re.IGNORECASE)
_LITERAL = re.compile(r"\[[^\x00-\x20\x7f-\xff\[\]\\]*\]")


class Reader:
    """Where the reading stands. BadAddress is raised where it cannot go on."""

    def __init__(self, text: str, groups: Groups | None, lenient: Leniency) -> None:
        self.text = text
        self.groups = groups
        self.lenient = lenient
        self.at = 0
        self.before_comment = 0

    # --- what an address is made of ---

    def mailbox(self, empty: bool) -> Extracted:
        """The whole text. What stands behind the first word says what it was::

        bob  the end, or ;    somebody at home          alone
        bob  @                a local part              with_domain
             @                a route                   routed
        Bob  <                a name                    in_brackets
        Bob  :                the name of a group       group
        """
        self.comments()
        start = self.at
        word = self.local_part(may_be_empty=True)
        if self.here() in ("", ";"):
            return self.alone(word, start)
        if self.here() not in "@<" and self.phrase() == ":":
            return self.group(empty)
        if self.here() == "<":
            return self.in_brackets(empty)
        return self.with_domain(word, start) if word else self.routed(start)

    def alone(self, word: str, start: int) -> Extracted:
        """A local part and nothing else."""
        if not word:
            raise BadAddress("empty address")
        return self.finished(word, 0, start, self.before_comment)

    def with_domain(self, word: str, start: int) -> Extracted:
        """At the ``@`` of ``bob@ask.com``."""
        self.at += 1
        address = f"{word}@{self.domain(any_literal=True)}"
        return self.finished(address, len(word) + 1, start, self.before_comment)

    def routed(self, start: int) -> Extracted:
        """At the ``@`` of ``@relay.test:bob@ask.com``."""
        self.route()
        address, domain_at = self.addr_spec("")
        if not domain_at:
            raise BadAddress("domain missing in source-routed address")
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
        brackets = self.opening()
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
        self.closing(brackets)
        return self.finished(address, domain_at, start, end)

    def opening(self) -> int:
        """Past ``<``, or several of them: how many."""
        brackets = 1
        self.at += 1
        while self.lenient.excess_brackets and self.here() == "<":
            brackets += 1
            self.at += 1
            if brackets > 6:
                raise BadAddress("angle-brackets nested too deep")
        return brackets

    def closing(self, brackets: int) -> None:
        """Past as many ``>``, and what is said behind them."""
        for _ in range(brackets):
            if not self.here():
                raise BadAddress("'>' missing at end of address")
            if self.here() != ">":
                raise self.misplaced()
            self.at += 1
        self.comments()

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
        subdomain = re.compile(_UTF8_SUBDOMAIN) if self.lenient.utf8_domains else _SUBDOMAIN
        labels: list[str] = []
        while True:
            label = self.take(subdomain)
            if not label:
                if labels and self.lenient.trailing_dot and self.here() != ".":
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
            self.at = comment_end(self.text, self.at)
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
