"""The route explorer: why an address goes where it goes, and what it would take to go elsewhere.

In the order in which to read: `model` says what the page is told of a walk; `widget` is what a
notebook holds. The walk itself is `labmail.exim.routing`'s, and works without any of this:
``labmail explain bob@ask.com``. The page's own part begins in ``js/main.js``.

Try: ``route("bob@ask.com", "my.conf", compare="ann@ask.com")``.
"""

from .model import model
from .widget import RouteWidget, route

__all__ = ["RouteWidget", "model", "route"]
