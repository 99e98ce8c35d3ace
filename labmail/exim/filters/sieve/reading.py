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

from .extending import Extended
from .tree import (
    Block,
    Compared,
    Constant,
    Exists,
    Fileinto,
    If,
    Matching,
    Not,
    Plain,
    Redirect,
    Several,
    Size,
    Test,
    Vacation,
)
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
TYPES, RELATIVE = (":is", ":contains", ":matches"), (":count", ":value")
NUMERIC = "i;ascii-numeric"
COMPARATORS = ("i;octet", "i;ascii-casemap", "en;ascii-casemap", NUMERIC)
ADDRESSES = ("from", "to", "cc", "bcc", "sender", "resent-from", "resent-to")
"""Header lines in which ``address`` looks."""

LONGEST_ABSENCE = 31
DEEPEST = 100


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


class _Reader(Extended):
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
        block.append(Vacation(reason, days, subject, sender, addresses, mime, handle, line))

    def _string(self, otherwise: str) -> str:
        found = self.words.string()
        if found is None:
            raise self.words.mistake(otherwise)
        return found

    def _strings(self, otherwise: str) -> list[str]:
        found = self.words.strings()
        if found is None:
            raise self.words.mistake(otherwise)
        return found

    # -- tests

    def test(self) -> Test:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.words.mistake("nested too deep")
        name = self.words.name(
            "address",
            "allof",
            "anyof",
            "envelope",
            "exists",
            "false",
            "header",
            "not",
            "size",
            "true",
            *(["hasflag"] if "imap4flags" in self.allowed else []),
        )
        if not name:
            raise self.words.mistake("missing test")
        made = self._test(name)
        self.depth -= 1
        return made

    def _test(self, name: str) -> Test:
        if name in ("true", "false"):
            return Constant(name == "true")
        if name == "not":
            return Not(self.test())
        if name == "hasflag":
            return self.has_flag()
        if name in ("allof", "anyof"):
            return self._several(name == "allof")
        if name == "exists":
            names = self._strings("header string list expected")
            return Exists(names, self.words.line)
        if name == "size":
            order = self.words.name(":over", ":under")
            if not order:
                raise self.words.mistake("missing :over or :under")
            return Size(order == ":over", self.words.number())
        return self._compared(name)

    def _several(self, every: bool) -> Test:
        if not self.words.sign("("):
            raise self.words.mistake("missing test list")
        tests = [self.test()]
        while self.words.sign(","):
            tests.append(self.test())
        if not self.words.sign(")"):
            raise self.words.mistake("missing closing paren")
        return Several(every, tests)

    def _compared(self, kind: str) -> Test:
        if kind == "envelope":
            self.need("envelope")
        part, how = self._how(kind != "header")
        what = "envelope" if kind == "envelope" else "header"
        names = self._strings(f"{what} string list expected")
        keys = self._strings("key string list expected")
        for name in names:
            self._check(kind, name.lower())
        return Compared(kind, part, how, [name.lower() for name in names], keys, self.words.line)

    def _check(self, kind: str, name: str) -> None:
        """Is it the name of a header line, of one with addresses, a part of the envelope?"""
        if kind == "envelope":
            if name not in ("from", "to"):
                raise self.words.mistake("invalid envelope string")
        elif not _field(name) or (kind == "address" and name not in ADDRESSES):
            raise self.words.mistake("invalid header field")

    def _how(self, parts: bool) -> tuple[str, Matching]:
        """``:comparator``, a match type and an address part, in any order, each once."""
        said: dict[str, str] = {}
        address = (":user", ":detail", ":localpart", ":domain", ":all") if parts else ()
        types = (*TYPES, *(RELATIVE if "relational" in self.allowed else ()))
        relation = ""
        while tag := self.words.name(":comparator", *types, *address):
            what = tag if tag == ":comparator" else "part" if tag in address else "type"
            if what in said:
                raise self.words.mistake(f"{AGAIN[what]} already specified")
            said[what] = self._comparator() if what == ":comparator" else tag
            if tag in RELATIVE:
                relation = self.relation()
            if tag in (":user", ":detail"):
                self.need("subaddress")
        comparator = said.get(":comparator", "i;ascii-casemap")
        required = comparator != NUMERIC or f"comparator-{NUMERIC}" in self.required
        how = Matching(said.get("type", ":is"), comparator, required, relation)
        return said.get("part", ":all"), how

    def _comparator(self) -> str:
        name = self._string("missing comparator")
        if name not in COMPARATORS:
            raise self.words.mistake("invalid comparator")
        return name


AGAIN = {":comparator": "comparator", "part": "address part", "type": "match type"}
"""What a message calls that which was said twice."""


def _field(name: str) -> bool:
    """Can a header line have this name?"""
    return name != "" and all("!" <= c <= "\xff" and c not in ":\x7f" for c in name)
