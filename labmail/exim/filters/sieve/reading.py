"""A Sieve script as a tree. What stands before a mistake is kept: a ``stop`` before it counts.

Every command and test has its own grammar, so that what Exim does not know is a mistake even where
it would never be run.

Law: RFC 5228 §8.2, and the grammar of Exim's own Sieve (README.SIEVE).

Try::

    >>> read_script('redirect "ben@ask.com";').block
    [Redirect(address='ben@ask.com', copy=False, line=1)]
"""

from __future__ import annotations

from collections.abc import Iterable

from .testing import DEEPEST, Tests
from .tree import Block, Constant, Fileinto, If, Plain, Redirect, Test, Vacation
from .words import SieveError, Words

CAPABILITIES = (
    "comparator-i;ascii-casemap",
    "comparator-en;ascii-casemap",
    "comparator-i;ascii-numeric",
    "comparator-i;octet",
    "copy",
    "encoded-character",
    "envelope",
    "fileinto",
    "subaddress",
    "vacation",
)
"""What ``require`` may ask for."""

COMMANDS = ("if", "stop", "keep", "discard", "redirect", "fileinto", "notify", "vacation")

LONGEST_ABSENCE = 31


class Script:
    """A script that was read: its commands up to the first mistake."""

    def __init__(self) -> None:
        self.block = Block()
        self.mistake: SieveError | None = None


def read_script(text: str, *, vacation: bool = True, extensions: Iterable[str] = ()) -> Script:
    """The tree. ``vacation``: whether answers were made possible; ``extensions`` are those beyond
    Exim's that are allowed."""
    script = Script()
    reader = _Reader(text, vacation, frozenset(extensions))
    try:
        reader.requirements()
        reader.commands(script.block)
        if not reader.words.ended:
            raise reader.words.mistake("syntax error")
    except SieveError as mistake:
        script.mistake = mistake
    return script


class _Reader(Tests):
    def __init__(self, text: str, vacation: bool, allowed: frozenset[str]) -> None:
        self.words, self.allowed = Words(text), allowed
        self.required: set[str] = set()
        self.vacation_possible = vacation
        self.depth = 0

    def need(self, capability: str) -> None:
        if capability not in self.required:
            raise self.words.mistake(f'missing previous require "{capability}";')

    def requirements(self) -> None:
        while not self.words.ended and self.words.name("require"):
            wanted = self.words.strings()
            if wanted is None:
                raise self.words.mistake("capability string list expected")
            for capability in wanted:
                self._require(capability)
            self.semicolon()

    def _require(self, capability: str) -> None:
        if capability == "enotify":
            raise self.words.mistake("enotify disabled")
        if capability == "vacation" and not self.vacation_possible:
            raise self.words.mistake("vacation disabled")
        if capability not in CAPABILITIES and capability not in self.allowed:
            raise self.words.mistake("unknown capability")
        self.required.add(capability)
        self.words.encoded = "encoded-character" in self.required

    def semicolon(self) -> None:
        if not self.words.sign(";"):
            raise self.words.mistake("missing semicolon")

    # -- commands

    def commands(self, block: Block) -> None:
        """As many as there are; each is in the block as soon as it begins."""
        further = self.further()
        while not self.words.ended:
            name = self.words.name(*COMMANDS, *further)
            if not name:
                return
            if name == "if":
                self._if(block)
            elif name in further:
                self.extended(name, block)
            elif name in ("stop", "keep", "discard"):
                flags = self.flags() if name == "keep" else None
                line = self.words.line
                self.semicolon()
                block.append(Plain(name, line, flags))
            else:
                getattr(self, f"_{name}")(block)

    def _block(self, block: Block) -> None:
        if not self.words.sign("{"):
            raise self.words.mistake("missing block")
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.words.mistake("nested too deep")
        self.commands(block)
        if not self.words.sign("}"):
            raise self.words.mistake("expecting command or closing brace")
        self.depth -= 1

    def _if(self, block: Block) -> None:
        made = If()
        block.append(made)
        word = "if"
        while word:
            test: Test = self.test() if word != "else" else Constant(True)
            inner = Block()
            made.branches.append((test, inner))
            self._block(inner)
            word = self.words.name("elsif", "else") if word != "else" else ""

    def _copy(self) -> bool:
        if not self.words.name(":copy"):
            return False
        self.need("copy")
        return True

    def _redirect(self, block: Block) -> None:
        copy = self._copy()
        address = self.words.string()
        if address is None:
            raise self.words.mistake("missing redirect recipient string")
        if "@" not in address:
            raise self.words.mistake("unqualified recipient address")
        line = self.words.line
        self.semicolon()
        block.append(Redirect(address, copy, line))

    def _fileinto(self, block: Block) -> None:
        self.need("fileinto")
        flags = self.flags()
        copy = self._copy()
        flags = self.flags() if flags is None else flags
        folder = self.words.string()
        if folder is None:
            raise self.words.mistake("missing fileinto folder string")
        if not folder or folder == ".." or folder.startswith("../") or "/.." in folder:
            raise self.words.mistake("invalid folder")
        line = self.words.line
        self.semicolon()
        block.append(Fileinto(folder, copy, line, flags))

    def _notify(self, block: Block) -> None:
        self.need("enotify")

    def _vacation(self, block: Block) -> None:
        self.need("vacation")
        begins = self.words.line
        days, mime = 7, False
        subject = sender = handle = None
        addresses: list[str] = []
        while tag := self.words.name(
            ":days", ":subject", ":from", ":addresses", ":mime", ":handle"
        ):
            if tag == ":days":
                days = min(max(self.words.number(), 1), LONGEST_ABSENCE)
            elif tag == ":mime":
                mime = True
            elif tag == ":addresses":
                addresses = self._strings("addresses string list expected")
            elif tag == ":subject":
                subject = self._string("subject string expected")
            elif tag == ":from":
                sender = self._string("from string expected")
            else:
                handle = self._string("handle string expected")
        reason = self._string("missing reason string")
        if mime and not reason.isascii():
            raise self.words.mistake("MIME reason string contains 8bit text")
        line = self.words.line
        self.semicolon()
        block.append(Vacation(reason, days, subject, sender, addresses, mime, handle, line, begins))
