"""What is told of a conversation in SMTP, by the server and by the client.

Few of these are steps of a letter's journey: the login, the offer, the letter that crosses, and
what went wrong. The rest is proof below them. On the ordinary road, others' events in brackets::

    client      Connecting ─▶ Offered ─────────────────▶ Answered ─▶ …
    talk              └▶ Connected ─▶ Greeted ─▶ TlsStarted ─▶ Authenticated ─▶ (ACL) ─▶
    content              ContentTaken ─▶ (spool)

Try: ``trace.find("smtp.ContentTaken")``.
"""

from .base import SmtpEvent, listed
from .client import Answered, ConnectFailed, Connecting, Offered
from .content import ContentRefused, ContentTaken
from .talk import Authenticated, Broke, CommandRefused, Connected, Ended, Greeted, TlsStarted

__all__ = [
    "Answered",
    "Authenticated",
    "Broke",
    "CommandRefused",
    "ConnectFailed",
    "Connected",
    "Connecting",
    "ContentRefused",
    "ContentTaken",
    "Ended",
    "Greeted",
    "Offered",
    "SmtpEvent",
    "TlsStarted",
    "listed",
]
