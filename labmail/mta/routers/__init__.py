"""Routers: who takes this address? A driver is a file; its options are the fields of its class.

First `verdict`, the answers; then `base`, what all routers have in common; then the drivers.
"""

from .verdict import (
    Accept,
    Answer,
    Decline,
    Defer,
    Discard,
    Fail,
    Host,
    Pass,
    Person,
    Redirect,
)
from .base import Context, Resolver, Router  # isort: skip
from .accept import AcceptRouter  # isort: skip
from .dnslookup import PRIVATE, DnslookupRouter  # isort: skip
from .manualroute import ManualrouteRouter, RouteList  # isort: skip
from .redirect import RedirectRouter  # isort: skip

__all__ = [
    "PRIVATE",
    "Accept",
    "AcceptRouter",
    "Answer",
    "Context",
    "Decline",
    "Defer",
    "Discard",
    "DnslookupRouter",
    "Fail",
    "Host",
    "ManualrouteRouter",
    "Pass",
    "Person",
    "Redirect",
    "RedirectRouter",
    "Resolver",
    "RouteList",
    "Router",
]
