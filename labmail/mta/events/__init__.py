"""What an MTA tells about a letter: asked, kept, routed, delivered, put off, given up, returned.

Each class is its facts and the sentences that a student reads. In the order of the road::

    reception   AclChecked ─▶ Spooled | TurnedAway
    routing                     └▶ Routed ─▶ (MX?) ─▶ Delivering
    delivery                                              └▶ HandedOver | Stored | Piped | …
    waiting                    PutOff … GivenUp | Frozen · Resumed · SetAside · Completed
    reports                               └▶ Bounced | Warned | Confirmed | Unreported
    byhand                     an administrator: ByHand

Try: ``lab.story(letter)``.
"""

from .base import INPUT, AddressEvent, LetterEvent
from .byhand import ByHand
from .delivery import Discarded, HandedOver, Piped, Replied, Stored
from .reception import AclChecked, Spooled, TurnedAway
from .reports import Bounced, Confirmed, Unreported, Warned
from .routing import Delivering, Routed
from .waiting import Completed, Frozen, GivenUp, PutOff, Resumed, SetAside

__all__ = [
    "INPUT",
    "AclChecked",
    "AddressEvent",
    "Bounced",
    "ByHand",
    "Completed",
    "Confirmed",
    "Delivering",
    "Discarded",
    "Frozen",
    "GivenUp",
    "HandedOver",
    "LetterEvent",
    "Piped",
    "PutOff",
    "Replied",
    "Resumed",
    "Routed",
    "SetAside",
    "Spooled",
    "Stored",
    "TurnedAway",
    "Unreported",
    "Warned",
]
