"""A transport: how a letter leaves, once a router has said where it goes.

A transport is made from its block of the configuration, and decides: which addresses go together,
in what order hosts are tried, what the copy begins with. The deed itself is another room's:
`labmail.smtp` speaks to the next host, `labmail.mda` writes files and runs programs; a transport
reaches both through `Hands`.

It takes a batch and gives one outcome for each address of it. What every transport does before and
after is here: it looks whether the letter is too large, and gives the same outcome to all whom
something keeps from being served.

Adding a transport: declare its options in `labmail.exim.options.transports`, copy `pipe` here, and
name it in `transports.DRIVERS`.

Law: Exim specification, chapters 24 to 30.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from labmail.exim.text import Text
from labmail.message.outcome import Delivered, Failed, Outcome, Signs
from labmail.smtp import Wish
from labmail.smtp.dsn import NOTHING
from labmail.store import Delivery
from labmail.world import HostFiles, Programs, Ran

from ..hosts import Host
from ..recipient import Recipient
from ..told import words
from .asking import GENERAL, NOT_ABSOLUTE, Asked, Hindered, hinder

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block, Configuration
    from labmail.exim.expansion.context import Context
    from labmail.exim.routing.address import Address
    from labmail.message.outcome import Deferred

    from ..delivery.lines import Line
    from ..letter import Letter
    from ..retry.retry import Attempt
    from .calling import Call

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assigned:
    """An address that a router gave to a transport."""

    recipient: Recipient
    address: Address
    """What routing found out: the user, the home directory, header lines, where bounces go."""
    router: str = ""
    hosts: tuple[Host, ...] = ()
    originals: tuple[str, ...] = ()
    """The addresses of the envelope that lead here: what Envelope-to will say."""
    event: str | None = None
    """The event that brought it here, cause of what follows."""
    wish: Wish = NOTHING
    """What the next host is to be asked to report (RFC 3461 §5.2)."""


class Hands(Protocol):
    """What does the deed, and knows the time: the MTA's `OfficeHands` is one."""

    hostname: str
    sender_domain: str
    programs: Programs
    files: HostFiles
    configuration: Configuration

    def now(self) -> float:
        """POSIX seconds of the lab's clock."""
        ...

    def context(self, batch: Sequence[Assigned], transport: str) -> Context:
        """What strings may ask about a letter, and about the addresses of a batch."""
        ...

    async def store(self, kind: str, batch: Sequence[Delivery]) -> list[Outcome]:
        """Puts letters into mailboxes of a kind, ``mbox`` or ``maildir``."""
        ...

    async def disk(self, work: Callable[..., T], *args: Any) -> T:
        """Does blocking work on the disk, in a worker."""
        ...

    def next_number(self) -> int:
        """Counts, for names that must differ."""
        ...

    def log(self, text: str) -> None:
        """A line for the main log, about this letter."""
        ...

    async def run(
        self,
        argv: Sequence[str],
        given: bytes,
        *,
        environment: Mapping[str, str] | None = None,
        folder: str = "/",
        patience: float = 60.0,
        most: int = 1 << 20,
    ) -> Ran:
        """Runs a program of this host to its end."""
        ...

    async def submit(self, content: bytes, recipients: Sequence[str], cause: str | None) -> str:
        """Sends a new letter, with CR LF line ends and a null sender; gives its id."""
        ...

    async def call(self, letter: Letter, batch: Sequence[Assigned], host: Host, call: Call) -> Line:
        """A conversation with a host: a new one, or one that another letter has done with. Raises
        `labmail.smtp.NoSession`, and `labmail.mta.lines.Busy` where it must be the only one."""
        ...

    async def hang_up(self, line: Line, most: int) -> None:
        """This letter has done with a line: the next may have it, as one of at most ``most``."""
        ...

    def broken(self, line: Line) -> None:
        """Nobody can go on with a line."""
        ...

    def wait_for(self, transport: str, hosts: Sequence[Host]) -> None:
        """Notes that the letter waits for hosts that cannot be used now."""
        ...

    def host_trouble(self, host: Host, outcome: Deferred | Failed) -> None:
        """A line for the log: what was wrong with a host."""
        ...

    async def host_waits(self, host: Host) -> Attempt | None:
        """What is known of a host whose next try is not due yet; None if it may be tried."""
        ...

    async def host_failed(self, host: Host, domain: str, outcome: Deferred) -> Attempt:
        """Remembers that a host could not be used; says what follows."""
        ...

    def host_worked(self, host: Host) -> None:
        """Forgets the host's failures."""
        ...


