r"""Paths: the addresses of the envelope, by the letter of RFC 5321 §4.1.2.

The address in ``MAIL FROM:`` and ``RCPT TO:`` is a *path*, and its grammar is narrower than that of
an address in a header: no display name, no comment, no folding, always in angle brackets. A server
that guesses what was meant guesses wrong some day, so this one does not guess::

    <bob@ask.com>                    the ordinary one
    <>                               the null reverse-path: MAIL only, a bounce (§4.5.5)
    <postmaster>                     RCPT only, the one name without a domain (§4.1.1.3)
    <"bob smith"@ask.com>            a quoted local part
    <bob@[128.10.30.2]>              an address literal, also [IPv6:2001:db8::1] (§4.1.3)
    <@relay.test,@hop.test:b@c.test> a source route: accepted and ignored (appendix C)

With SMTPUTF8 (RFC 6531 §3.3) letters beyond ASCII may stand in the local part and in the labels of
the domain, ``<jürgen@bücher.example>``; they are read here, and `Path.ascii` tells whether there
are any, for only a client that has announced it may say them.

Spaces before the first bracket are tolerated, as nearly everybody does; §3.3 says that they are an
error of the client's. Everything else that departs from the grammar is a `PathError`, which knows
where the reading stopped and what should have stood there.

Try: ``parse_path("<a..b@ask.com>")``.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

MAX_LOCAL, MAX_DOMAIN, MAX_PATH, MAX_LABEL = 64, 255, 256, 63
"""Octets: RFC 5321 §4.5.3.1.1 to .3, and RFC 1035 §2.3.4 for a label of a domain."""

_BEYOND = "\x80-\ud7ff\ue000-\U0010ffff"  # UTF8-non-ascii; without halves of surrogate pairs
_ATOM = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_BEYOND}-]+"
_ALNUM = rf"[A-Za-z0-9{_BEYOND}]"
_LABEL = rf"{_ALNUM}(?:[A-Za-z0-9{_BEYOND}-]*{_ALNUM})?"
_DOT_STRING = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_QUOTED = re.compile(rf'"(?:[ !#-\[\]-~{_BEYOND}]|\\[ -~])*"')
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LITERAL = re.compile(r"\[[!-Z^-~]*\]")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_ORDINARY = re.compile(rf"<({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)>")


class PathError(ValueError):
    """No path: at ``position`` (from 0) of ``text``, ``expected`` should have stood."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.text, self.position, self.expected = text, position, expected
        found = repr(text[position]) if position < len(text) else "the end"
        super().__init__(f"column {position + 1}: expected {expected}, found {found}")


class PathTooLong(PathError):
    """A part of the path is longer than RFC 5321 §4.5.3.1 asks every server to take."""

    def __init__(self, text: str, part: str, length: int, limit: int) -> None:
        super().__init__(text, 0, f"at most {limit} octets")
        self.args = (f"Path too long: {part} has {length} octets, the limit is {limit}",)


@dataclass(frozen=True, slots=True)
class Path:
    """An envelope address. ``local`` is unquoted; both are empty in the null reverse-path ``<>``.

    >>> str(Path("bob smith", "ask.com")), Path("bob", "ask.com").address
    ('<"bob smith"@ask.com>', 'bob@ask.com')
    """

    local: str = ""
    domain: str = ""
    """As it was written, without a change of case; an address literal keeps its brackets."""

    @property
    def null(self) -> bool:
        """True for ``<>``, the sender of bounces (RFC 5321 §4.5.5)."""
        return not self.local and not self.domain

    @property
    def address(self) -> str:
        """The address without brackets, quoted where it must be; empty for the null path."""
        if self.null:
            return ""
        local = self.local if _DOT_STRING.fullmatch(self.local) else _quote(self.local)
        return f"{local}@{self.domain}" if self.domain else local

    @property
    def ascii(self) -> bool:
        """False where it may travel with SMTPUTF8 only (RFC 6531)."""
        return self.local.isascii() and self.domain.isascii()

    @property
    def literal(self) -> bool:
        """True where the domain is an address in brackets."""
        return self.domain.startswith("[")

    def __str__(self) -> str:
        return f"<{self.address}>"


NULL = Path()


