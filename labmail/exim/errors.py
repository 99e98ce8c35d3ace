"""What goes wrong in the administrator's language, in the words that Exim uses for it.

    ConfigError       the configuration cannot be read: nothing runs
    ExpansionFailed   a string cannot be expanded: what asked for it fails
    Deferred          it could not be found out now: ask again later

Each carries Exim's own sentence, since administrators search for it, and where something can be
said about the cure, a line of ours in ``help``.

Law: Exim specification, chapters 6 and 11.
"""

from __future__ import annotations


class EximError(ValueError):
    """Common to all: ``message`` is the sentence that Exim prints."""

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class ConfigError(EximError):
    """A mistake in a configuration. ``file`` and ``line`` (from 1) say where, where it is known."""

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, help: str = ""
    ) -> None:
        super().__init__(message, help=help)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        where = f" in line {self.line} of {self.file}" if self.file else ""
        told = f"Exim configuration error{where}:\n  {self.message}"
        return f"{told}\n  {self.help}" if self.help else told


class ExpansionFailed(EximError):
    """A string that has no value. ``position`` counts characters from 0 in the string.

    ``forced`` is true where the string itself asked to fail (``{fail}``): routers and ACLs take
    that for an answer and not for a mistake.
    """

    def __init__(
        self,
        message: str,
        *,
        position: int | None = None,
        forced: bool = False,
        help: str = "",
    ) -> None:
        super().__init__(message, help=help)
        self.position = position
        self.forced = forced


class Deferred(EximError):
    """A lookup, a name server or a program gave no answer for now."""
