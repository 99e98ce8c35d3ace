"""The queue: what waits on a host, when it was tried, and when it will be tried again.

    past      what is told of a letter: when it was tried, how it ended
    future    what the retry rule says of it: when the next tries are, when it is given up
    model     both, as plain data for the page
    widget    what a notebook holds
    js/       what is drawn

Try: ``queue(lab.host("mail.example.com"))``.
"""

from .model import model
from .widget import QueueWidget, queue

__all__ = ["QueueWidget", "model", "queue"]
