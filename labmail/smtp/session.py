"""Session, transaction and gate: what the server knows, and whom it asks.

The server knows the language and nothing else. Whether a sender may send, whether a recipient is
one of ours, whether a letter is safe on disk: that is decided by whoever owns the server, an MTA's
reception for example. The server asks it through a `Gate`, one question for each moment at which
Exim would ask an ACL (Exim specification, chapter 44)::

    client ──▶ Server ── sender? recipient? message? ──▶ Gate ──▶ Reply, or None: "the ordinary 250"

A `Session` lasts as long as the connection (and begins anew after STARTTLS: RFC 3207 §4.2), a
`Transaction` from one accepted MAIL to the reply behind the dot.

Try: a class with the methods of `Gate`, and ``serve(network, "128.10.30.2", 25, gate, …)``.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from labmail.trace import Ration
from labmail.world import Endpoint, Link

from .dsn import NOTHING, Wish, Wishes
from .limits import Limits
from .paths import Path
from .replies import Reply

Service = Literal["smtp", "submission"]


@dataclass(slots=True, kw_only=True)
class Session:
    """What is known of a connection."""

    client: Endpoint
    server: Endpoint
    service: Service
    link: Link | None = None
    helo: str | None = None
    """What the client called itself, once HELO or EHLO was accepted."""
    esmtp: bool = False
    """Whether it said EHLO."""
    tls: str | None = None
    """Protocol, cipher and bits as Exim writes them: ``TLS1.3:TLS_AES_256_GCM_SHA384:256``."""
    user: str | None = None
    """The login that was authenticated."""
    mechanism: str | None = None
    ration: Ration | None = None
    """How much may be told of a program from outside; None for a host of the lab."""
    began: float = 0.0
    """POSIX seconds of the lab's clock."""
    heard: list[str] = field(default_factory=list)
    """The verbs that were understood, in order; of very many, the last."""
    ended: str = ""
    """How it ended, in words: ``quit``, ``the client went away``."""
    amid: bool = False
    """Whether it ended in the middle of a letter."""
    drop: bool = False
    """A gate sets this to have the connection closed behind its reply (Exim's verb ``drop``)."""
    peer: Any = None
    """aiosmtpd writes the peer's address here."""
    ssl: Any = None
    """aiosmtpd writes the facts about TLS here, once a handshake has succeeded."""
    _letter: str | None = None
    _heard: str | None = None

    @property
    def connection(self) -> str:
        """The connection's name in events."""
        if self.link is not None:
            return self.link.name
        return f"{self.client[0]}:{self.client[1]}>{self.server[0]}:{self.server[1]}"

    @property
    def protocol(self) -> str:
        """How the letter comes, for its Received field: smtp, esmtp, esmtpsa … (RFC 3848)."""
        if not self.esmtp:
            return "smtps" if self.tls else "smtp"
        return f"esmtp{'s' if self.tls else ''}{'a' if self.user else ''}"

    def protocol_of(self, transaction: Transaction) -> str:
        """The same for one letter: ``utf8smtpsa`` where it came with SMTPUTF8 (RFC 6531 §4.3)."""
        return f"utf8{self.protocol[1:]}" if transaction.utf8 else self.protocol

    @property
    def letter(self) -> str | None:
        """The lab's name of the letter that is being handed over.

        A client of the lab has set it. Whoever receives a letter without one (from a program that
        came in through a door) names it by setting this; it is cleared when the letter is through.
        """
        return self.link.letter if self.link is not None else self._letter

    @letter.setter
    def letter(self, name: str | None) -> None:
        if self.link is not None:
            self.link.letter = name
        self._letter = name

    @property
    def cause(self) -> str | None:
        """The event because of which the next thing happens here."""
        if self.link is not None:
            return self.link.heard or self.link.cause
        return self._heard

    @cause.setter
    def cause(self, event: str | None) -> None:
        if self.link is not None:
            self.link.heard = event
        self._heard = event


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One letter's envelope, as far as it has been accepted."""

    sender: Path
    recipients: list[Path] = field(default_factory=list)
    size: int | None = None
    """Octets, as declared by SIZE=."""
    body: str = "7BIT"
    """``7BIT`` or ``8BITMIME``."""
    auth: str | None = None
    """The submitter of AUTH=; "" for ``<>``."""
    utf8: bool = False
    """Whether MAIL said SMTPUTF8: addresses and header may go beyond ASCII (RFC 6531)."""
    wishes: Wishes = field(default_factory=Wishes)
    """What the sender wants to be told (RFC 3461)."""
    events: dict[str, str] = field(default_factory=dict)
    """For a recipient's address the event of its acceptance, which a gate may note here."""

    def add(self, recipient: Path, wish: Wish = NOTHING) -> None:
        """One more recipient. Who is named twice keeps the first wish about it."""
        self.recipients.append(recipient)
        if wish != NOTHING:
            self.wishes.of.setdefault(recipient.address, wish)


class Gate(Protocol):
    """What a server asks its owner. Each method answers a `Reply`; None is the ordinary yes.

    A gate may also have: ``async expand(session, text) -> Reply`` (EXPN is then implemented),
    ``offers(session, extension) -> bool`` for CHUNKING, SMTPUTF8, DSN (else all are offered) and
    EXPN, ``async rewrite(session, words) -> str`` for what stands between the angle brackets of
    MAIL and RCPT, ``mistaken(session, line, reply)`` (a command that the language forbids),
    ``async closed(session)`` (the connection has ended) and
    ``auth_without_tls = True``. An exception becomes ``451 4.3.0``, and the connection goes on.
    """

    @property
    def hostname(self) -> str:
        """The name by which the server calls itself."""

    @property
    def limits(self) -> Limits:
        """How much of everything it takes."""

    service: Service
    tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None
    """STARTTLS is offered if this is not None. A function is called when somebody wants it."""
    mechanisms: tuple[str, ...]
    """What AUTH offers, PLAIN and LOGIN at most; over TLS only, unless ``auth_without_tls``."""

    async def connected(self, session: Session) -> Reply | None:
        """The greeting: 220, or a refusal: 554 (then only QUIT is left) or 421 (closed at once)."""

    async def helo(self, session: Session, name: str) -> Reply | None:
        """HELO or EHLO; ``session.esmtp`` tells which. The words of a 250 become its first line."""

    async def sender(self, session: Session, path: Path, params: Transaction) -> Reply | None:
        """MAIL. ``params`` is the transaction that begins if this answers 250."""

    async def recipient(
        self, session: Session, transaction: Transaction, path: Path
    ) -> Reply | None:
        """RCPT."""

    async def message(self, session: Session, transaction: Transaction, content: bytes) -> Reply:
        """The letter. 250 only when it is safe on disk: with this reply the responsibility passes
        (RFC 5321 §6.1). It is let run to its end even when the client goes away meanwhile."""

    async def verify(self, session: Session, text: str) -> Reply | None:
        """VRFY; None is 252."""

    async def authenticate(self, session: Session, login: str, password: str) -> bool:
        """Whether this login and password belong together."""
