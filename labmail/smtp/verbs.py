"""The verbs: what each command does, once it has come at the right moment.

A method ``smtp_VERB`` is given the command's argument and gives the `Reply`; it raises `Refused`
where the argument is not in the verb's form. aiosmtpd finds the methods by their name, as it finds
its own. Order is no concern here: dialogue.py has seen to it.

Law: RFC 5321 §4.1.1 for each verb. Try: ``HELP`` in a telnet session.
"""

from __future__ import annotations

import re
from dataclasses import replace

from . import replies
from .commands import FORMS
from .dialogue import VERBS
from .dsn import Wishes
from .parameters import OPTIONAL, Refused, mail_parameters, recipient_parameters, wants_utf8
from .paths import Path, PathError, forward_path, reverse_path
from .replies import Reply
from .session import Transaction
from .taking import Taking

_BRACKETS = re.compile(r"<([^<>]*)>")


class Verbs(Taking):
    """All the verbs."""

    # ── the letter ───────────────────────────────────────────────────────────────────────────────

    async def smtp_MAIL(self, argument: str) -> Reply:
        """A letter begins: who sends it (RFC 5321 §4.1.1.2)."""
        argument = await self._rewritten(argument)
        sender, rest = self._path("MAIL", argument, utf8=wants_utf8(argument))
        said = mail_parameters(rest, self._offered())
        if said.size is not None and said.size > self.limits.message:
            raise Refused(replies.DECLARED_TOO_BIG, counts=False)
        begun = Transaction(
            sender=sender,
            size=said.size,
            body=said.body,
            auth=said.auth,
            utf8=said.utf8,
            wishes=Wishes(ret=said.ret, envid=said.envid),
        )
        reply = await self.ask(self.gate.sender(self.session, sender, begun))
        reply = reply or replies.SENDER_OK
        if reply.positive:
            self.transaction = begun
        return reply

    async def smtp_RCPT(self, argument: str) -> Reply:
        """One more recipient; each stands alone (RFC 5321 §4.1.1.3)."""
        transaction = self._letter()
        argument = await self._rewritten(argument)
        recipient, rest = self._path("RCPT", argument, utf8=transaction.utf8)
        wish = recipient_parameters(rest, self._offered(), utf8=transaction.utf8)
        if len(transaction.recipients) >= self.limits.recipients:
            raise Refused(replies.TOO_MANY_RECIPIENTS, counts=False)
        reply = await self.ask(self.gate.recipient(self.session, transaction, recipient))
        reply = reply or replies.RECIPIENT_OK
        if reply.positive:
            transaction.add(recipient, wish)
        return reply

    async def _rewritten(self, argument: str) -> str:
        """The argument, after a gate that has ``rewrite`` has put its own words for the path."""
        rewrite = getattr(self.gate, "rewrite", None)
        found = _BRACKETS.search(argument)
        if rewrite is None or found is None:
            return argument
        words: str = await rewrite(self.session, found[1])
        return f"{argument[: found.start(1)]}{words}{argument[found.end(1) :]}"

    def _path(self, verb: str, argument: str, *, utf8: bool) -> tuple[Path, str]:
        """The path behind ``FROM:`` or ``TO:``, and the parameters that may follow it."""
        _check_letters(argument, utf8 and self.offers("SMTPUTF8"))
        path, rest = _path(verb, argument)
        if rest and not self.session.esmtp:
            raise Refused(replies.PARAMETERS_NEED_EHLO)
        return path, rest

    def _offered(self) -> tuple[str, ...]:
        return tuple(name for name in OPTIONAL if self.offers(name))

    async def smtp_RSET(self, argument: str) -> Reply:
        """Forget the letter, not the greeting (RFC 5321 §4.1.1.5)."""
        self._forget_letter()
        return replies.OK

    # ── at any time ──────────────────────────────────────────────────────────────────────────────

    async def smtp_NOOP(self, argument: str) -> Reply:
        """Nothing; its argument is ignored (RFC 5321 §4.1.1.9)."""
        return replies.OK

    async def smtp_VRFY(self, argument: str) -> Reply:
        """Does this mailbox exist? Few say so nowadays (RFC 5321 §3.5)."""
        text, utf8 = self._asked("VRFY", argument)
        reply = await self.ask(self.gate.verify(self.session, text))
        return _readable(reply or replies.CANNOT_VERIFY, utf8)

    async def smtp_EXPN(self, argument: str) -> Reply:
        """Who is on this list? Answered only by a gate that has ``expand`` (RFC 5321 §3.5)."""
        text, utf8 = self._asked("EXPN", argument)
        expand = getattr(self.gate, "expand", None)
        if expand is None:
            raise Refused(replies.NOT_IMPLEMENTED, counts=False)
        reply: Reply = await self.ask(expand(self.session, text))
        return _readable(reply, utf8)

    def _asked(self, verb: str, argument: str) -> tuple[str, bool]:
        """Whom VRFY or EXPN asks about, and whether the answer may be UTF-8 (RFC 6531 §3.7.4)."""
        text, space, last = argument.rpartition(" ")
        utf8 = bool(space) and last.upper() == "SMTPUTF8" and self.offers("SMTPUTF8")
        text = text.strip(" ") if utf8 else argument
        _check_letters(text, utf8)
        if not text:
            raise Refused(replies.syntax(FORMS[verb]))
        return text, utf8

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


def _check_letters(text: str, utf8: bool) -> None:
    """What is not ASCII must be announced, and must be UTF-8 (RFC 6531 §3.1, §3.5)."""
    if text.isascii():
        return
    if not utf8:
        raise Refused(replies.ADDRESS_NOT_ASCII)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(replies.NOT_UTF8) from None


def _readable(reply: Reply, utf8: bool) -> Reply:
    """The reply in UTF-8 if the client can read that, else without what it could not read."""
    if reply.text.isascii():
        return reply
    return replace(reply, utf8=True) if utf8 else replies.UTF8_ANSWER


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
