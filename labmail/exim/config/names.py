"""Names of drivers, ACLs and lists, at the start of a line.

Law: Exim specification, §6.21 (driver definitions), §10.5 (named lists).
"""

from __future__ import annotations

import re

from labmail.exim.errors import ConfigError

BLANKS = " \t\n\v\f\r"
NAME_LENGTH = 63
NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9_]*)?")


def take_item_name(line: str) -> tuple[str, str]:
    """The name at the start of a line, empty if there is none, and what follows it."""
    name = NAME.match(line).group()  # type: ignore[union-attr]
    if len(name) > NAME_LENGTH:
        raise ConfigError(
            f"exim item name too long (>{NAME_LENGTH + 1}), unable to use "
            f'"{name[:NAME_LENGTH]}" (truncated)'
        )
    return name, line[len(name) :].lstrip(BLANKS)


def defines_macro(name: str, rest: str) -> bool:
    """Does such a line define a macro?"""
    return name[:1].isupper() and rest.startswith("=")
