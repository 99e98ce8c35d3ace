"""Retry rules: how often to try again, and for how long.

    *.example.com   *          F,2h,15m; G,16h,1h,1.5; F,4d,6h
    whom            which      every 15 minutes for 2 hours; then ever more rarely, up to 16 hours;
                    error      then every 6 hours, up to 4 days

Law: Exim specification, chapter 32.

Try: ``read_rule("* * F,2h,15m")``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from labmail.exim.config.kind import ALONE
from labmail.exim.config.names import BLANKS
from labmail.exim.config.numbers import FIXED_POINT
from labmail.exim.config.times import read_time
from labmail.exim.errors import ConfigError
from labmail.exim.options.quoting import take_word

ERRORS = ("lost_connection", "lookup", "tls_required")
"""Errors that may be written as far as one likes: `lost` will do."""

OUTDATED = (
    '"timeout_dns" is no longer available in retry rules (it has never worked) '
    '- treated as "timeout"'
)
REPLY = re.compile(r"(?:xx|[0-9](?:[0-9]|x))")
ARGUMENT = re.compile(r",[ \t\n\v\f\r]*([A-Za-z0-9]*)")
FACTOR = re.compile(r",[ \t\n\v\f\r]*([A-Za-z0-9.]*)")


class Stretch(NamedTuple):
    """One part of a rule: how it goes until so long after the first failure."""

    letter: str
    """F: evenly; G: ever more rarely; H: the same, not all at the same moment."""
    until: int
    interval: int
    factor: int = 1000
    """In thousandths."""


class Retrying(NamedTuple):
    """A rule."""

    pattern: str
    error: str
    senders: str | None
    stretches: list[Stretch]
    warning: str = ""
    """Something that Exim logs when it reads the rule, and goes on."""


def read_rule(line: str) -> Retrying:
    """A line of the retry section. Raises ConfigError."""
    pattern, rest = take_word(line)
    error = re.match(r"[!-~\x80-\xff]*", rest).group()  # type: ignore[union-attr]
    if not error:
        raise ConfigError("missing error type in retry rule")
    check_error(error)
    senders, rest = _senders(rest[len(error) :].lstrip(BLANKS))
    stretches = []
    while rest:
        stretch, rest = _stretch(rest)
        stretches.append(stretch)
        if rest.startswith(";"):
            rest = rest[1:].lstrip(BLANKS)
        elif rest:
            raise ConfigError("semicolon expected")
    old = re.match("timeout_d", error, re.IGNORECASE)
    return Retrying(pattern, error, senders, stretches, OUTDATED if old else "")


def _senders(rest: str) -> tuple[str | None, str]:
    """`senders=…`: the rule is for letters from these only."""
    if not rest.startswith("senders"):
        return None, rest
    rest = rest[7:].lstrip(BLANKS)
    if not rest.startswith("="):
        raise ConfigError('"=" expected after "senders" in retry rule')
    return take_word(rest[1:])


def _stretch(rest: str) -> tuple[Stretch, str]:
    letter = rest[0].upper()
    until, rest = _argument(rest[1:], ARGUMENT)
    if letter not in "FGH":
        raise ConfigError("unknown retry rule letter")
    interval, rest = _argument(rest, ARGUMENT)
    stretch = Stretch(letter, _time(until), _time(interval))
    if letter != "F":
        factor, rest = _argument(rest, FACTOR)
        stretch = stretch._replace(factor=_factor(factor))
    if stretch.until <= 0 or stretch.interval <= 0 or stretch.factor < 1000:
        raise ConfigError(
            "bad parameters for retry rule",
            help="F,until,every or G,until,first,factor: times like 2h, and a factor from 1 on.",
        )
    return stretch, rest.lstrip(BLANKS)


def _argument(rest: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    found = pattern.match(rest)
    if not found:
        raise ConfigError("comma expected")
    rest = rest[found.end() :]
    if rest and rest[0] not in BLANKS and rest[0] not in ",;":
        raise ConfigError("comma or semicolon expected")
    return found.group(1), rest


def _time(text: str) -> int:
    seconds = read_time(text)
    return -1 if seconds is None else seconds


def _factor(text: str) -> int:
    try:
        value = FIXED_POINT.read(text, "", ALONE)
    except ConfigError:
        return -1
    return int(value)


def check_error(error: str) -> None:
    """Is it the name of something that can go wrong? Raises ConfigError."""
    word, _, more = error.lower().partition("_")
    if error == "*" or any(name.startswith(error.lower()) for name in ERRORS):
        return
    if word in ("mail", "rcpt", "data") and more.startswith("4"):
        if not REPLY.fullmatch(error[6:]):
            raise ConfigError(
                f"{error[:4]}_4 must be followed by xx, dx, or dd, "
                "where x is literal and d is any digit"
            )
    elif word == "timeout":
        _check_timeout(more)
    elif word == "refused":
        if not _one_of(more, "a", "mx"):
            raise ConfigError('A or MX expected after "refused"')
    elif word == "quota":
        if "_" in error and read_time(more) is None:
            raise ConfigError("bad time value")
    elif not (word == "auth" and "_" in error and "failed".startswith(more)):
        raise ConfigError(f'unknown or malformed retry error "{error}"')


def _check_timeout(more: str) -> None:
    """`timeout`, `timeout_MX`, `timeout_connect_A` …"""
    what, _, host = more.partition("_")
    whole = _one_of(more, "a", "mx", "connect", "dns")
    if not whole and not (what == "connect" and _one_of(host, "a", "mx")):
        raise ConfigError('"A", "MX", or "connect" expected after "timeout"')


def _one_of(text: str, *words: str) -> bool:
    """Is it the beginning of one of these words? Nothing is."""
    return any(word.startswith(text) for word in words)
