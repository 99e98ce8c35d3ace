"""The main options: what can be set before the first `begin`, a file for each theme.

    identity   who this Exim is, and whom it trusts
    logs       what is written down
    acls       which access control list is asked when
    policy     how strict to be with those who connect
    smtp       at the door: limits, dialogue, extensions
    tls        secrecy
    letters    limits and mendings of letters that come in
    lookups    asking others: names, databases, directories
    delivery   the queue and the way out
    bounces    when it cannot be delivered

Law: Exim specification, chapter 14.

Try: ``Main.fields["smtp_banner"].meaning``.
"""

from labmail.exim.options.main.acls import Acls
from labmail.exim.options.main.bounces import Bounces
from labmail.exim.options.main.delivery import Delivery
from labmail.exim.options.main.identity import Identity
from labmail.exim.options.main.letters import Letters
from labmail.exim.options.main.logs import Logs
from labmail.exim.options.main.lookups import Lookups
from labmail.exim.options.main.policy import Policy
from labmail.exim.options.main.smtp import Smtp
from labmail.exim.options.main.tls import Tls

__all__ = [
    "Acls",
    "Bounces",
    "Delivery",
    "Identity",
    "Letters",
    "Logs",
    "Lookups",
    "Main",
    "Policy",
    "Smtp",
    "Tls",
]


class Main(Identity, Logs, Acls, Policy, Smtp, Tls, Letters, Lookups, Delivery, Bounces):
    """All of them."""
