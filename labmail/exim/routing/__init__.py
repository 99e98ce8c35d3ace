"""Routing: where does this address go, and why?

    address        an address on its way; host: a host that it can be sent to
    outcome        what a router can say: Accept, Decline, Pass, Fail, Defer, Children …
    walk           one address through the routers; approach, preconditions: is a router asked?
    drivers/       the routers, a file each
    finding/       the addresses of hosts: by DNS, by name, and which of them is this host
    redirection/   alias lists and .forward files
    follow         an address and all that it becomes
    desk           what routers may ask, and where they note their reasons: steps
    telling        the answer in the words of -bt and -bv
    why/           the walk as questions and answers, and what would change it

Everything here decides and nothing delivers: a transport is a name with options, a user is a
number, and a host an address that nobody has called yet.

Law: Exim specification, chapters 3 and 15 to 22.

Try: ``drive(follow(Text("bob@ask.com"), Desk(configuration, context)))``.
"""

from __future__ import annotations

from .desk import DELIVERY, RECIPIENT, SENDER, Desk
from .follow import Followed, follow

__all__ = ["DELIVERY", "RECIPIENT", "SENDER", "Desk", "Followed", "follow"]
