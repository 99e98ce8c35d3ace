"""What a POP3 server puts up with. A person never meets these; a program gone wild does."""

from __future__ import annotations

from dataclasses import dataclass

from labmail.world.crowd import MOST, MOST_OF_ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times are seconds of the lab's clock."""

    line: int = 255
    """Octets of a command, CRLF included (RFC 2449 §4)."""
    idle: float = 600.0
    """Without a command for so long, the line is cut and nothing removed: RFC 1939 §3 demands at
    least ten minutes."""
    failed_logins: int = 5
    """Wrong passwords on one connection before the server hangs up."""
    failed_delay: float = 2.0
    """How long a live server lets the guesser wait; on a frozen clock that would be for ever."""
    login_delay: float = 0.0
    """Least time between two logins of one user, told by CAPA (RFC 2449 §6.5); 0: none."""
    lock_tries: int = 5
    """How often a live server tries to open a mailbox that somebody is writing to."""
    lock_wait: float = 1.0
    """Seconds between two tries."""
    connections: int = MOST
    connections_of_one: int = MOST_OF_ONE
    """So many talk at a time, in all and from one address. Where more want to, who has got no
    further for longest makes room."""
    shown: int = 65536
    """Octets of a message that the trace keeps of the dialogue."""
