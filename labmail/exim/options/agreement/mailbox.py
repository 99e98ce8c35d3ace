"""A single address in a setting: does it look like one?

Law: RFC 5322 §3.4 (address specification).
"""

from __future__ import annotations

import re

COMMENT = re.compile(r"\([^()]*\)")
WORD = r'(?:"(?:[^"\\]|\\.)*"|[^\s()<>@,;:\\"\[\]]+)'
DOMAIN = r"(?:[A-Za-z0-9\x80-\xff](?:[\w.\x80-\xff-]*[\w\x80-\xff])?|\[[^\]]*\])"
MAILBOX = re.compile(rf"({WORD})(?:\s*@\s*(.*))?", re.DOTALL)
START = re.compile(rf"{WORD}@{DOMAIN}")


def mistake(text: str) -> tuple[str, bool]:
    """What is wrong with an address (empty: nothing), and whether it has a domain."""
    plain = COMMENT.sub(" ", text).strip()
    if not plain:
        return "empty address", False
    named = re.fullmatch(rf"(?:(?:{WORD}|\s)*)<([^>]*)(>?)", plain)
    if named:
        if not named.group(2):
            return "'>' missing at end of address", False
        plain = named.group(1).strip()
        if not plain:
            return "missing or malformed local part", False
    if plain.startswith("@"):
        return "no local part", False
    found = MAILBOX.fullmatch(plain)
    if not found:
        return _malformed(plain), False
    domain = found.group(2)
    if domain is not None and not re.fullmatch(DOMAIN, domain):
        return _malformed(plain) if "," in domain else "domain missing or malformed", False
    return "", domain is not None


def _malformed(text: str) -> str:
    whole = START.match(text)
    if whole:
        return f"malformed address: {text[whole.end() :]} may not follow {whole.group()}"
    return 'missing or malformed local part (expected word or "<")'
