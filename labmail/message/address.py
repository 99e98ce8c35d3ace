"""Reading addresses as people write them in `From:`, `To:` and `Cc:`. RFC 5322 §3.4.

A name may be bare, quoted or an encoded-word, comments may stand anywhere, and whether a word was
a name or a local part shows only afterwards::

    Bob Smith <bob@ask.com>        words, then "<": it was a name
    bob @ ask.com (at work)        words, then "@": it was a local part
    friends: bob@ask.com;          words, then ":": it was the name of a group

The obsolete forms of §4.4 are read too (comments and spaces between the pieces, dots in a bare
name, ``<@relay.test:bob@ask.com>``), because old letters have them; `mailbox` never writes them.
What cannot be read raises `AddressError`, which knows the position.

Try::

    >>> parse_mailbox('"Bob Smith" <bob@ask.com>')
    Mailbox(name='Bob Smith', address=Address('bob', 'ask.com'))
    >>> parse_address("bob@@ask.com")
    Traceback (most recent call last):
    labmail.message.address.AddressError: bob@@ask.com: found '@' at position 4, expected a domain \
(RFC 5322 §3.4)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from .encoded import decode_words
from .lexical import ATOM, Misread, Scanner
from .mailbox import Address, Group, Mailbox, mailboxes

__all__ = [
    "Address",
    "AddressError",
    "Group",
    "Mailbox",
    "mailboxes",
    "parse_address",
    "parse_addresses",
    "parse_mailbox",
]


class AddressError(Misread):
    """An address, or a list of them, that cannot be read: ``position``, ``found``, ``expected``."""

    law = "RFC 5322 §3.4"


def parse_address(text: str) -> Address:
    """Reads ``bob@ask.com``: an addr-spec (§3.4.1) and nothing else. Raises `AddressError`."""
    return _Reader(text).whole(_Reader.address)


def parse_addresses(text: str) -> tuple[Mailbox | Group, ...]:
    """Reads the value of `To:`, `Cc:`, `From:`, …: mailboxes and groups with commas between them.

    Raises `AddressError`. Empty places between commas are skipped (§4.4).
    """
    return _Reader(text).whole(_Reader.items)


def parse_mailbox(text: str) -> Mailbox:
    """Reads exactly one mailbox. Raises `AddressError`."""
    return _Reader(text).whole(_Reader.mailbox)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Word:
    kind: Literal["atom", "quoted", "dot"]
    text: str
    spaced: bool
    """White space or a comment stood before it."""
    start: int


class _Reader(Scanner):
    """Reads §3.4 from left to right. Words come first; what follows them tells what they were:
    before ``<`` or ``:`` a name, before ``@`` a local part."""

    def __init__(self, text: str) -> None:
        super().__init__(text, AddressError)

    def whole(self, rule: Callable[[_Reader], T]) -> T:
        result = rule(self)
        self.skip()
        if not self.at_end():
            raise self.fail("the end")
        return result

    def items(self, end: str = "") -> tuple[Mailbox | Group, ...]:
        found: list[Mailbox | Group] = []
        while True:
            self.skip()
            if self.peek() == end:
                return tuple(found)
            if self.take(","):
                continue
            found.append(self.mailbox() if end else self.item())
            self.skip()
            if self.peek() not in (",", end):
                raise self.fail(f'"," or "{end}"' if end else '"," or the end')

    def item(self) -> Mailbox | Group:
        words = self.words()
        if not self.take(":"):
            return self.mailbox(words)
        members = self.items(end=";")
        if not self.take(";"):
            raise self.fail('";" at the end of the group')
        return Group(self.phrase(words), mailboxes(members))

    def mailbox(self, words: list[_Word] | None = None) -> Mailbox:
        words = self.words() if words is None else words
        if self.take("<"):
            return Mailbox(self.phrase(words), self.angle())
        address = self.address(words)
        comments = self.skip()  # "bob@ask.com (Bob Smith)": how names were given long ago
        return Mailbox(decode_words(comments[-1]) if comments else "", address)

    def angle(self) -> Address:
        self.skip()
        if self.peek() == "@":
            self.route()
        address = self.address()
        self.skip()
        if not self.take(">"):
            raise self.fail('">"')
        return address

    def route(self) -> None:
        """``<@a.test,@b.test:bob@ask.com>``: the road that nobody follows any more (§4.4)."""
        while self.take("@"):
            self.domain()
            while self.take(","):
                self.skip()
        if not self.take(":"):
            raise self.fail('":" after the route')

    def address(self, words: list[_Word] | None = None) -> Address:
        local = self.local(self.words() if words is None else words)
        if not self.take("@"):
            raise self.fail('"@"')
        return Address(local, self.domain())

    def domain(self) -> str:
        self.skip()
        literal = self.domain_literal()
        if literal is not None:
            return literal
        labels: list[str] = []
        while True:
            label = self.match(ATOM)
            if label is None:
                raise self.fail("a domain" if not labels else "a label after the dot")
            labels.append(label)
            rest = self.position
            self.skip()
            if not self.take("."):
                self.position = rest
                return ".".join(labels)
            self.skip()

    def words(self) -> list[_Word]:
        words: list[_Word] = []
        while True:
            before = self.position
            self.skip()
            spaced, start = self.position > before, self.position
            if (text := self.quoted_string()) is not None:
                words.append(_Word("quoted", text, spaced, start))
            elif (text := self.match(ATOM)) is not None:
                words.append(_Word("atom", text, spaced, start))
            elif self.take("."):
                words.append(_Word("dot", ".", spaced, start))
            else:
                return words

    def local(self, words: list[_Word]) -> str:
        """Words with single dots between them."""
        for number, word in enumerate(words):
            if (word.kind == "dot") != (number % 2 == 1):
                raise self.fail('"@" or "."' if number % 2 else "a word", at=word.start)
        if len(words) % 2 == 0:
            raise self.fail("a word after the dot" if words else "a local part")
        return "".join(word.text for word in words)

    def phrase(self, words: list[_Word]) -> str:
        """A display name; encoded-words count in atoms, not in quoted strings (RFC 2047 §5)."""
        pieces: list[str] = []
        for quoted, run in itertools.groupby(words, lambda word: word.kind == "quoted"):
            text = "".join((" " if word.spaced else "") + word.text for word in run)
            pieces.append(text if quoted else decode_words(text))
        return "".join(pieces).strip()
