"""A call to another host, as a transport wants it: everything that is settled before we connect.

Law: Exim specification, chapter 30 (port, interface, helo_data, protocol, the time-outs, TLS).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["never", "offered", "required", "at once"]
"""Whether a conversation is ciphered: never, if the host offers it, or else not at all; or from the
first octet on, without a word (RFC 8314 §3.3)."""
Verify = Literal["no", "try", "must"]
"""What is done with the host's certificate: nothing, a look at it; or it must be good."""
SYSTEM = "system"
"""Those whom the whole host believes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """What a ciphered conversation with a host must be like."""

    verify: Verify = "try"
    verify_name: bool = True
    """Whether the certificate must be one for the host's name."""
    authorities: str = SYSTEM
    """A file of those who vouch for hosts, or `SYSTEM`; "": nobody."""
    taken_back: str = ""
    """A file of certificates that count no more (tls_crl)."""
    certificate: str = ""
    """A file with our own certificate, and one with its key; "": that in the same file."""
    key: str = ""
    name: str = ""
    """The name that we ask a certificate for (SNI); "": none."""
    priorities: str = ""
    """Which ciphers are good enough, in GnuTLS's words; "": what is ordinary."""
    shortest_prime: int = 1024
    """Bits of a Diffie-Hellman prime."""
    resume: bool = False
    """Whether an earlier session may be taken up again."""
    status: bool = False
    """Whether the host must prove that its certificate has not been taken back (OCSP)."""
    protocols: tuple[str, ...] = ()
    """The application protocols that we speak (ALPN), and whether one must be agreed on."""
    agreed: bool = False
    unsaid: str = ""
    """Why an option has no value: it comes out when it is wanted."""

    @property
    def own_files(self) -> str:
        """The files with our certificate and its key, as the log names them."""
        return f"cert={self.certificate} key={self.key or self.certificate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a host is called."""

    transport: str
    port: int = 25
    alone: bool = False
    """Whether nobody else of this MTA may be in conversation with the host (serialize_hosts)."""
    interface: str = ""
    """The own address to call from; "": the host's first."""
    helo: str = ""
    esmtp: bool = True
    lmtp: bool = False
    tls: Tls = "offered"
    secrecy: Secrecy = field(default_factory=Secrecy)
    connect_timeout: float = 300.0
    command_timeout: float = 300.0
    final_timeout: float = 600.0
    in_clear_after_failure: bool = True
    """Whether a conversation that could not be ciphered for now may go on without."""
