"""Exim's tools: small programs beside the mail system, which ask it or look into its files.

    exiqgrep   those letters of the queue that fit: by sender, recipient, age, size, frozen or not
    exigrep    all that a log says of those letters of which a line fits
    exinext    what the hints know of a host or an address: since when it fails, when it is tried
    exiwhat    what the mail system is doing now

Each is a coroutine over a mail system at work, and gives what it says. Those tools that only read
files (eximstats, exipick) are Debian's own, and read a host's spool and logs as they are.

Law: Exim specification, chapter 53 ("Exim utilities").
"""

from .exigrep import exigrep
from .exinext import exinext
from .exiqgrep import exiqgrep
from .exiwhat import exiwhat

__all__ = ["exigrep", "exinext", "exiqgrep", "exiwhat"]