class Transport:
    """A block of the configuration, alive."""

    local: ClassVar[bool] = True
    """Whether it ends on this host; log lines then show the local part only."""
    kind = ""
    """The kind of store that it fills, if it is one."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.name, self.driver = block.name, block.driver

    def __getitem__(self, option: str) -> Any:
        """What the configuration says, not expanded; else the default."""
        return self.block[option]

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """Which addresses are served together."""
        return [[each] for each in assigned]

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        """Serves ``batch``, and says what became of each, in order."""
        asked = self.asked(batch, hands)
        try:
            await at_home(asked)
            if large := await too_large(asked, letter):
                return [large] * len(batch)
            outcomes = await self.serve(asked, letter, body, batch, hands)
        except Hindered as hindered:
            return [hindered.outcome] * len(batch)
        if self.local and self["shadow_transport"] is not None:
            return await self._shadowed(asked, letter, body, batch, outcomes, hands)
        return outcomes

    async def _shadowed(
        self,
        asked: Asked,
        letter: Letter,
        body: bytes,
        batch: Sequence[Assigned],
        outcomes: list[Outcome],
        hands: Hands,
    ) -> list[Outcome]:
        """Another transport gets a copy for those who were served. What becomes of it is said in
        the log, and changes nothing."""
        from . import make

        numbers = [n for n, one in enumerate(outcomes) if isinstance(one, Delivered)]
        if not numbers or not await self._wants_shadow(asked):
            return outcomes
        name = self["shadow_transport"]
        block = next((each for each in hands.configuration.transports if each.name == name), None)
        if block is None:
            hands.log(f'unknown shadow transport "{name}" for {self.name} transport')
            return outcomes
        served = [batch[number] for number in numbers]
        copies = await make(block).deliver(letter, body, served, hands)
        for number, one in zip(numbers, copies, strict=True):
            shadow = name if isinstance(one, Delivered) else f"{name} ({one.why})"
            signs = replace(outcomes[number].signs or Signs(), shadow=shadow)
            outcomes[number] = replace(outcomes[number], signs=signs)
        return outcomes

    async def _wants_shadow(self, asked: Asked) -> bool:
        try:
            condition = await asked.text("shadow_condition")
        except Hindered:
            return False
        return condition is None or not is_false(condition.text)

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        """The driver's own part. Raises `Hindered` for all of them."""
        raise NotImplementedError(f"transport {self.name}: the driver has no serve()")

    async def folder(self, asked: Asked) -> str:
        """The folder in which a program stands: the transport's, else ``$home``, else the root."""
        given = asked["current_directory"]
        home = asked.context.variables["home"].text or "/"
        if given is None:
            return words(home)
        failing = f'current directory "{given}" failed to expand for {self.name} transport: '
        told = await asked.expanded(given, failing.__add__, GENERAL)
        path = told.text if told is not None else home
        if not path.startswith("/"):
            words_for_it = f'current directory path "{path}" is not absolute for {self.name}'
            raise hinder(f"{words_for_it} transport", NOT_ABSOLUTE)
        return words(path)

    def asked(self, batch: Sequence[Assigned], hands: Hands) -> Asked:
        """The options, as strings about these addresses."""
        return Asked(self.block, hands.context(batch, self.name))


def is_false(text: str) -> bool:
    """Whether a condition does not hold."""
    return text.strip().lower() in ("", "0", "no", "false")


def written_address(each: Assigned, asked: Asked, *, affixes: bool = False) -> str:
    """An address as others hear it: without what routers took off, unless it is to go along.

    ``ann-lists@ask.com`` where a router took ``-lists`` off goes on as ``ann@ask.com``.
    """
    named = each.recipient
    if named.made and named.parent is not None:
        return named.parent.address
    prefix, suffix = each.address.prefix.text, each.address.suffix.text
    local, at, domain = named.address.rpartition("@")
    if affixes or asked["rcpt_include_affixes"] or not (prefix or suffix) or local[:1] == '"':
        return named.address
    return f"{local[len(prefix) : len(local) - len(suffix)]}{at}{domain}"


async def at_home(asked: Asked) -> None:
    """``$home``, if the transport says it; else it is what the router said."""
    name = asked.block.name
    given = asked["home_directory"]
    if given is None:
        return
    failing = f'home directory "{given}" failed to expand for {name} transport: '
    told = await asked.expanded(given, failing.__add__, GENERAL)
    home = told.text if told is not None else ""
    if not home.startswith("/"):
        raise hinder(
            f'home directory path "{home}" is not absolute for {name} transport', NOT_ABSOLUTE
        )
    asked.context.variables["home"] = Text(home)


async def too_large(asked: Asked, letter: Letter) -> Failed | None:
    """The outcome of a letter that is larger than ``message_size_limit``."""
    limit = await asked.size("message_size_limit")
    if not limit or letter.size <= limit:
        return None
    return Failed(f"message is too big (transport limit = {limit})", code="5.3.4")
