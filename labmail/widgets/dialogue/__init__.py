"""The dialogue console: speak SMTP or POP3 by hand to a real server, or be the server yourself.

In the order in which to read: `runs` makes octets visible; `model` says what the page is told of a
dialogue; `widget` is what a notebook holds. The dialogue itself is `labmail.lab.talk.calling`'s and
`labmail.lab.talk.answering`'s, and works without any of this. The page's own part begins in
``js/main.js``.

Try: ``speak(lab, "mail.ask.com", "smtp")``.
"""

from .model import model
from .widget import DialogueWidget, speak

__all__ = ["DialogueWidget", "model", "speak"]
