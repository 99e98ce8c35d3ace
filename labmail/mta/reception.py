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
from dataclasses import dataclass, replace
from ipaddress import ip_address

from labmail.access import Accounts
from labmail.smtp import Limits, Path, Reply, Session, Transaction
from labmail.trace import Chapter

from . import events, log
from .acl import Ask, Caller, Decision, Question, Service, Verified, decide
from .header import dissect, without_delivery_marks
from .letter import CAUSE, LETTER, Letter
from .office import Office
from .queue import Queue
from .received import Origin, received
from .recipient import Recipient
from .routers.verdict import Defer, Fail
from .routing import UNROUTEABLE, verify
from .spoolfile import SpoolHeader
from .submission import complete

NO_SPACE = Reply(452, "Space shortage, please try later", "4.3.1")
NOT_KEPT = Reply(451, "The letter could not be kept, please try later", "4.3.0")
TRY_LATER = "Temporary local problem - please try later"


@dataclass(slots=True)
class Visit:
    """What reception remembers of a connection."""

    name: str | None = None
    """The client's name, where the DNS confirms it."""
    given: str = ""
    """The id that was promised to the letter under way, if reception named it."""
    named: str = ""
    """The name that reception gave last."""


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
        self.hostname = office.settings.primary_hostname
        self.limits: Limits = office.settings.limits
        self.mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN") if accounts else ()
        self._visits: dict[str, Visit] = {}

    # ── who is it? ───────────────────────────────────────────────────────────────────────────────

    async def connected(self, session: Session) -> Reply | None:
        """Notes the client, and its name where forward and reverse DNS agree."""
        visit = self._visits[session.connection] = Visit()
        door = session.link is not None and session.link.door
        if self.office.settings.host_lookup and not door:
            visit.name = await self._name_of(session.client[0])
        return None

    async def _name_of(self, address: str) -> str | None:
        resolver = self.office.resolver
        reverse = await resolver.query(ip_address(address).reverse_pointer, "PTR")
        kind = "AAAA" if ":" in address else "A"
        for name in reverse.texts[:3]:
            name = name.rstrip(".")
            forward = await resolver.query(name, kind)
            if any(ip_address(text) == ip_address(address) for text in forward.texts):
                return name
        return None

    async def closed(self, session: Session) -> None:
        """Forgets the client."""
        self._visits.pop(session.connection, None)

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
                f"{name} authenticator failed for H={origin.host}: "
                f"535 Incorrect authentication data (set_id={login})"
            )
        return user is not None

    async def verify(self, session: Session, text: str) -> Reply | None:
        """VRFY: neither yes nor no, for the known and the unknown alike (RFC 5321 §7.3)."""
        return None

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
        question = self._question(session, path.address, None)
        decision = decide(self.office.settings.acl_smtp_mail, question, at_the_end=None)
        if isinstance(decision, Decision) and decision.reply is not None:
            origin, reply = self._origin(session), decision.reply
            self.office.logs.reject(f"H={origin.host} rejected MAIL <{path.address}>: {reply.text}")
            self._tell_acl(session, path.address, None, decision, "MAIL")
            return reply
        self._name_letter(session)
        return None

    def _name_letter(self, session: Session) -> None:
        """A letter that nobody has named is named after us: ``mail.ask.com/<its id here>``."""
        visit = self._visits.setdefault(session.connection, Visit())
        if visit.given:  # to a letter that never came
            self.office.ids.release(visit.given)
            visit.given = ""
        if session.letter in (None, visit.named):
            visit.given = self.office.ids.new(self.office.now())
            session.letter = visit.named = f"{self.office.name}/{visit.given}"

    async def recipient(
        self, session: Session, transaction: Transaction, path: Path
    ) -> Reply | None:
        """RCPT: the ACL for recipients; where it asks, the routers are asked."""
        recipient = self._recipient(path)
        rules = self.office.settings.acl_smtp_rcpt
        question = self._question(session, transaction.sender.address, recipient)
        decision = decide(rules, question)
        if isinstance(decision, Ask):
            question = replace(question, verified=await self._verified(session, question))
            decision = decide(rules, question)
        if isinstance(decision, Ask):  # a rule that asks, and does not listen
            raise RuntimeError(f"the ACL asks again about {recipient} and gives no answer")
        reply = decision.reply
        if reply is not None:
            detail = question.verified.detail if question.verified else ""
            line = log.rejection(
                self._origin(session),
                question.sender,
                recipient.address,
                detail or reply.text,
                temporary=reply.temporary,
            )
            self.office.logs.reject(line)
        told = self._tell_acl(session, question.sender, recipient.address, decision, "RCPT")
        if told and reply is None:
            transaction.events[path.address] = told
        return reply

    def _recipient(self, path: Path) -> Recipient:
        """The recipient; ``<postmaster>`` alone is ours (RFC 5321 §4.5.1)."""
        domain = "" if path.domain else f"@{self.office.settings.home_domain}"
        return Recipient(f"{path.address}{domain}")

    async def _verified(self, session: Session, question: Question) -> Verified:
        recipient = question.recipient
        assert recipient is not None
        context = self.office.context(
            recipient,
            sender=question.sender,
            letter=session.letter,
            cause=session.cause,
            verifying=True,
        )
        routing = await verify(recipient, self.office.settings.routers, context)
        match routing.answer:
            case Fail(text=text):
                return Verified("no", text or UNROUTEABLE)
            case Defer(text=text, public=True):
                return Verified("later", text or TRY_LATER)
            case Defer(text=text):
                return Verified("later", TRY_LATER, text)
        return Verified("yes", detail=f"the router {routing.router} takes {recipient}")

    def _question(self, session: Session, sender: str, recipient: Recipient | None) -> Question:
        caller = Caller(
            address=session.client[0],
            service=self.service,
            user=session.user,
            helo=session.helo,
        )
        return Question(
            caller=caller,
            policy=self.office.settings.policy,
            sender=sender,
            recipient=recipient,
        )

    def _tell_acl(
        self, session: Session, sender: str, recipient: str | None, decision: Decision, command: str
    ) -> str | None:
        return self._tell(
            session,
            events.AclChecked,
            sender=sender,
            recipient=recipient,
            client=session.user or self._origin(session).name or session.client[0],
            accepted=decision.accepted,
            rule=decision.rule,
            reasons=decision.why,
            reply=str(decision.reply or Reply(250, "Accepted", "2.1.5")),
            command=command,
            leg=self._leg(sender),
        )

    def _tell(
        self, session: Session, kind: type[events.LetterEvent], **fields: object
    ) -> str | None:
        """Tells an event of this connection; it is the cause of the next one."""
        trace = self.office.trace
        if not trace.on:
            return None
        fields.setdefault("letter", session.letter)
        told = trace.tell(
            kind,
            host=self.office.name,
            connection=session.connection,
            cause=session.cause,
            **fields,
        )
        session.cause = told.name or session.cause
        return told.name or None

    def _leg(self, sender: str) -> Chapter:
        if not sender:
            return "return"
        return "send" if self.service == "submission" else "take"

    # ── is it safe? ──────────────────────────────────────────────────────────────────────────────

    async def message(self, session: Session, transaction: Transaction, content: bytes) -> Reply:
        """The letter. 250 only when it would survive a power cut."""
        visit = self._visits.setdefault(session.connection, Visit())
        message_id = visit.given or self.office.ids.new(self.office.now())
        visit.given = ""
        letter, origin = self._letter(session, transaction, content, message_id)
        recipients = letter.head.recipients
        try:
            await self.office.disk(self.office.spool.store, letter.head, letter.body or b"")
        except OSError as error:
            self.office.ids.release(message_id)
            return self._not_kept(session, letter, origin, error)
        self.office.logs.main(log.arrival(letter, origin), message_id)
        told = self._tell(
            session,
            events.Spooled,
            letter=letter.name,
            id=message_id,
            sender=letter.sender,
            recipients=recipients,
            size=letter.size,
            leg=self._leg(letter.sender),
        )
        self.queue.take(letter, cause=told)
        return Reply(250, f"OK id={message_id}", "2.0.0")

    def _letter(
        self, session: Session, transaction: Transaction, content: bytes, message_id: str
    ) -> tuple[Letter, Origin]:
        """The letter as it will lie in the spool, and where it came from."""
        settings, now = self.office.settings, self.office.now()
        sender = transaction.sender.address
        recipients = tuple(
            dict.fromkeys(self._recipient(path).address for path in transaction.recipients)
        )
        fields, body = dissect(content)
        fields = without_delivery_marks(fields)
        if self.service == "submission":
            hostname = settings.primary_hostname
            fields = complete(fields, id=message_id, hostname=hostname, sender=sender, when=now)
        origin = self._origin(session)
        stamp = received(
            origin,
            by=settings.primary_hostname,
            id=message_id,
            sender=sender,
            recipients=recipients,
            when=now,
        )
        name = session.letter or f"{self.office.name}/{message_id}"
        head = SpoolHeader(
            id=message_id,
            sender=sender,
            received=now,
            recipients=recipients,
            fields=(stamp, *fields),
            facts=facts(origin, body),
            variables={LETTER: name, CAUSE: session.cause or ""},
        )
        return Letter(head, len(body), body), origin

    def _not_kept(self, session: Session, letter: Letter, origin: Origin, error: OSError) -> Reply:
        reply = NO_SPACE if error.errno in (errno.ENOSPC, errno.EDQUOT) else NOT_KEPT
        problem = error.strerror or os.strerror(error.errno or errno.EIO)
        line = f"H={origin.host} F=<{letter.sender}> temporarily rejected after DATA: {problem}"
        self.office.logs.reject(line, letter.id)
        self._tell(
            session,
            events.TurnedAway,
            letter=letter.name,
            problem=problem,
            reply=str(reply),
            sender=letter.sender,
            recipients=letter.head.recipients,
            leg=self._leg(letter.sender),
        )
        return reply


def facts(origin: Origin, body: bytes) -> dict[str, str]:
    """What the -H file says of how a letter came in."""
    known = {
        "received_protocol": origin.protocol,
        "helo_name": origin.helo or "",
        "host_name": origin.name or "",
        "host_address": f"[{origin.address}]:{origin.port}",
        "interface_address": "[{}]:{}".format(*origin.interface) if origin.interface else "",
        "auth_id": origin.user or "",
        "tls_cipher": origin.tls or "",
        "body_linecount": str(body.count(b"\n")),
    }
    return {name: value for name, value in known.items() if value} | {"spool_file_wireformat": ""}
