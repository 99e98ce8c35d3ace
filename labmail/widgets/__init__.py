"""Widgets: seeing it. What the trace tells, on a page that one can touch.

A widget is three things that lie beside each other: a class that a notebook holds, plain data that
it makes from the trace (tested without a browser), and a few JavaScript modules that draw these
data and nothing else. The modules need no build step: `assets` joins them into one, and the same
one runs in JupyterLab, in Voilà and in a page without a kernel (`page`).

    trace ─▶ model (JSON) ─▶ one ES module ─┬─▶ a live widget in a notebook
                                            └─▶ to_html(): a file that needs nothing else

All that strangers wrote reaches the page as text, never as markup.

Try: ``journey(lab, letter)`` in a notebook, or ``journey(lab, letter).to_html("road.html")``.
"""

from .dialogue import DialogueWidget, speak
from .expansion import ExpansionWidget, unfold
from .journey import JourneyWidget, journey
from .queue import QueueWidget, queue
from .route import RouteWidget, route

__all__ = [
    "DialogueWidget",
    "ExpansionWidget",
    "JourneyWidget",
    "QueueWidget",
    "RouteWidget",
    "journey",
    "queue",
    "route",
    "speak",
    "unfold",
]
