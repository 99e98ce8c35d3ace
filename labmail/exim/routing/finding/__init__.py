"""Finding the addresses of hosts: by MX and SRV records, by address records, by name.

    ask.com ── MX ──▶ 10 mail.ask.com ── AAAA, A ──▶ 2001:db8::1, 192.0.2.1
                      20 backup.ask.com ───────────▶ 192.0.2.2

In the order to read: `found` (what is asked for, and what came of it), `here` (which host is this
one), `dns` (the hosts of a domain, the addresses of a host), `names` (as the system knows a name).

Law: Exim specification, §13.8 (the local host), chapter 17 (dnslookup); RFC 5321 §5.1, RFC 2782
(SRV), RFC 7505 (null MX).
"""

# The order is that in which to read them.
# isort: off
from .found import AGAIN, FAILED, FOUND, INSECURE, LOCAL
from .found import Finding, Manner, ignored, unreadable
from .here import without_this_host
from .dns import by_dns, must_be_secure
from .names import as_number, by_name

__all__ = [
    "AGAIN",
    "FAILED",
    "FOUND",
    "INSECURE",
    "LOCAL",
    "Finding",
    "Manner",
    "as_number",
    "by_dns",
    "by_name",
    "ignored",
    "must_be_secure",
    "unreadable",
    "without_this_host",
]
