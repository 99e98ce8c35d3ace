"""Priorities: ``tls_require_ciphers``, in the words of the library that Debian's Exim uses.

GnuTLS is told what is good enough in a *priority string*: a keyword to begin with, then changes, in
the order in which they are to be made::

    NORMAL:-VERS-TLS1.3            what is ordinary, but nothing newer than TLS 1.2
    SECURE256:%SERVER_PRECEDENCE   256 bits; flags are understood, and change nothing here
    NONE:+VERS-TLS1.2:+AES-256-GCM:+ECDHE-RSA:+AEAD      from nothing
      └─ which versions ─┘ └─ cipher ─┘ └─ key ─┘ └ integrity ┘

A suite of TLS 1.2 is one of each, where somebody has given the combination a name; TLS 1.3 has
settled the key exchange, so there a cipher is enough. Python's ``ssl`` is OpenSSL, which wants
names of suites: `read` gives these. It cannot be told which suites of TLS 1.3 it may take; what it
has agreed on is looked at when the handshake is over (`Priorities.allows`).

A string that begins with no keyword of GnuTLS's and of which OpenSSL knows every word is taken as
OpenSSL's.

Law: GnuTLS manual, "Priority strings"; Exim specification, §43.4 and §43.5; RFC 8446 §B.4.

Try: ``read("SECURE256:-VERS-TLS1.3").suites``.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .ciphers import (
    AES,
    BY_ITSELF,
    CHACHA,
    EXCHANGES,
    FLAGS,
    KEYS,
    KEYWORDS,
    MACS,
    ORDINARY,
    OTHERS,
    VERSIONS,
    cipher_of,
    suites,
)


class Unknown(ValueError):
    """A word that nobody knows, at ``offset`` of the string."""

    def __init__(self, text: str, offset: int, problem: str = "The request is invalid.") -> None:
        where = f'failed at offset {offset}, "{text[offset:][:6]}.."'
        super().__init__(f"(gnutls_priority_init({text}) {where}): {problem}")


@dataclass(frozen=True, slots=True)
class Priorities:
    """What is good enough."""

    versions: tuple[str, ...]
    """``TLS1.3`` and so on, the newest first."""
    suites: tuple[str, ...]
    """Of TLS 1.2 and before, in OpenSSL's names, the best first."""
    ciphers: frozenset[str] | None = None
    """Those that TLS 1.3 may use; None: all."""
    named: bool = False
    """Whether versions before TLS 1.2 were asked for by name."""

    @property
    def offered(self) -> tuple[str, ...]:
        """The versions that we offer: none that is dead (RFC 8996) unless it is named, and TLS 1.3
        only if what servers begin with there is allowed."""
        found = [each for each in self.versions if self.named or each >= "TLS1.2"]
        found = found or list(self.versions)
        if len(found) > 1 and self.ciphers is not None and "AES-256-GCM" not in self.ciphers:
            found = [each for each in found if each != "TLS1.3"]
        return tuple(found)

    def allows(self, version: str, suite: str) -> bool:
        """Whether a conversation may go on like this: ``TLS1.3``, ``TLS_AES_256_GCM_SHA384``."""
        if version not in self.versions:
            return False
        return version != "TLS1.3" or self.ciphers is None or cipher_of(suite) in self.ciphers


