"""``$GENERATE``: many records from one line, for nets whose hosts are numbered.

``$GENERATE 1-3 host$ A 128.10.12.$`` stands for three records. The dollar is the counter;
``${10,3,x}`` adds 10 and writes it in hexadecimal, three digits wide; ``$$`` is a dollar.

Law: BIND 9 Administrator Reference Manual, "BIND Primary File Extension: the $GENERATE Directive".
Try: ``expand("host${0,3}", 7)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .entries import Token
from .problems import ConfigError, Problem

MOST = 65536
"""Lines that one directive may make."""
WIDEST = 60
"""Digits that one counter may have: a label has at most 63 characters."""

_RANGE = re.compile(r"(\d{1,9})-(\d{1,9})(?:/(\d{1,9}))?")
_COUNTER = re.compile(r"\\.|\$\$|\$\{([+-]?\d{1,9})(?:,(\d{1,3})(?:,([doxX]))?)?\}|\$")


def lines(word: Token, rest: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """The entries that ``$GENERATE RANGE OWNER [TTL] [CLASS] TYPE DATA`` stands for.

    Raises `ConfigError` for a range that is none, or that is too long.
    """
    reach = _RANGE.fullmatch(rest[0].text)
    expected = "a range such as 1-20 or 0-100/10"
    if reach is None or int(reach[2]) < int(reach[1]) or int(reach[3] or 1) == 0:
        raise ConfigError(Problem("invalid range", rest[0].spot, rest[0].text, expected))
    counters = range(int(reach[1]), int(reach[2]) + 1, int(reach[3] or 1))
    if len(counters) > MOST:
        raise ConfigError(Problem("range too long", rest[0].spot, rest[0].text, f"at most {MOST}"))
    for token in rest[1:]:
        if any(int(width or 0) > WIDEST for _, width, _ in _COUNTER.findall(token.text)):
            what = "width too large"
            raise ConfigError(Problem(what, token.spot, token.text, f"at most {WIDEST}"))
    if len(rest) < 4:
        what = "unexpected end of line"
        raise ConfigError(Problem(what, word.spot, word.text, "an owner, a type and data"))
    for n in counters:
        yield tuple(Token(expand(token.text, n), token.spot) for token in rest[1:])


def expand(template: str, n: int) -> str:
    """Puts the counter ``n`` into a template.

    >>> expand("host${0,3}", 7), expand("${-1}.$", 8), expand("${0,2,x}", 255), expand("$$", 1)
    ('host007', '7.8', 'ff', '$')
    """

    def one(match: re.Match[str]) -> str:
        if match[0].startswith("\\"):
            return match[0]
        if match[0] == "$$":
            return "$"
        value = n + int(match[1] or 0)
        return format(value, match[3] or "d").zfill(int(match[2] or 0))

    return _COUNTER.sub(one, template)
