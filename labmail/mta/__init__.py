"""MTA: the mail transport agent takes letters, keeps them safe, and passes them on.

In the order in which a letter meets it::

    reception     may it come in? acl, the gatekeeper; it gets its Received field
    spool         250: from here on it is kept, and named
    queue         it waits, or somebody works on it; an administrator looks and acts
    routing       where to?
    delivery      there: one attempt, by the transports
    retry         later: what failed, and until when that may last
    reports       back: bounces, warnings, confirmations
    log           what an administrator reads; events: what a student is told

What it does is said by the host's Exim configuration: `orders` is the one in force, `surroundings`
what its strings see of the host, `told` what they see of a letter. `office` has what the parts of
one MTA share; `assembly` puts one together.

Law: RFC 5321; Exim specification, release 4.96.
"""

# The order is that in which to read them.
# isort: off
from .assembly import Mta
from .settings import Settings
from .orders import Orders, read_configuration
from .letter import Letter
from .queue.queue import Queue
from .reception.reception import Reception
from .recipient import Recipient
from .retry.retry import DEFAULT, RetryRule
from .routing.planning import route_all, verify
from .routing.routing import Guide, Routing

__all__ = [
    "DEFAULT",
    "Guide",
    "Letter",
    "Mta",
    "Orders",
    "Queue",
    "Reception",
    "Recipient",
    "RetryRule",
    "Routing",
    "Settings",
    "read_configuration",
    "route_all",
    "verify",
]
