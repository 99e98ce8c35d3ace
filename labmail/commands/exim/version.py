"""``-bV``: which language this is, what is built in, which configuration was read in peace.

The first line begins as Exim's does, since programs look for the version there.

Law: Exim specification, §5.3, -bV.
"""

from __future__ import annotations

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
    """The drivers that there are: a driver is a file."""
    from labmail.exim.lookups.table import KINDS
    from labmail.exim.options.drivers import driver_names

    parts = {"Lookups (built-in)": sorted(KINDS)}
    for section in ("authenticators", "routers", "transports"):
        parts[section.capitalize()] = sorted(driver_names(section))
    return parts
