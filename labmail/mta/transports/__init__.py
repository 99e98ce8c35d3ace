"""Transports: how a letter leaves. A driver is a file; its options are the fields of its class.

First `base`, what all have in common and whom they hand the deed to; then the drivers.
"""

# The order is that in which to read them.
# isort: off
from .base import Assigned, Hands, Transport
from .smtp import SmtpTransport
from .appendfile import AppendfileTransport

__all__ = ["AppendfileTransport", "Assigned", "Hands", "SmtpTransport", "Transport"]
