"""The journey: the road of a letter as a picture that can be played, asked and taken apart.

In the order in which to read: `model` says what the page is told of a story; `talk`, `reasons` and
`lying` fill the three panes (Dialogue, Why, State); `rooms` looks inside the hosts; `guesses` asks
what comes next; `compared` lays two journeys side by side; `feed` keeps it live; `widget` is what a
notebook holds. The page's own part begins in ``js/main.js``.
"""

from .model import model
from .widget import JourneyWidget, journey

__all__ = ["JourneyWidget", "journey", "model"]
