r"""A redirection list, taken apart.

    ann, bob@ask.com            addresses; those without a domain get one
    \ann                        ann at the domain of the address itself
    /var/log/mail, "/a b"       files; with a slash at the end, folders
    |/bin/count -x              programs
    :include:/etc/lists/team    the items of another file
    :fail: gone to sea          not deliverable, and why; the rest of the list is the text
    :defer: come back later     not now
    :blackhole:                 thrown away
    :unknown:                   nothing at all

Lines that begin with ``#`` are comments. What may be asked for is said by the router's options,
since the list may be a user's.

Law: Exim specification, §22.4 to §22.6.

Try: ``Reading(Permits()).read(Text("ann, |/bin/count"))``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from labmail.exim.config.split import SPACE
from labmail.exim.expansion.addresses import BadAddress, Leniency, extract
from labmail.exim.text import Text

from .ends import item_end
from .within import complaint

LONGEST_NAME = 255
LARGEST = 1024 * 1024
"""Octets of an included file."""
DEPTH = 100
"""Files that include files that include files."""

WORDS = {":defer:": "defer", ":blackhole:": "blackhole", ":fail:": "fail"}
"""Items that speak of the address as a whole."""


class Item(NamedTuple):
    """An address, or (`made`) a file or program. ``at_home``: a bare name, of the address's own
    domain; ``qualified``: it has a domain already."""

    text: Text
    made: bool = False
    at_home: bool = False
    qualified: bool = False


class Broken(Exception):
    """The list cannot be read; the message is Exim's."""


class Spoken(Exception):
    """The list says :fail:, :defer: or :blackhole: ``word``, with a text."""

    def __init__(self, word: str, text: str, items: list[Item]) -> None:
        super().__init__(text)
        self.word, self.text, self.items = word, text, items


class Permits(NamedTuple):
    """What a list may ask for."""

    fail: bool = True
    defer: bool = True
    blackhole: bool = True
    include: bool = True
    directory: str | None = None
    skip_errors: bool = False
    lenient: Leniency = Leniency()

    def allows(self, word: str) -> bool:
        return bool({"fail": self.fail, "defer": self.defer}.get(word, self.blackhole))


def leniency(settings: Mapping[str, Any]) -> Leniency:
    """What the main options allow in an address."""
    return Leniency(
        bool(settings.get("allow_utf8_domains")),
        bool(settings.get("strip_excess_angle_brackets")),
        bool(settings.get("strip_trailing_dot")),
        bool(settings.get("allow_domain_literals")),
    )


class Reading:
    """Reads one list, and those that it includes."""

    def __init__(self, permits: Permits, files: Any = None, opener: Any = None) -> None:
        self.permits = permits
        self.files = files
        self.opener = opener
        """Reads a file as the user that the router stands for; raises OSError, Broken."""
        self.items: list[Item] = []
        self.skipped: list[str] = []
        """What was wrong with items that were left out."""
        self.blank = False
        """There was an item without an address in it."""

    def read(self, listed: Text, depth: int = 0) -> list[Item]:
        """The items. Raises Broken, Spoken."""
        text, at = listed.text, 0
        while True:
            at = _to_next(text, at)
            if at >= len(text):
                return self.items
            end = item_end(text, at)
            self._item(text, at, end, listed.tainted, depth)
            at = end

    def _item(self, text: str, at: int, end: int, tainted: bool, depth: int) -> None:
        item = text[at:end].rstrip(SPACE)
        if item == '"':  # its end is its beginning: Exim takes all that follows, and goes on there
            item = text[at + 1 :]
            if not item:
                self.blank = True
                return
        rest = at
        quoted = len(item) > 1 and item[0] == item[-1] == '"'
        if quoted:
            inner = item[1:-1]
            rest = at + 1 + len(inner) - len(inner.lstrip(SPACE))
            item = inner.strip(SPACE)
        if ":unknown:".startswith(item):  # as in Exim, the beginning of the word is enough
            return
        for word, name in WORDS.items():
            if text.startswith(word, rest) and item.startswith(word[: len(item)]):
                self._speak(name, item, text[rest + len(word) :])
        if item.startswith(":include:"):
            self._include(item[len(":include:") :].lstrip(SPACE), tainted, depth)
        else:
            self._address(item, quoted, tainted)

    def _speak(self, name: str, item: str, rest: str) -> None:
        if not self.permits.allows(name):
            raise Broken(f'"{item}" is not permitted')
        raise Spoken(name, rest.lstrip(SPACE).rstrip("\n"), self.items)

    def _address(self, item: str, quoted: bool, tainted: bool) -> None:
        found, wrong = self._parsed(item)
        if item.startswith("\\"):
            home, _ = self._parsed(item[1:])
            if home is not None and not home.domain_at:
                self.items.append(Item(Text(home.address, tainted), at_home=True))
                return
        if item[:1] in ("|", "/") and (found is None or not found.domain_at):
            shown = _without_backslashes(item) if quoted else item
            self.items.append(Item(Text(shown, tainted), made=True))
        elif found is not None:
            text = Text(found.address, tainted)
            self.items.append(Item(text, qualified=bool(found.domain_at)))
        elif wrong == "empty address":
            self.blank = True
        else:
            complaint = f'{wrong} in "{item}"'
            if not self.permits.skip_errors:
                raise Broken(complaint)
            self.skipped.append(complaint)

    def _parsed(self, item: str) -> tuple[Any, str]:
        try:
            return extract(item, lenient=self.permits.lenient), ""
        except BadAddress as bad:
            return None, bad.message

    def _include(self, path: str, tainted: bool, depth: int) -> None:
        octets = self._included(path, tainted, depth)
        before, self.items = self.items, []
        try:
            self.read(Text(octets.decode("latin-1").partition("\0")[0]), depth + 1)
        except Spoken as spoken:
            spoken.items = before
            raise
        self.items = before + self.items

    def _included(self, path: str, tainted: bool, depth: int) -> bytes:
        if not path:
            raise Broken("file name missing after :include:")
        if len(path) > LONGEST_NAME:
            raise Broken(f'included file name "{path}" is too long')
        if not path.startswith("/"):
            raise Broken(f'included file "{path}" is not an absolute path')
        if not self.permits.include:
            raise Broken("included files not permitted")
        if tainted:
            raise Broken(f"Tainted name '{path}' for included file  not permitted\n")
        if depth >= DEPTH:
            raise Broken(f"included file {path} is {DEPTH} files deep")
        folder = self.permits.directory
        if folder is not None and (wrong := complaint(path, folder, self.files)):
            raise Broken(wrong)
        try:
            octets: bytes = self.opener(path)
        except OSError as problem:
            said = os.strerror(problem.errno or 0)
            raise Broken(f"failed to open included file {path}: {said}") from None
        if len(octets) > LARGEST:
            raise Broken(f"included file {path} is too big (max {LARGEST})")
        return octets


def _to_next(text: str, at: int) -> int:
    """Where the next item begins: blanks, commas and comments lie before it."""
    while at < len(text):
        if text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif text[at] in SPACE or text[at] == ",":
            at += 1
        else:
            break
    return at


def _without_backslashes(item: str) -> str:
    characters = iter(item)
    return "".join(next(characters, "") if c == "\\" else c for c in characters)
