"""Reception: where letters come in, and the moment when this host becomes responsible for them.

The SMTP server knows the language; it asks reception what the answers are::

    connect      who is it?           the name server is asked for the client's name
    MAIL, RCPT   may it?              the ACLs (`acl`), and the routers: does the recipient exist?
    the dot      is it safe?          header completed, files written and synced, then 250

A letter gets the lab's name with its envelope: the one that its author's program gave it, or, from
a program outside the lab, the host's name and the id that it will have here.

Law: RFC 5321 §4.2.5 and §6.1 (what 250 means), RFC 6409 (submission); Exim specification,
chapters 44 (ACLs) and 48 (message processing).
"""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from labmail.access import Accounts
from labmail.exim.errors import EximError
from labmail.smtp import Limits, Path, Reply, Session, Transaction

from .. import events, log
from ..acl import PROHIBITED, Service
from ..letter import Letter
from ..office import Office
from ..queue.queue import Queue
from ..recipient import Recipient
from .clientname import confirmed_name
from .expanding import expand
from .gatekeeper import Gatekeeper, leg_of_arrival, tell
from .intake import Arrival, take_in
from .received import Origin
from .rewriting import Rewriter

EXTENSIONS = ("CHUNKING", "DSN", "SMTPUTF8")
"""For each, an option ``…_advertise_hosts`` says who is offered it."""

NO_SPACE = Reply(452, "Space shortage, please try later", "4.3.1")
NOT_KEPT = Reply(451, "The letter could not be kept, please try later", "4.3.0")


@dataclass(slots=True)
class Visit:
    """What reception remembers of a connection."""

    name: str | None = None
    """The client's name, where the DNS confirms it."""
    given: str = ""
    """The id that was promised to the letter under way, if reception named it."""
    named: str = ""
    """The name that reception gave last."""
    rewritten: dict[tuple[str, bool], str] = field(default_factory=dict)
    """What became of addresses of the envelope; True: of a recipient."""
    offered: set[str] = field(default_factory=set)
    """Extensions that this client is offered."""
    logged: bool = True
    """Whether the log tells that it came and went."""


