"""MTA: the mail transport agent takes letters, keeps them safe, and passes them on.

In the order in which a letter meets it: `reception` and `acl` (may it come in?), `received`,
`submission` (what is written on it), `spool` and `spoolfile` (kept), `queue`, `routing`,
`preconditions` and `routers` (where to?), `transports`, `delivery` and `settling` (done), `retry`
and `hints` (later), `bounce` and `reporting` (back), `log`, and `settings` and `assembly`, which
put one together. What is told about a letter is in `events`.

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
