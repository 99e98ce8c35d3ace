"""Transports: how a letter leaves. A driver is a file, made from its block of the configuration.

First `base`, what all have in common and whom they hand the deed to; `asking`, what options say;
`copies`, what leaves. Then the drivers, and what each of them needs.
"""

# The order is that in which to read them.
# isort: off
from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Assigned, Hands, Transport
from .asking import Asked, Hindered
from .smtp import SmtpTransport
from .appendfile import AppendfileTransport
from .pipe import PipeTransport
from .autoreply import AutoreplyTransport
from .lmtp import LmtpTransport

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

DRIVERS: dict[str, type[Transport]] = {
    "smtp": SmtpTransport,
    "appendfile": AppendfileTransport,
    "pipe": PipeTransport,
    "autoreply": AutoreplyTransport,
    "lmtp": LmtpTransport,
}


def make(block: Block) -> Transport:
    """The transport of a block of the configuration."""
    return DRIVERS[block.driver](block)


__all__ = [
    "DRIVERS",
    "AppendfileTransport",
    "Asked",
    "Assigned",
    "AutoreplyTransport",
    "Hands",
    "Hindered",
    "LmtpTransport",
    "PipeTransport",
    "SmtpTransport",
    "Transport",
    "make",
]
