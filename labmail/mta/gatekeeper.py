"""The gatekeeper: puts the question to the ACL, finds out what a rule must know, and says so.

The rules decide (`labmail.mta.acl`), and know nothing of logs, traces and routers. This is who asks
them: it gathers the facts of a session, has the routers verify a recipient when a rule wants that,
writes a refusal into the logs and tells the trace what was decided and why::

    RCPT ──▶ question ──▶ rules ──▶ Ask ──▶ routers ──▶ rules again ──▶ decision ──▶ log, trace

Law: Exim specification, chapter 44.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from labmail.smtp import Reply, Session
from labmail.trace import Chapter

from . import events, log
from .acl import Ask, Caller, Decision, Question, Service, Verified, decide
from .office import Office
from .received import Origin
from .recipient import Recipient
from .routers.verdict import Defer, Fail
from .routing import UNROUTEABLE, verify

ACCEPTED = Reply(250, "Accepted", "2.1.5")
TRY_LATER = "Temporary local problem - please try later"


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """Asks the ACLs of one service."""

    office: Office
    service: Service

    def may_send(self, session: Session, origin: Origin, sender: str) -> Reply | None:
        """MAIL: None for yes."""
        question = self._question(session, sender, None)
        decision = decide(self.office.settings.acl_smtp_mail, question, at_the_end=None)
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
        rules = self.office.settings.acl_smtp_rcpt
        question = self._question(session, sender, recipient)
        decision = decide(rules, question)
        if isinstance(decision, Ask):
            verified = await self._verified(session, sender, recipient)
            question = replace(question, verified=verified)
            decision = decide(rules, question)
        if isinstance(decision, Ask):  # a rule that asks, and does not listen
            raise RuntimeError(f"the ACL asks again about {recipient} and gives no answer")
        if decision.reply is not None:
            self._log(origin, question, recipient, decision.reply)
        return decision.reply, self._tell(session, origin, question, decision)

    async def _verified(self, session: Session, sender: str, recipient: Recipient) -> Verified:
        """What the routers say of a recipient. What is wrong in our files is for the log only."""
        context = self.office.context(
            recipient, sender=sender, letter=session.letter, cause=session.cause, verifying=True
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

    def _log(self, origin: Origin, question: Question, recipient: Recipient, reply: Reply) -> None:
        detail = question.verified.detail if question.verified else ""
        line = log.rejection(
            origin,
            question.sender,
            recipient.address,
            detail or reply.text,
            temporary=reply.temporary,
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
