"""A call to another host, as a transport wants it: everything that is settled before we connect.

Law: Exim specification, chapter 30 (port, interface, helo_data, protocol, the time-outs, TLS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tls = Literal["never", "offered", "required"]
"""Whether a conversation is ciphered: never, if the host offers it, or else not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a host is called."""

    transport: str
    port: int = 25
    interface: str = ""
    """The own address to call from; "": the host's first."""
    helo: str = ""
    esmtp: bool = True
    tls: Tls = "offered"
    verify: bool = False
    """Whether the host's certificate must be good."""
    connect_timeout: float = 300.0
    command_timeout: float = 300.0
    final_timeout: float = 600.0
    in_clear_after_failure: bool = True
    """Whether a conversation that could not be ciphered for now may go on without."""