def _quote(local: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", local)
    return f'"{escaped}"'


def parse_path(text: str) -> tuple[Path, str]:
    """The path at the beginning of ``text``, and what follows it.

    ``<>`` and ``<postmaster>`` parse here; whether they may stand is for `reverse_path` and
    `forward_path` to say. Raises `PathError`.

    >>> parse_path("<bob@ask.com> SIZE=100")
    (Path(local='bob', domain='ask.com'), ' SIZE=100')
    """
    ordinary = _ORDINARY.match(text)
    if ordinary and ordinary.end() <= MAX_LOCAL and text.isascii():
        return _checked_labels(text, ordinary[1], ordinary[2]), text[ordinary.end() :]
    at = _skip(text, 0, "<")
    if text.startswith(">", at):
        return NULL, text[at + 1 :]
    at = _skip_route(text, at)
    local, at = _local_part(text, at)
    domain = ""
    if local.lower() != "postmaster" or not text.startswith(">", at):
        at = _skip(text, at, "@")
        domain, at = _domain(text, at)
    at = _skip(text, at, ">")
    if (size := octets(text[:at])) > MAX_PATH:
        raise PathTooLong(text, "the path", size, MAX_PATH)
    return Path(local, domain), text[at:]


def reverse_path(text: str) -> tuple[Path, str]:
    """The path of MAIL: a full address or ``<>`` (RFC 5321 §4.1.1.2). Returns it and the rest."""
    path, rest = _spaced(text)
    if path.local and not path.domain:
        raise PathError(text, text.index(">"), '"@" and a domain')
    return path, rest


def forward_path(text: str) -> tuple[Path, str]:
    """The path of RCPT: a full address or ``<postmaster>`` (RFC 5321 §4.1.1.3)."""
    path, rest = _spaced(text)
    if path.null:
        raise PathError(text, text.index(">"), "a mailbox")
    return path, rest


def _spaced(text: str) -> tuple[Path, str]:
    path, rest = parse_path(text.lstrip(" "))
    if rest and not rest.startswith(" "):
        raise PathError(text, len(text) - len(rest), "a space or the end")
    return path, rest.strip(" ")


def _skip(text: str, at: int, token: str) -> int:
    if not text.startswith(token, at):
        raise PathError(text, at, f'"{token}"')
    return at + len(token)


def _skip_route(text: str, at: int) -> int:
    """Past ``@one,@two:``, which RFC 5321 appendix C asks to accept and to ignore."""
    if not text.startswith("@", at):
        return at
    while True:
        _, at = _domain(text, _skip(text, at, "@"))
        if text.startswith(":", at):
            return at + 1
        at = _skip(text, at, ",")


def _local_part(text: str, at: int) -> tuple[str, int]:
    found = _QUOTED.match(text, at) or _DOT_STRING.match(text, at)
    if not found:
        raise PathError(text, at, "a local part")
    if (size := octets(found[0])) > MAX_LOCAL:
        raise PathTooLong(text, "the local part", size, MAX_LOCAL)
    quoted = found[0].startswith('"')
    return re.sub(r"\\(.)", r"\1", found[0][1:-1]) if quoted else found[0], found.end()


def _domain(text: str, at: int) -> tuple[str, int]:
    if literal := _LITERAL.match(text, at):
        if not is_literal(literal[0]):
            raise PathError(text, at, "an address literal: [192.0.2.1] or [IPv6:2001:db8::1]")
        return literal[0], literal.end()
    found = _DOMAIN.match(text, at)
    if not found:
        raise PathError(text, at, "a domain")
    _checked_labels(text, "", found[0])
    return found[0], found.end()


def _checked_labels(text: str, local: str, domain: str) -> Path:
    if (size := octets(domain)) > MAX_DOMAIN:
        raise PathTooLong(text, "the domain", size, MAX_DOMAIN)
    longest = max(map(octets, domain.split(".")))
    if longest > MAX_LABEL:
        raise PathTooLong(text, "a label of the domain", longest, MAX_LABEL)
    return Path(local, domain)


def octets(text: str) -> int:
    """How many octets ``text`` takes on the wire."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def is_literal(text: str) -> bool:
    """True for an address literal of RFC 5321 §4.1.3: ``[192.0.2.1]``, ``[IPv6:2001:db8::1]``.

    >>> is_literal("[128.10.30.2]"), is_literal("[300.1.1.1]"), is_literal("[IPv6:::1]")
    (True, False, True)
    """
    if not (text.startswith("[") and text.endswith("]")):
        return False
    inner = text[1:-1]
    if inner[:5].lower() == "ipv6:":
        return _is_ipv6(inner[5:])
    return bool(_IPV4.fullmatch(inner)) and all(int(part) < 256 for part in inner.split("."))


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def is_domain(text: str) -> bool:
    """True for a domain name of RFC 5321 §4.1.2, in ASCII (RFC 6531 §3.7.1 wants that of EHLO)."""
    short = len(text) <= MAX_DOMAIN and all(len(word) <= MAX_LABEL for word in text.split("."))
    return short and text.isascii() and bool(_DOMAIN.fullmatch(text))
