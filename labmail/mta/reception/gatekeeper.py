"""The gatekeeper: puts the question to the ACL, finds out what a rule must know, and says so.

The rules decide (`labmail.mta.acl`), and know nothing of logs, traces and routers. This is who asks
them: it gathers the facts of a session, has the routers verify a recipient when a rule wants that,
writes a refusal into the logs and tells the trace what was decided and why::

    RCPT ──▶ question ──▶ rules ──▶ Ask ──▶ routers ──▶ rules again ──▶ decision ──▶ log, trace

Law: Exim specification, chapter 44.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.exim.routing.outcome import Defer, Fail
from labmail.smtp import Reply, Session
from labmail.trace import Chapter

from .. import events, log
from ..acl import (
    MAIL,
    NOT_LISTED,
    RCPT,
    Ask,
    Caller,
    Decision,
    Listed,
    Policy,
    Question,
    Service,
    Verified,
    decide,
)
from ..office import Office
from ..recipient import Recipient
from ..routing.planning import verify
from ..routing.routing import UNROUTEABLE
from .received import Origin

if TYPE_CHECKING:
    from labmail.exim.expansion.lists import Match

ACCEPTED = Reply(250, "Accepted", "2.1.5")
TRY_LATER = "Temporary local problem - please try later"
SAID_BY_LIST = "its list says :defer:"
"""Why, where the text was written for the sender."""


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """Asks the ACLs of one service."""

    office: Office
    service: Service

    def may_send(self, session: Session, origin: Origin, sender: str) -> Reply | None:
        """MAIL: None for yes."""
        question = self._question(session, sender, None, Policy())
        decision = decide(MAIL, question, at_the_end=None)
        if isinstance(decision, Ask) or decision.reply is None:
            return None
        reply = decision.reply
        self.office.logs.reject(f"H={origin.host} rejected MAIL <{sender}>: {reply.text}")
        self._tell(session, origin, question, decision)
        return reply

    async def may_hand_over(
        self, session: Session, origin: Origin, sender: str, recipient: Recipient
    ) -> tuple[Reply | None, str | None]:
        """RCPT: None for yes, and the event that says so."""
        policy = await self._policy(session, origin, recipient)
        question = self._question(session, sender, recipient, policy)
        decision = decide(RCPT, question)
        if isinstance(decision, Ask):
            verified = await self._verified(session, sender, recipient)
            question = replace(question, verified=verified)
            decision = decide(RCPT, question)
        if isinstance(decision, Ask):  # a rule that asks, and does not listen
            raise RuntimeError(f"the ACL asks again about {recipient} and gives no answer")
        if decision.reply is not None:
            self._log(origin, question, recipient, decision.reply)
        return decision.reply, self._tell(session, origin, question, decision)

    async def _verified(self, session: Session, sender: str, recipient: Recipient) -> Verified:
        """What the routers say of a recipient. What is wrong in our files is for the log only."""
        guide = self.office.guide_for_asking(
            sender=sender, letter=session.letter, cause=session.cause
        )
        routing = await verify(recipient, guide)
        match routing.answer:
            case Fail() as failed:
                return Verified("no", failed.text or UNROUTEABLE)
            case Defer() as later if later.why == SAID_BY_LIST:
                return Verified("later", later.text or TRY_LATER)
            case Defer() as later:
                return Verified("later", TRY_LATER, later.text)
        return Verified("yes", detail=f"the router {routing.router} takes {recipient}")

    async def _policy(self, session: Session, origin: Origin, recipient: Recipient) -> Policy:
        """What the configuration's lists say of the recipient and the client."""
        client = session.client[0], origin.name or ""
        return Policy(
            local_domains=await self._in_domains("local_domains", recipient.domain),
            relay_to_domains=await self._in_domains("relay_to_domains", recipient.domain),
            relay_from_hosts=await self._in_hosts("relay_from_hosts", *client),
        )

    async def _in_domains(self, name: str, domain: str) -> Listed:
        orders = self.office.orders
        if not orders.knows("domain", name):
            return NOT_LISTED
        return await self._asked(name, orders.in_domains(f"+{name}", domain))

    async def _in_hosts(self, name: str, address: str, host: str) -> Listed:
        orders = self.office.orders
        if not orders.knows("host", name):
            return NOT_LISTED
        return await self._asked(name, orders.in_hosts(f"+{name}", address, host))

    async def _asked(self, name: str, asking: Awaitable[Match]) -> Listed:
        """A list that cannot be read is a fault of ours: nobody is in it, and the log says why."""
        try:
            found = await asking
        except EximError as problem:
            self.office.logs.panic(f"failed to check the list {name}: {problem.message}")
            return NOT_LISTED
        return Listed(found.matched, found.item)

    def _question(
        self, session: Session, sender: str, recipient: Recipient | None, policy: Policy
    ) -> Question:
        caller = Caller(
            address=session.client[0],
            service=self.service,
            user=session.user,
            helo=session.helo,
        )
        return Question(
            caller=caller,
            policy=policy,
            sender=sender,
            recipient=recipient,
        )

    def _log(self, origin: Origin, question: Question, recipient: Recipient, reply: Reply) -> None:
        detail = question.verified.detail if question.verified else ""
        line = log.rejection(
            origin,
            question.sender,
            recipient.address,
            detail or reply.text,
            temporary=reply.temporary,
            wanted=self.office.logs.selection,
        )
        self.office.logs.reject(line)

    def _tell(
        self, session: Session, origin: Origin, question: Question, decision: Decision
    ) -> str | None:
        if not decision.accepted and session.ration and not session.ration.spend():
            return None
        return tell(
            self.office,
            session,
            events.AclChecked,
            sender=question.sender,
            recipient=question.recipient.address if question.recipient else None,
            client=session.user or origin.name or session.client[0],
            accepted=decision.accepted,
            rule=decision.rule,
            reasons=decision.why,
            reply=str(decision.reply or ACCEPTED),
            command="RCPT" if question.recipient else "MAIL",
            leg=leg_of_arrival(self.service, question.sender),
        )


def leg_of_arrival(service: Service, sender: str) -> Chapter:
    """The chapter in which a letter comes in; what has no sender is on its way back."""
    if not sender:
        return "return"
    return "send" if service == "submission" else "take"


def tell(
    office: Office, session: Session, kind: type[events.LetterEvent], **fields: object
) -> str | None:
    """Tells an event of a connection; it is the cause of the next one. None if nobody listens."""
    if not office.trace.on:
        return None
    fields.setdefault("letter", session.letter)
    told = office.trace.tell(
        kind, host=office.name, connection=session.connection, cause=session.cause, **fields
    )
    session.cause = told.name or session.cause
    return told.name or None
