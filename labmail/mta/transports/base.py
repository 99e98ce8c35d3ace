"""A transport: how a letter leaves, once a router has said where it goes.

A transport holds options and decides: which addresses go together, in what order hosts are tried,
which lines a mailbox copy begins with. The deed itself is another room's: `labmail.smtp` speaks to
the next host, `labmail.mda` writes into the mailbox; a transport reaches both through `Hands`.

It takes a batch and gives one outcome for each address of it.

Adding a transport: copy `appendfile`, name its options as Exim does.

Law: Exim specification, chapters 24 to 30.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from labmail.message.outcome import Outcome
from labmail.smtp import Client, Wish
from labmail.smtp.dsn import NOTHING
from labmail.store import Delivery

from ..letter import Letter
from ..recipient import Recipient
from ..retry import Attempt
from ..routers.verdict import Host, Person


@dataclass(frozen=True, slots=True)
class Assigned:
    """An address that a router gave to a transport."""

    recipient: Recipient
    router: str
    hosts: tuple[Host, ...] = ()
    person: Person | None = None
    originals: tuple[str, ...] = ()
    """The addresses of the envelope that lead here: what Envelope-to will say."""
    event: str | None = None
    """The event that brought it here, cause of what follows."""
    wish: Wish = NOTHING
    """What the next host is to be asked to report (RFC 3461 §5.2)."""

    @property
    def address(self) -> str:
        return self.recipient.address


class Hands(Protocol):
    """What does the deed, and knows the time: the MTA's `Delivery` is one."""

    hostname: str

    def now(self) -> float:
        """POSIX seconds of the lab's clock."""
        ...

    async def store(self, kind: str, batch: Sequence[Delivery]) -> list[Outcome]:
        """Puts letters into mailboxes of a kind, ``mbox`` or ``maildir``."""
        ...

    async def call(
        self, letter: Letter, batch: Sequence[Assigned], host: Host, transport: SmtpOptions
    ) -> Client:
        """Connects to a host; raises `labmail.smtp.NoSession`."""
        ...

    def host_waits(self, host: Host) -> Attempt | None:
        """What is known of a host whose next try is not due yet; None if it may be tried."""
        ...

    def host_failed(self, host: Host, problem: str) -> Attempt:
        """Remembers that a host could not be used; says what follows."""
        ...

    def host_worked(self, host: Host) -> None:
        """Forgets the host's failures."""
        ...


class SmtpOptions(Protocol):
    """What `Hands.call` needs to know of the transport that calls."""

    @property
    def name(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def timeout(self) -> float: ...
    @property
    def starttls(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """The generic options."""

    name: str

    driver: ClassVar[str] = ""
    local: ClassVar[bool] = False
    """Whether it ends on this host; log lines then show the local part only."""

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        """Serves ``batch``, and says what became of each, in order."""
        raise NotImplementedError(f"transport {self.name}: the driver has no deliver()")

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """Which addresses are served together."""
        return [[each] for each in assigned]
