"""Mistakes in a configuration, told as Exim tells them.

Most name a line. Some are found when the file has been read, or belong to a driver; then Exim names
none, although we know it and keep it. How a mistake looks depends on what was asked, too:

    2026-11-23 05:12:00 Exim configuration error in line 7 of /etc/exim4/exim4.conf:
      main option "nosuch" unknown

and, where options are printed (`-bP`),

    LOG: PANIC DIE
      Exim configuration error in line 7 of /etc/exim4/exim4.conf:
      main option "nosuch" unknown

Law: Exim specification, §6.1; chapter 52 (log files).

Try: ``report(Unplaced('no driver defined for router "r"'), "2026-11-23 05:12:00")``.
"""

from __future__ import annotations

from collections.abc import Iterable

from labmail.exim.errors import ConfigError


class Unplaced(ConfigError):
    """A mistake for which Exim names no line. ``file`` and ``line`` are ours to know."""

    heading = "Exim configuration error:\n  "
    panic = "PANIC DIE"

    def __str__(self) -> str:
        told = f"{self.heading}{self.message}"
        return f"{told}\n  {self.help}" if self.help else told


class DriverError(Unplaced):
    """The settings of a router, transport or authenticator do not agree."""

    def __init__(self, message: str, about: str, *, help: str = "") -> None:
        super().__init__(message, help=help)
        self.heading = f"Exim configuration error for {about}:\n  "


class MacroMistake(ConfigError):
    """A line that should have defined a macro."""

    panic = "PANIC"


class UnplacedMacroMistake(Unplaced):
    """A macro that may not be defined, or not like this."""

    panic = "PANIC"


class NoConfiguration(Unplaced):
    """There is no file to read."""

    heading = ""
    panic = "MAIN PANIC DIE"


def report(error: ConfigError, stamp: str, *, listing: bool = False) -> str:
    """What Exim writes to standard error, our line of help left out.

    ``stamp`` is the time, as in a log; ``listing`` where options are being printed.
    """
    if isinstance(error, Unplaced):
        told = f"{error.heading}{error.message}"
    elif error.file:
        told = f"Exim configuration error in line {error.line} of {error.file}:\n  {error.message}"
    else:
        told = f"Exim configuration error:\n  {error.message}"
    if not listing:
        return f"{stamp} {told}\n"
    return f"LOG: {getattr(error, 'panic', 'PANIC DIE')}\n  {told}\n"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Help for a name that nobody knows: the one it resembles, if there is one."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1)
    return f"Did you mean {close[0]}?" if close else ""


def one_before(file: str, line: int) -> str:
    """Help where there must be only one."""
    return f"The one before is in line {line} of {file}."