@dataclass(slots=True)
class _Lists:
    """What a string has chosen so far."""

    versions: list[str] = field(default_factory=list)
    ciphers: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    macs: list[str] = field(default_factory=list)
    named: bool = False

    def begin(self, word: str) -> None:
        """One of the keywords."""
        ciphers, keys, macs = KEYWORDS[word]
        self.ciphers, self.keys, self.macs = list(ciphers), list(keys), list(macs)
        suite_b = word.startswith("SUITEB")
        self.versions = [] if not ciphers else ["TLS1.2"] if suite_b else list(VERSIONS)

    def change(self, add: bool, word: str) -> bool:
        """Adds a word, or takes it away; False where nobody knows it."""
        group, _, rest = word.rpartition("-")
        wholes: dict[str, tuple[list[str], Sequence[str]]]
        wholes = {"CIPHER": (self.ciphers, ORDINARY), "KX": (self.keys, EXCHANGES)}
        wholes |= {"MAC": (self.macs, MACS), "VERS": (self.versions, VERSIONS)}
        wholes["VERS-TLS"] = wholes["VERS"]
        if rest == "ALL" and group in wholes:
            chosen, every = wholes[group]
            chosen[:] = every if add else []
            self.named |= add and chosen is self.versions
            return True
        if word in OTHERS or BY_ITSELF.fullmatch(word):
            return True
        for chosen, known in (
            (self.ciphers, [*AES, CHACHA]),
            (self.keys, KEYS),
            (self.macs, MACS),
            (self.versions, VERSIONS),
        ):
            name = word.removeprefix("VERS-") if chosen is self.versions else word
            if name in known and (chosen is not self.versions or name != word):
                self._put(chosen, name, add)
                return True
        return False

    def _put(self, chosen: list[str], name: str, add: bool) -> None:
        if not add:
            chosen[:] = [each for each in chosen if each != name]
        elif name not in chosen:
            chosen.append(name)
        self.named |= add and name in ("TLS1.0", "TLS1.1")


def read(text: str) -> Priorities:
    """A priority string, or OpenSSL's list of ciphers. Raises `Unknown`.

    >>> read("SUITEB128").suites
    ('ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256')
    >>> read("NORMAL:-VERS-ALL:+VERS-TLS1.3").versions
    ('TLS1.3',)
    """
    words = list(re.finditer(r"[^: ]+|(?<=:)(?=:|$)", text))
    first = words[0][0].upper() if words else ""
    if first not in KEYWORDS and first[:1] not in "+-!%@" and (names := _known_to_openssl(text)):
        return Priorities(VERSIONS, tuple(names))
    lists = _Lists()
    for number, each in enumerate(words or [None]):
        if each is None or not _obeyed(lists, each[0].upper(), number == 0):
            raise Unknown(text, each.start() if each is not None else 0)
    suites = tuple(_suites(lists))
    versions = tuple(each for each in VERSIONS if each in lists.versions)
    newest = frozenset(lists.ciphers)
    if not versions or not (suites or ("TLS1.3" in versions and newest)):
        raise Unknown(text, 0, "No or insufficient priorities were set.")
    return Priorities(versions, suites, newest, lists.named)


def _obeyed(lists: _Lists, word: str, first: bool) -> bool:
    """Does what a word says; False where nobody knows it. Keywords count at the beginning only."""
    if word in KEYWORDS:
        if first:
            lists.begin(word)
        return True
    if word[:1] == "%":
        return word[1:] in FLAGS
    if word[:1] == "+" and word[1:] in KEYWORDS:
        return True
    return word[:1] in ("+", "-", "!") and lists.change(word[0] == "+", word[1:])


def _suites(lists: _Lists) -> Iterable[str]:
    """What OpenSSL is to be told. Before TLS 1.2 there was CBC only."""
    ciphers = lists.ciphers
    if "TLS1.2" not in lists.versions:
        before = {"TLS1.0", "TLS1.1"} & set(lists.versions)
        ciphers = [each for each in ciphers if before and each.endswith("CBC")]
    return suites(lists.keys, ciphers, lists.macs)


def _known_to_openssl(text: str) -> list[str]:
    """The suites of a list in OpenSSL's language; none where it has a word that OpenSSL does not
    know."""
    everything = re.split(r"[:, ]+", text)
    if not all(map(_one_known, everything)):
        return []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.set_ciphers(text)
    except ssl.SSLError:
        return []
    return [each["name"] for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"]


def _one_known(word: str) -> bool:
    """Whether OpenSSL knows a word by itself: it passes over those that it does not know."""
    word = word.lstrip("!-+")
    if word.startswith("@"):
        return True
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(word)
    except ssl.SSLError:
        return word in (
            "aNULL",
            "eNULL",
            "NULL",
            "MD5",
            "RC4",
            "3DES",
            "DES",
            "EXP",
            "EXPORT",
            "LOW",
        )
    return True
