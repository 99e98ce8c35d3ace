"""Rewriting rules: which addresses become which, and where.

    *@old.example   $1@new.example   Ffrs
    pattern         replacement      flags: in which headers, and of the envelope

Either of the first two may be in quotes.

Law: Exim specification, chapter 31.

Try: ``read_rule("*@old.example $1@new.example Ffrs")``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labmail.exim.config.kind import Around, Kind
from labmail.exim.config.people import People
from labmail.exim.config.split import split
from labmail.exim.config.words import printable, read_text
from labmail.exim.errors import ConfigError
from labmail.exim.options.quoting import take_word

FLAGS = {
    "E": "all of the envelope",
    "F": "the sender",
    "T": "the recipients",
    "b": "Bcc:",
    "c": "Cc:",
    "f": "From:",
    "h": "all headers",
    "q": "stop here if it fits",
    "r": "Reply-To:",
    "s": "Sender:",
    "t": "To:",
    "w": "the whole address, not only its mailbox",
    "R": "again, with what came of it",
    "S": "as it comes in SMTP, before it is read",
    "Q": "the replacement may lack a domain",
}

ENVELOPE = "EFTS"
"""These are about the envelope."""


class Rewriting(NamedTuple):
    """A rule. Without flags it goes for everything."""

    pattern: str
    replacement: str
    flags: str


def read_rule(line: str) -> Rewriting:
    """A line of the rewrite section. Raises ConfigError."""
    pattern, rest = take_word(line)
    if not rest:
        raise ConfigError("missing rewrite replacement string")
    replacement, rest = take_word(rest)
    flags = ""
    for flag in rest:
        if flag in " \t":
            continue
        if flag not in FLAGS:
            raise ConfigError(
                f"unknown rewrite flag character '{flag}' "
                "(could be missing quotes round replacement item)"
            )
        if flag == "S" and not pattern.startswith(("^", "\\N^")):
            raise ConfigError("rewrite rule has the S flag but is not a regular expression")
        flags += flag
    return Rewriting(pattern, replacement, flags)


class RewriteRules(Kind):
    """The value of a transport's `headers_rewrite`: rules, with colons between them."""

    name = "rewriting rules"

    def read(self, text: str, option: str, around: Around) -> Any:
        rules = read_text(text, option)
        for rule in split(rules):
            if set(read_rule(rule).flags) & set(ENVELOPE):
                raise ConfigError(
                    "rewrite rule specifies a non-header rewrite - not allowed at transport time -"
                )
        return rules

    def show(self, option: str, value: Any, people: People) -> str:
        return f"{option} = {printable(value or '')}"


REWRITE_RULES = RewriteRules()
