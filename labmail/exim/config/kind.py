"""What can be set: an option has a name and a kind, and the kind reads and shows its values.

    queue_only                      a switch
    message_size_limit = 50M        a text that is expanded when a letter comes
    smtp_receive_timeout = 5m       a time

A kind is one object for all options that are written alike. It reads what stands after the `=`,
raises `ConfigError` in Exim's words where it cannot, and shows a value as `-bP` does. The options
themselves are listed elsewhere (`labmail.exim.options`); the reader only knows that there is a
table, and asks it.

Law: Exim specification, §6.13 to §6.22 (the formats of option settings).

Try: ``TIME.read("1h30m", "retry_after", ALONE)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labmail.exim.config.people import NOBODY, People
from labmail.exim.errors import ConfigError


class Around(NamedTuple):
    """What a value may have to be looked up in while it is read."""

    people: People = NOBODY
    expand: Callable[[str], str] | None = None
    """Expands a text, for the few options that Exim expands while it reads them."""


ALONE = Around()


class Kind:
    """One way of writing a value. Subclasses are beside their siblings: words, numbers, times."""

    name = "value"
    switch = False
    """A switch needs no `=`, and takes `no_` or `not_` before its name."""

    def read(self, text: str, option: str, around: Around) -> Any:
        """The value of what stands after the `=`. Raises ConfigError in Exim's words."""
        raise NotImplementedError

    def show(self, option: str, value: Any, people: People) -> str:
        """The line of `-bP` for a value, without its line end."""
        return f"{option} = {value}"

    def __repr__(self) -> str:
        return self.name.upper().replace(" ", "_")


class Option(NamedTuple):
    """Something that can be set. ``default`` is a value of the kind, None where Exim has none."""

    name: str
    kind: Kind
    default: Any = None
    meaning: str = ""
    """One sentence for a reader."""
    again: Callable[[str | None, str], str] | None = None
    """Where it may be set again: the value so far and the new text give the value."""
    hidden: bool = False
    """Shown to administrators only, as if set with `hide`."""


def extra(text: str, after: str) -> ConfigError:
    """Something stands where the line should have ended."""
    comment = " (# is comment only at line start)" if text.startswith("#") else ""
    return ConfigError(f"extra characters follow {after}{comment}")
