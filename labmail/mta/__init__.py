"""MTA: the mail transport agent takes letters, keeps them safe, and passes them on.

In the order in which a letter meets it::

    reception     gatekeeper, acl, clientname (may it come in?), intake, received, submission
    kept          spool, spoolfile, letter, ids
    queue         routing, preconditions, routers, recipient, lists, etc, once (where to?)
    delivery      transports, hands, settling (done); patience, retry, hints (later)
    the end       closing; bounce, reporting (back)
    log, listing  what an administrator reads; events: what a student is told

`settings` says what an MTA is told to do, `office` what its parts share; `assembly` puts one
together.

Law: RFC 5321; Exim specification, release 4.96.
"""

# The order is that in which to read them.
# isort: off
from .assembly import Mta
from .settings import Settings, internet_site
from .lists import DomainList, HostList, NameList, Outside
from .letter import Letter
from .queue import Queue
from .reception import Reception
from .recipient import Recipient
from .retry import DEFAULT, RetryRule
from .routing import Routing, route, route_all, verify

__all__ = [
    "DEFAULT",
    "DomainList",
    "HostList",
    "Letter",
    "Mta",
    "NameList",
    "Outside",
    "Queue",
    "Reception",
    "Recipient",
    "RetryRule",
    "Routing",
    "Settings",
    "internet_site",
    "route",
    "route_all",
    "verify",
]
