"""Which drivers there are, by section and name. A driver's file is loaded when it is first named.

Law: Exim specification, §6.21 (driver definitions).

Try: ``driver_class("routers", "redirect").fields["allow_fail"].meaning``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labmail.exim.options.field import Options

SECTIONS = ("authenticators", "transports", "routers")
"""In the order in which Exim's own macros name them."""


def driver_names(section: str) -> Iterable[str]:
    """The drivers of "routers", "transports" or "authenticators"."""
    names: Iterable[str] = _room(section).DRIVERS
    return names


def driver_class(section: str, name: str) -> type[Options]:
    """A driver. Raises KeyError if there is none of this name."""
    classname = _room(section).DRIVERS[name]
    return _loaded(f"{section}.{name}", classname)


def generic_class(section: str) -> type[Options]:
    """What all drivers of a section have."""
    return _loaded(f"{section}.generic", section[:-1].capitalize())


def _room(section: str) -> Any:
    from importlib import import_module

    return import_module(f"labmail.exim.options.{section}")


def _loaded(module: str, classname: str) -> type[Options]:
    from importlib import import_module

    found: type[Options] = getattr(import_module(f"labmail.exim.options.{module}"), classname)
    return found
