"""The routers, a file each. Each is a coroutine that says what becomes of an address.

    accept         takes it: what reaches it was chosen by its preconditions
    redirect       aliases, .forward files, filters
    dnslookup      asks the DNS for the hosts of its domain
    manualroute    the administrator names the hosts
    ipliteral      user@[192.0.2.1]
    queryprogram   a program says it
    iplookup       a server would say it: not here

Law: Exim specification, chapters 16 to 22.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

Driver = Callable[..., Awaitable[Any]]


@lru_cache(maxsize=16)
def driver(name: str) -> Driver:
    """The coroutine ``route(address, router, desk, person)``; loaded when first named."""
    route: Driver = import_module(f"{__name__}.{name}").route
    return route
