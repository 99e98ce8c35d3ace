"""The words of access control lists, and how a list of them is put together.

    acl_check_rcpt:                     a name
      deny  message = no such user      a verb begins a statement: accept, deny, warn …
            domains = +local_domains    conditions: all must hold
            !verify = recipient         … or not hold
            set acl_m_why = unknown     modifiers: they always do, and set something
      accept

A word must be known when the file is read. What stands after its `=` is expanded when a letter
comes, and mistakes in it are found only then.

Law: Exim specification, chapter 44.

Try: ``reader = AclReader(); reader.read("accept hosts = 192.0.2.0/24"); reader.end()``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from labmail.exim.config.names import BLANKS, take_item_name
from labmail.exim.errors import ConfigError

VERBS = {
    "accept": "Yes, if all conditions hold; after `endpass` a failing one means no.",
    "defer": "Not now (4xx), if all hold.",
    "deny": "No (5xx), if all hold.",
    "discard": "Yes, and the letter or the recipient is thrown away.",
    "drop": "No, and the connection is closed.",
    "require": "No, unless all hold.",
    "warn": "Never decides; its modifiers do their work if all hold.",
}

CONDITIONS = {
    "acl": "Another ACL accepts.",
    "authenticated": "The client has logged in, by one of these mechanisms.",
    "condition": "The text is true after expansion.",
    "decode": "The MIME part can be written to a file.",
    "dkim_signers": "One of these has signed.",
    "dkim_status": "The signature is of this kind: pass, fail, none, invalid.",
    "dnslists": "The host is on one of these lists in the DNS.",
    "domains": "The recipient's domain is one of these.",
    "encrypted": "The connection is encrypted, by one of these ciphers.",
    "hosts": "The client is one of these.",
    "local_parts": "The recipient's local part is one of these.",
    "malware": "The scanner finds something.",
    "mime_regex": "A pattern is in the MIME part.",
    "ratelimit": "It comes too often.",
    "recipients": "The recipient is one of these.",
    "regex": "A pattern is in the letter.",
    "seen": "It was here before.",
    "sender_domains": "The sender's domain is one of these.",
    "senders": "The sender is one of these.",
    "spam": "SpamAssassin takes it for spam.",
    "spf": "The sender's domain says this about the host.",
    "spf_guess": "The same, where a domain says nothing.",
    "verify": "It can be delivered, or is written as it should be.",
}

MODIFIERS = {
    "add_header": "A header line for the letter.",
    "continue": "Expanded, for what that does besides.",
    "control": "Changes how the letter is treated from here on.",
    "delay": "Lets the client wait.",
    "endpass": "From here on, a condition that fails means no.",
    "log_message": "What the log says.",
    "log_reject_target": "In which logs.",
    "logwrite": "Something for the log at once.",
    "message": "What the client is told.",
    "queue": "The queue for the letter.",
    "remove_header": "Header lines to take out.",
    "set": "A variable for later.",
    "udpsend": "A packet to somebody.",
}

VERIFIED = ("dkim_verify_status", "dkim_verify_reason")
END_OF_NAME = re.compile(r"[= \t\n\v\f\r]|$")


class Term(NamedTuple):
    """A condition or a modifier."""

    name: str
    argument: str
    negated: bool = False
    variable: str = ""
    """For `set`: which, without its `acl_`."""
    at: int = 0
    """Which line of the ACL it is on, from 0."""


class Statement(NamedTuple):
    """A verb and its terms, in the order in which they are asked."""

    verb: str
    terms: list[Term]
    at: int = 0


class AclReader:
    """Takes the lines of one ACL."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._at = -1

    def read(self, line: str) -> None:
        """One logical line. Raises ConfigError with the sentence for it."""
        self._at += 1
        negated, name, rest = _word(line)
        if name in VERBS:
            if negated:
                raise ConfigError(f'malformed ACL line "{line}"')
            self.statements.append(Statement(name, [], self._at))
            if not rest:
                return
            negated, name, rest = _word(rest)
        elif not self.statements:
            raise ConfigError(
                f'unknown ACL verb "{name}" in "{line}"', help=f"Verbs: {', '.join(VERBS)}."
            )
        self._term(name, rest, negated, line)

    def _term(self, name: str, rest: str, negated: bool, line: str) -> None:
        statement = self.statements[-1]
        if name not in CONDITIONS and name not in MODIFIERS:
            raise ConfigError(
                f'unknown ACL condition/modifier in "{line}"', help=_meant(name, statement.verb)
            )
        if negated and name in MODIFIERS:
            raise ConfigError(f'ACL error: negation is not allowed with "{name}"')
        if name == "endpass":
            if statement.verb not in ("accept", "discard"):
                raise ConfigError(f'ACL error: "endpass" is not allowed with "{statement.verb}"')
            statement.terms.append(Term(name, "", at=self._at))
            return
        variable, rest = _variable(rest) if name == "set" else ("", rest)
        if not rest.startswith("="):
            kind = "modifier" if name in MODIFIERS else "condition"
            raise ConfigError(f'"=" missing after ACL "{name}" {kind}')
        argument = rest[1:].lstrip(BLANKS)
        statement.terms.append(Term(name, argument, negated, variable, self._at))

    def end(self) -> list[Statement]:
        """No more lines: what the ACL says."""
        return self.statements


def _word(text: str) -> tuple[bool, str, str]:
    """Whether there is a `!`, the name after it, and what follows."""
    text = text.lstrip(BLANKS)
    negated = text.startswith("!")
    name, rest = take_item_name(text[1:].lstrip(BLANKS) if negated else text)
    return negated, name, rest


def _variable(text: str) -> tuple[str, str]:
    """The variable that is set, and what follows its name."""
    wrong = f'in ACL modifier "set {text}"'
    name = text[: END_OF_NAME.search(text).start()]  # type: ignore[union-attr]
    for known in VERIFIED:
        if text.startswith(known):
            if text[len(known) :][:1].isalnum():
                raise ConfigError(
                    f'invalid variable name after "set" {wrong} '
                    '(only "dkim_verify_status" or "dkim_verify_reason" permitted)'
                )
            return known, text[len(known) :].lstrip(BLANKS)
    if not name.startswith(("acl_c", "acl_m")):
        raise ConfigError(
            f'invalid variable name after "set" {wrong} (must start "acl_c" or "acl_m")'
        )
    if not re.match(r"[0-9_]", name[5:]):
        raise ConfigError(
            f'invalid variable name after "set" {wrong} '
            "(digit or underscore must follow acl_c or acl_m)"
        )
    for character in name[5:]:
        if not (character == "_" or (character.isascii() and character.isalnum())):
            raise ConfigError(f'invalid character "{character}" in variable name {wrong}')
    return name[4:], text[len(name) :].lstrip(BLANKS)


def _meant(name: str, verb: str) -> str:
    """A word of help for a name that was mistyped."""
    import difflib

    close = difflib.get_close_matches(name, [*CONDITIONS, *MODIFIERS], 1)
    return f"Did you mean {verb} {close[0]}?" if close else ""
