"""The tests of Sieve: what stands between ``if`` and its block.

    header :contains "subject" "lunch"       address :domain "from" "ask.com"
    envelope "to" "bob@ask.com"              size :over 100K       exists "x-spam"
    allof (…), anyof (…), not …, true, false

Law: RFC 5228 §2.7 (match types, comparators, address parts), §5 (tests); RFC 5233 (subaddress).
"""

from __future__ import annotations

from .extending import Extended
from .tree import Compared, Constant, Exists, Matching, Not, Several, Size, Test

TYPES, RELATIVE = (":is", ":contains", ":matches"), (":count", ":value")
NUMERIC = "i;ascii-numeric"
COMPARATORS = ("i;octet", "i;ascii-casemap", "en;ascii-casemap", NUMERIC)
ADDRESSES = ("from", "to", "cc", "bcc", "sender", "resent-from", "resent-to")
"""Header lines in which ``address`` looks."""
DEEPEST = 100


class Tests(Extended):
    """The grammar of tests; the reader of scripts inherits it."""

    required: set[str]
    depth: int

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


AGAIN = {":comparator": "comparator", "part": "address part", "type": "match type"}
"""What a message calls that which was said twice."""


def _field(name: str) -> bool:
    """Can a header line have this name?"""
    return name != "" and all("!" <= c <= "\xff" and c not in ":\x7f" for c in name)
