"""MTA: the mail transport agent takes letters, keeps them safe, and passes them on.

In the order in which a letter meets it::

    reception     gatekeeper, acl, clientname (may it come in?), intake, received, submission
    kept          spool, spoolfile, letter, ids
    queue         systemfilter, planning, routing, recipient, hosts, phrases (where to?)
    delivery      transports, hands, settling (done); patience, retry, hints (later)
    the end       closing; bounce, reporting (back)
    log, listing  what an administrator reads; events: what a student is told

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
from .queue import Queue
from .reception import Reception
from .recipient import Recipient
from .retry import DEFAULT, RetryRule
from .planning import route_all, verify
from .routing import Guide, Routing

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
