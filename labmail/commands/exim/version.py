"""``-bV``: which language this is, what is built in, which configuration was read in peace.

The first line begins as Exim's does, since programs look for the version there.

Law: Exim specification, §5.3, -bV.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .caller import Caller

VERSION = "4.96"
"""Of Exim, whose language this is."""


def tell_version(caller: Caller) -> None:
    """Version, parts and drivers: said before the configuration is read."""
    from importlib.metadata import version

    caller.say(f"Exim version {VERSION} as spoken by labmail {version('labmail')}\n")
    for title, names in built_in().items():
        caller.say(f"{title}: {' '.join(names)}\n")


def built_in() -> dict[str, list[str]]:
    """The drivers that there are, by the folders that hold them."""
    from labmail.exim import options
    from labmail.exim.lookups.table import KINDS

    parts = {"Lookups (built-in)": sorted(KINDS)}
    for title in ("Authenticators", "Routers", "Transports"):
        parts[title] = files_of(os.path.join(options.__path__[0], title.lower()))
    return parts


def files_of(folder: str) -> list[str]:
    """A driver is a file; this is the table of contents of a folder."""
    return sorted(
        name.removesuffix(".py")
        for name in os.listdir(folder)
        if name.endswith(".py") and name not in ("__init__.py", "base.py")
    )
