"""The verbs: what each command does, once it has come at the right moment.

A method ``smtp_VERB`` is given the command's argument and gives the `Reply`; it raises `Refused`
where the argument is not in the verb's form. aiosmtpd finds the methods by their name, as it finds
its own. Order is no concern here: dialogue.py has seen to it.

Law: RFC 5321 §4.1.1 for each verb. Try: ``HELP`` in a telnet session.
"""

from __future__ import annotations

import asyncio
from typing import Any

from . import content, events, replies
from .commands import FORMS
from .dialogue import END_OF_CONTENT, TABLE, VERBS, State
from .hello import Hello
from .parameters import Refused, mail_parameters, recipient_parameters
from .paths import Path, PathError, forward_path, reverse_path
from .replies import Reply
from .session import Transaction


class Verbs(Hello):
    """All the verbs."""

    # ── the letter ───────────────────────────────────────────────────────────────────────────────

    async def smtp_MAIL(self, argument: str) -> Reply:
        """A letter begins: who sends it (RFC 5321 §4.1.1.2)."""
        sender, rest = _path("MAIL", argument)
        if rest and not self.session.esmtp:
            raise Refused(replies.PARAMETERS_NEED_EHLO)
        said = mail_parameters(rest)
        if said.size is not None and said.size > self.limits.message:
            raise Refused(replies.DECLARED_TOO_BIG, counts=False)
        begun = Transaction(sender=sender, size=said.size, body=said.body, auth=said.auth)
        reply = await self.ask(self.gate.sender(self.session, sender, begun))
        reply = reply or replies.SENDER_OK
        if reply.positive:
            self.transaction = begun
        return reply

    async def smtp_RCPT(self, argument: str) -> Reply:
        """One more recipient; each stands alone (RFC 5321 §4.1.1.3)."""
        recipient, rest = _path("RCPT", argument)
        if rest and not self.session.esmtp:
            raise Refused(replies.PARAMETERS_NEED_EHLO)
        recipient_parameters(rest)
        transaction = self._letter()
        if len(transaction.recipients) >= self.limits.recipients:
            raise Refused(replies.TOO_MANY_RECIPIENTS, counts=False)
        reply = await self.ask(self.gate.recipient(self.session, transaction, recipient))
        reply = reply or replies.RECIPIENT_OK
        if reply.positive:
            transaction.recipients.append(recipient)
        return reply

    async def smtp_DATA(self, argument: str) -> Reply:
        """The letter itself, up to the dot (RFC 5321 §4.1.1.4)."""
        self.state = State.CONTENT
        await self.push(replies.START_CONTENT)
        taken = await self._content()
        if self.trace.on:
            self.teller.said("C", taken.wire, elided=taken.elided)
        reply = self._unacceptable(taken) or await self._hand_on(taken)
        if not reply.positive:
            self._tell_content(events.ContentRefused, taken, reply=str(reply))
        self.state = TABLE[State.CONTENT][END_OF_CONTENT]
        return reply

    async def _content(self) -> content.Content:
        intake = content.Intake(self.limits.message)
        while True:
            self._reset_timeout()
            chunk = await self.incoming.chunk()
            if not chunk:
                self.ended = "the client went away in the middle of a letter"
                raise ConnectionResetError(self.ended)
            rest = intake.feed(chunk)
            if rest is not None:
                self.incoming.put_back(rest)
                return intake.finish()

    def _unacceptable(self, taken: content.Content) -> Reply | None:
        """What no gate need be asked about."""
        if taken.letter is None:
            return replies.TOO_BIG
        if content.has_longer_line(taken.letter, self.limits.text_line):
            return replies.TEXT_LINE_TOO_LONG
        if content.hops(taken.letter) > self.limits.hops:
            return replies.TOO_MANY_HOPS
        return None

    async def _hand_on(self, taken: content.Content) -> Reply:
        """Gives the letter to the gate. That runs to its end, also when the client goes away."""
        self._tell_content(events.ContentTaken, taken)
        storing = asyncio.ensure_future(
            self.ask(self.gate.message(self.session, self._letter(), taken.letter or b""))
        )
        reply = await asyncio.shield(storing)
        if reply.positive:
            self._errors = 0
        return reply

    def _tell_content(
        self, kind: type[events.SmtpEvent], taken: content.Content, **fields: Any
    ) -> None:
        if self.trace.on:
            transaction = self._letter()
            self.tell(
                kind,
                sender=transaction.sender.address,
                recipients=tuple(path.address for path in transaction.recipients),
                size=taken.wire_size if taken.letter is None else len(taken.letter),
                came_from=(self.session.helo or "").strip("[]") or self.session.client[0],
                **fields,
            )

    async def smtp_RSET(self, argument: str) -> Reply:
        """Forget the letter, not the greeting (RFC 5321 §4.1.1.5)."""
        self._forget_letter()
        return replies.OK

    def _letter(self) -> Transaction:
        """The transaction, in the states in which there is one."""
        if self.transaction is None:
            raise Refused(replies.SENDER_FIRST)
        return self.transaction

    # ── at any time ──────────────────────────────────────────────────────────────────────────────

    async def smtp_NOOP(self, argument: str) -> Reply:
        """Nothing; its argument is ignored (RFC 5321 §4.1.1.9)."""
        return replies.OK

    async def smtp_VRFY(self, argument: str) -> Reply:
        """Does this mailbox exist? Few say so nowadays (RFC 5321 §3.5)."""
        if not argument:
            raise Refused(replies.syntax(FORMS["VRFY"]))
        reply = await self.ask(self.gate.verify(self.session, argument))
        return reply or replies.CANNOT_VERIFY

    async def smtp_EXPN(self, argument: str) -> Reply:
        """Who is on this list? Answered only by a gate that has ``expand`` (RFC 5321 §3.5)."""
        if not argument:
            raise Refused(replies.syntax(FORMS["EXPN"]))
        expand = getattr(self.gate, "expand", None)
        if expand is None:
            raise Refused(replies.NOT_IMPLEMENTED, counts=False)
        reply: Reply = await self.ask(expand(self.session, argument))
        return reply

    async def smtp_HELP(self, argument: str) -> Reply:
        """The verbs, or the form of one (RFC 5321 §4.1.1.8)."""
        if not argument:
            return replies.help_text("Commands known here:\n" + " ".join(VERBS))
        form = FORMS.get(argument.upper())
        if form is None:
            raise Refused(replies.NO_SUCH_HELP, counts=False)
        return replies.help_text(f"Syntax: {form}")

    async def smtp_QUIT(self, argument: str) -> Reply:
        """Goodbye (RFC 5321 §4.1.1.10)."""
        return replies.bye(self.gate.hostname)


def _path(verb: str, argument: str) -> tuple[Path, str]:
    """The path behind ``FROM:`` or ``TO:`` and what follows it."""
    keyword, parse, enhanced = {
        "MAIL": ("FROM:", reverse_path, "5.1.7"),
        "RCPT": ("TO:", forward_path, "5.1.3"),
    }[verb]
    if argument[: len(keyword)].upper() != keyword:
        raise Refused(replies.syntax(FORMS[verb]))
    try:
        return parse(argument[len(keyword) :])
    except PathError as problem:
        raise Refused(replies.bad_path(FORMS[verb], str(problem), enhanced)) from None