class Reception:
    """The gate of one service, ``smtp`` or ``submission``, of one host."""

    def __init__(
        self,
        office: Office,
        queue: Queue,
        service: Service,
        *,
        accounts: Accounts | None = None,
        tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self.office, self.queue, self.service = office, queue, service
        self.accounts, self.tls = accounts, tls
        self.mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN") if accounts else ()
        self.gatekeeper = Gatekeeper(office, service)
        self.rewriter = Rewriter(office)
        self._visits: dict[str, Visit] = {}

    @property
    def limits(self) -> Limits:
        """How much of everything is taken."""
        return self.office.limits

    @property
    def hostname(self) -> str:
        """By what name this host greets, and stamps letters."""
        return self.office.orders.hostname

    # ── who is it? ───────────────────────────────────────────────────────────────────────────────

    async def connected(self, session: Session) -> Reply | None:
        """Notes the client, and its name where forward and reverse DNS agree."""
        visit = self._visits[session.connection] = Visit()
        door = session.link is not None and session.link.door
        if not door and await self._among("host_lookup", session):
            visit.name = await confirmed_name(self.office.resolver, session.client[0])
        for extension in EXTENSIONS:
            if await self._among(f"{extension.lower()}_advertise_hosts", session):
                visit.offered.add(extension)
        if await self._is_in(self.office.settings.expn_hosts, session):
            visit.offered.add("EXPN")
        visit.logged = not await self._among("hosts_connection_nolog", session)
        if visit.logged:
            log.dialogues.opened(self.office.logs, self._origin(session), len(self._visits))
        return None

    async def _among(self, option: str, session: Session) -> bool:
        """Whether the client is one of the hosts that a main option lists."""
        listed = self.office.orders.main(option)
        return listed is not None and await self._is_in(str(listed), session)

    async def _is_in(self, listed: str, session: Session) -> bool:
        if listed in ("", "*"):
            return bool(listed)
        try:
            return bool(await self.office.orders.in_hosts(listed, session.client[0]))
        except EximError as problem:
            self.office.logs.panic(f"failed to check the host list {listed}: {problem.message}")
            return False

    async def closed(self, session: Session) -> None:
        """Forgets the client."""
        origin, office = self._origin(session), self.office
        visit = self._visits.pop(session.connection, None)
        if visit is not None and visit.logged:
            log.dialogues.closed(office.logs, origin, session, office.now())

    def mistaken(self, session: Session, line: str, reply: Reply) -> None:
        """A command that the language forbids."""
        log.dialogues.mistaken(self.office.logs, self._origin(session), line, reply)

    async def helo(self, session: Session, name: str) -> Reply | None:
        """A name that anybody can say proves nothing: it is noted, and not judged."""
        return None

    async def authenticate(self, session: Session, login: str, password: str) -> bool:
        """Whether the password is right; a wrong one is logged."""
        user = self.accounts.check(login, password) if self.accounts else None
        if user is None:
            name = log.AUTHENTICATORS.get(session.mechanism or "", "server")
            origin = self._origin(session)
            self.office.logs.reject(
                f"{name} authenticator failed for {origin.host}: "
                f"535 Incorrect authentication data (set_id={login})"
            )
        return user is not None

    async def verify(self, session: Session, text: str) -> Reply | None:
        """VRFY: neither yes nor no, for the known and the unknown alike (RFC 5321 §7.3)."""
        return None

    def offers(self, session: Session, extension: str) -> bool:
        """Whether this client is offered an extension: DSN, if it is in dsn_advertise_hosts."""
        visit = self._visits.get(session.connection)
        return visit is not None and extension in visit.offered

    async def expand(self, session: Session, text: str) -> Reply:
        """EXPN: who is behind an alias, for those who may ask; 550 for everybody else."""
        if not self.offers(session, "EXPN"):
            origin = self._origin(session)
            self.office.logs.reject(f"H={origin.host} rejected EXPN {text}")
            return PROHIBITED
        return await expand(self.office, text)

    def _origin(self, session: Session) -> Origin:
        visit = self._visits.get(session.connection, Visit())
        return Origin(
            protocol=session.protocol,
            address=session.client[0],
            port=session.client[1],
            helo=session.helo,
            name=visit.name,
            interface=session.server,
            tls=session.tls,
            user=session.user,
            mechanism=session.mechanism,
        )

    # ── may it? ──────────────────────────────────────────────────────────────────────────────────

    async def sender(self, session: Session, path: Path, params: Transaction) -> Reply | None:
        """MAIL: the ACL for senders; what passes gives the letter its name."""
        self._visits.setdefault(session.connection, Visit()).rewritten.clear()
        sender = await self._sender(session, path)
        reply = self.gatekeeper.may_send(session, self._origin(session), sender)
        if reply is None:
            self._name_letter(session)
        return reply

    def _name_letter(self, session: Session) -> None:
        """A letter that nobody has named is named after us: ``mail.ask.com/<its id here>``."""
        visit = self._visits.setdefault(session.connection, Visit())
        visit.given = ""
        if session.letter in (None, visit.named):
            visit.given = self.office.ids.new(self.office.now())
            session.letter = visit.named = f"{self.office.name}/{visit.given}"

    async def recipient(
        self, session: Session, transaction: Transaction, path: Path
    ) -> Reply | None:
        """RCPT: the ACL for recipients."""
        sender = await self._sender(session, transaction.sender)
        recipient = await self._recipient(session, path)
        reply, told = await self.gatekeeper.may_hand_over(
            session, self._origin(session), sender, recipient
        )
        if told and reply is None:
            transaction.events[path.address] = told
        return reply

    async def rewrite(self, session: Session, words: str) -> str:
        """What stands between the angle brackets, as the configuration understands it."""
        return await self.rewriter.smtp(words)

    async def _recipient(self, session: Session, path: Path) -> Recipient:
        """The recipient, rewritten; ``<postmaster>`` alone is ours (RFC 5321 §4.5.1)."""
        domain = "" if path.domain else f"@{self.office.orders.qualify_domain}"
        return Recipient(await self._rewritten(session, f"{path.address}{domain}", True))

    async def _sender(self, session: Session, path: Path) -> str:
        """The sender, rewritten."""
        return await self._rewritten(session, path.address, False)

    async def _rewritten(self, session: Session, address: str, recipient: bool) -> str:
        """An address of the envelope; each is rewritten once for a connection."""
        known = self._visits.setdefault(session.connection, Visit()).rewritten
        asked = address, recipient
        if asked not in known:
            known[asked] = await self.rewriter.envelope(address, recipient=recipient)
        return known[asked]

    # ── is it safe? ──────────────────────────────────────────────────────────────────────────────

    async def message(self, session: Session, transaction: Transaction, content: bytes) -> Reply:
        """The letter. 250 only when it would survive a power cut."""
        visit = self._visits.get(session.connection, Visit())
        message_id = visit.given or self.office.ids.new(self.office.now())
        visit.given = ""
        arrival = await self._arrival(session, transaction, message_id)
        letter, origin = take_in(content, arrival), arrival.origin
        await self.rewriter.header(letter, complete=self.service == "submission")
        try:
            await self.office.spool.store(letter.head, letter.body or b"")
        except OSError as error:
            return self._not_kept(session, letter, origin, error)
        self._log_arrival(letter, origin)
        letter.event = tell(
            self.office,
            session,
            events.Spooled,
            letter=letter.name,
            id=message_id,
            sender=letter.sender,
            recipients=letter.head.recipients,
            size=letter.size,
            leg=leg_of_arrival(self.service, letter.sender),
        )
        self.queue.take(letter)
        if self.office.orders.main("queue_only"):  # nobody tries it soon: its log is written now
            await self.office.disk(self.office.logs.keep, letter.id)
        return Reply(250, f"OK id={message_id}", "2.0.0")

    def _log_arrival(self, letter: Letter, origin: Origin) -> None:
        logs = self.office.logs
        took = self.office.now() - letter.head.received
        logs.main(log.arrival(letter, origin, took=took, wanted=logs.selection), letter.id)
        logs.note(letter.id, log.noted_arrival(letter, origin, wanted=logs.selection))

    async def _arrival(
        self, session: Session, transaction: Transaction, message_id: str
    ) -> Arrival:
        names = {
            path.address: (await self._recipient(session, path)).address
            for path in transaction.recipients
        }
        wishes = {names[said]: wish for said, wish in transaction.wishes.of.items()}
        return Arrival(
            id=message_id,
            name=session.letter or f"{self.office.name}/{message_id}",
            sender=await self._sender(session, transaction.sender),
            recipients=tuple(dict.fromkeys(names.values())),
            when=self.office.now(),
            origin=replace(self._origin(session), protocol=session.protocol_of(transaction)),
            hostname=self.hostname,
            submitted=self.service == "submission",
            cause=session.cause,
            wishes=replace(transaction.wishes, of=wishes),
            marks=self.office.orders.marks,
            utf8=transaction.utf8,
        )

    def _not_kept(self, session: Session, letter: Letter, origin: Origin, error: OSError) -> Reply:
        reply = NO_SPACE if error.errno in (errno.ENOSPC, errno.EDQUOT) else NOT_KEPT
        problem = error.strerror or os.strerror(error.errno or errno.EIO)
        logs = self.office.logs
        who = f"{log.client(origin, logs.selection)} F=<{letter.sender}>"
        line = f"{who} temporarily rejected after DATA: {problem}"
        logs.reject(line, letter.id, letter=letter)
        tell(
            self.office,
            session,
            events.TurnedAway,
            letter=letter.name,
            problem=problem,
            reply=str(reply),
            sender=letter.sender,
            recipients=letter.head.recipients,
            leg=leg_of_arrival(self.service, letter.sender),
        )
        return reply
