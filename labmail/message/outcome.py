"""What became of a delivery, for one recipient: `Delivered`, `Deferred` or `Failed`.

The three ends that RFC 3464 §2.3.3 knows as *delivered*, *delayed* and *failed*. Every transport,
store and delivery agent answers one of them for each recipient of a batch, and each says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the conversation with another host was like: what a log line shows of it."""

    cipher: str = ""
    """``TLS1.3:TLS_AES_256_GCM_SHA384:256``; "" where it was in the clear."""
    verified: str = "no"
    """``yes`` where the host has proved by its certificate who it is."""
    peer_dn: str = ""
    """The subject of its certificate."""
    sni: str = ""
    """The name that we asked its certificate for."""
    resumed: bool = False
    """Whether an earlier session of TLS was taken up again."""
    pipelining: bool = False
    """Whether commands were sent without waiting for answers."""
    chunking: bool = False
    """Whether the letter went in pieces (BDAT)."""
    authenticator: str = ""
    """The name of the authenticator by which we logged in."""
    auth_id: str = ""
    """Who we said we are (``client_set_id``)."""
    auth_sender: str = ""
    """Whom we told to have written the letter (AUTH=)."""
    again: bool = False
    """Whether letters had gone down the connection before."""
    port: int = 0
    own_address: str = ""
    own_port: int = 0
    """Where the connection began."""
    seconds: float | None = None
    """How long the transport took."""
    transport: str = ""
    """The transport that did it, where that was not the one that the router named."""
    shadow: str = ""
    """The transport that had a copy, and what went wrong there."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Done. ``why`` says what took it (``250 OK id=…``, ``/var/mail/bob``)."""

    why: str = ""
    host: str | None = None
    """The host that took it, for a remote delivery: ``mail.ask.com``."""
    address: str | None = None
    """Its lab address: ``128.10.30.2``."""
    file: str | None = None
    """The mailbox that holds it, for a local delivery, as a path of the host's own tree."""
    uid: str | None = None
    """The unique id under which a POP3 server will list it (RFC 1939 §7, UIDL)."""
    reports: bool = False
    """Whether the host that took it will report by itself what becomes of it (DSN, RFC 3461)."""
    again: bool = False
    """Whether it shares the copy of an address before it: ``->`` in Exim's log."""
    signs: Signs | None = field(default=None, compare=False, repr=False)
    """What the conversation was like, where there was one."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: the letter stays in the queue. ``why`` is the text for the log and the student."""

    why: str
    errno: int = 0
    """Exim's number for the log line ``defer (N)``: the system's errno, or a negative one of its
    own."""
    host: str | None = None
    address: str | None = None
    code: str = "4.0.0"
    """Enhanced status code (RFC 3463)."""
    freeze: bool = False
    """Whether nobody should try again until somebody has looked."""
    spoken: bool = False
    """Whether the host had its say: the log names it with the problem."""
    signs: Signs | None = field(default=None, compare=False, repr=False)
    """What the conversation was like, where there was one."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Never: the letter is returned. ``why`` is the text that the bounce quotes."""

    why: str
    host: str | None = None
    address: str | None = None
    code: str = "5.0.0"
    reply: str | None = None
    """The remote server's reply, where it was one that refused: ``550 5.1.1 unknown user``."""
    printed: bytes = b""
    """What a program printed that the sender is to be shown."""
    local: bool = False
    """Whether ``why`` is this host's own affair: the sender hears "local delivery failed"."""
    signs: Signs | None = field(default=None, compare=False, repr=False)
    """What the conversation was like, where there was one."""


Outcome = Delivered | Deferred | Failed
