"""Routers: who takes this address? A driver is a file; its options are the fields of its class.

First `verdict`, the answers; then `base`, what all routers have in common; then the drivers.
"""

# The order is that in which to read them.
# isort: off
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
from .base import Context, Resolver, Router
from .accept import AcceptRouter
from .dnslookup import PRIVATE, DnslookupRouter
from .manualroute import ManualrouteRouter, RouteList
from .redirect import RedirectRouter

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
