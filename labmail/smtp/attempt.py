"""An attempt: one letter, offered to one server, with one outcome for each recipient.

::

    MAIL ─▶ RCPT for each recipient ─▶ DATA ─▶ the letter and the dot
      │        │ refused: for this one     │        │
      └────────┴──── refused for all ──────┴────────┴─▶ outcomes

Whoever has no outcome yet when something happens to the whole letter gets that one. If nobody is
left, no DATA is said; RSET then comes before the next letter, if there is one.

A server that offers PIPELINING is told all of that in one go, DATA included, and each answer is
judged when all have been heard. That saves the way there and back for each command. If it says 354
although nobody is left, the only way out is to hang up, as Exim does (RFC 2920 §3.1 would rather
have an empty letter).

What the sender wants to be told goes along where the server offers DSN. What is beyond ASCII goes
along where it offers SMTPUTF8, and fails where it does not: nobody may write an address anew.

Law: RFC 5321 §3.3, RFC 1870 (SIZE), RFC 6152 (8BITMIME), RFC 4954 §5 (AUTH=), RFC 3461 §5.2 (DSN),
RFC 6531 §3.2 (SMTPUTF8), RFC 2920 (PIPELINING).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome

from . import xtext
from .ahead import Answer
from .content import stuffed, with_line_ends
from .dsn import Wishes
from .paths import PathError, parse_path
from .replies import Reply
from .results import AHEAD, END, OF_ONE, Sent, as_heard, refusal, silence
from .speaker import Speaker

HEADER = "its header"
GO_ON = 354
"""The server waits for the letter."""


class Attempt:
    """One letter, on its way through MAIL, RCPT and DATA. ``after`` is what was said last.

    ``wishes`` is what its sender wants to be told; ``utf8`` says that its header may be UTF-8.
    """

    def __init__(
        self,
        client: Speaker,
        sender: str,
        recipients: Sequence[str],
        *,
        wishes: Wishes | None = None,
        utf8: bool = False,
        ignore_quota: bool = False,
    ) -> None:
        self.client, self.sender, self.recipients = client, sender, list(dict.fromkeys(recipients))
        self.wishes = wishes or Wishes()
        self.utf8, self.ignore_quota = utf8, ignore_quota
        self.outcomes: dict[str, Outcome] = {}
        self.after = ""
        self._ahead: deque[Answer] | None = None
        """Answers that have come already, where all was said in one go."""
        self._cause: str | None = None

    async def run(self, content: bytes, submitter: str | None, size: int | None = None) -> Sent:
        """From MAIL to the reply behind the dot. Raises where the conversation breaks off.

        ``size`` is what SIZE= says; None: the octets of ``content``; below 0: nothing.
        """
        content = with_line_ends(content)
        if problem := _problem(self.sender):
            outcome = Failed(f"<{self.sender}>: {problem}", code="5.1.7")
            self.outcomes = dict.fromkeys(self.recipients, outcome)
        self._find_untranslatable(content)
        if not self._open:
            return self._sent(None)
        if self.client.unclean:
            await self._command("RSET")
            self.client.unclean = False
        size = len(content) if size is None else size
        mail = self._mail(content, submitter, size)
        await self._say_ahead(mail)
        reply = await self._command(mail)
        self.client.unclean = True
        if reply.code // 100 != 2:
            return self._give_up(reply)
        for recipient in self._open:
            await self._offer(recipient)
        if not self._open:
            return self._give_up(None)
        reply = await self._command("DATA")
        if reply.code != GO_ON:
            return self._give_up(reply)
        return await self._hand_over(content)

    async def _say_ahead(self, mail: str) -> None:
        """Says all commands at once, where the server offers that (RFC 2920)."""
        if self.client.one_by_one or "PIPELINING" not in self.client.extensions:
            return
        recipients = [self._rcpt(each) for each in self._open if not _no_address(each)]
        if recipients:
            self.after = AHEAD + mail
            self._ahead = deque(await self.client.in_one_go([mail, *recipients, "DATA"]))

    async def _hand_over(self, content: bytes) -> Sent:
        """The letter and the dot, once 354 has been heard."""
        octets = stuffed(content)
        self._ahead = None
        self.after = f"end of data ({len(octets)} bytes written)"
        reply = await self.client.content(octets)
        self.after, self.client.unclean = END, False
        if self.client.lmtp:
            return await self._close_each(reply)
        return self._close(reply)

    def _find_untranslatable(self, content: bytes) -> None:
        """Where SMTPUTF8 is not offered, what is beyond ASCII cannot go (RFC 6531 §3.2)."""
        if "SMTPUTF8" in self.client.extensions:
            return
        whole = self._beyond_ascii(content)
        for recipient in self._open:
            what = whole or ("" if recipient.isascii() else f"<{recipient}>")
            if what and not _problem(recipient):
                target = self.client.target
                why = f"{target} offers no SMTPUTF8, and {what} is beyond ASCII"
                code = "5.6.9" if what == HEADER else "5.6.7"
                self.outcomes[recipient] = Failed(why, target, self.client.address, code)

    def _beyond_ascii(self, content: bytes) -> str:
        """What makes the whole letter one for SMTPUTF8: its sender or its header; "" if nothing."""
        if not self.sender.isascii():
            return f"<{self.sender}>"
        header = content.partition(b"\r\n\r\n")[0]
        return HEADER if self.utf8 and not header.isascii() else ""

    def _mail(self, content: bytes, submitter: str | None, size: int) -> str:
        offered, words = self.client.extensions, [f"MAIL FROM:<{self.sender}>"]
        if "SIZE" in offered and size >= 0:
            words.append(f"SIZE={size}")
        if "8BITMIME" in offered and not content.isascii():
            words.append("BODY=8BITMIME")
        if "AUTH" in offered and submitter is not None:
            words.append(f"AUTH={xtext.encode(submitter) or '<>'}")
        if "SMTPUTF8" in offered and (
            self._beyond_ascii(content) or not "".join(self._open).isascii()
        ):
            words.append("SMTPUTF8")
        return " ".join(words) + (self.wishes.words() if "DSN" in offered else "")

    async def _command(self, text: str) -> Reply:
        """The answer to a command. Raises where the conversation breaks off."""
        if self._ahead is None:
            self.after, self._cause = text, None
            return await self.client.command(text)
        self.after, answer = AHEAD + text, self._ahead.popleft()
        if isinstance(answer.heard, Exception):
            raise answer.heard
        self._cause = answer.cause
        return answer.heard

    async def _offer(self, recipient: str) -> None:
        if problem := _no_address(recipient):
            self.outcomes[recipient] = Failed(f"<{recipient}>: {problem}", code="5.1.3")
            return
        command = self._rcpt(recipient)
        reply = await self._command(command)
        if reply.code // 100 != 2:
            self.outcomes[recipient] = self._refusal(reply, command)
        self._tell(reply, command, recipient)

    def _rcpt(self, recipient: str) -> str:
        wish = self.wishes.of.get(recipient) if "DSN" in self.client.extensions else None
        more = wish.words() if wish else ""
        if self.ignore_quota and "IGNOREQUOTA" in self.client.extensions:
            more += " IGNOREQUOTA"
        return f"RCPT TO:<{recipient}>{more}"

    def _tell(self, reply: Reply, command: str, recipient: str | None) -> None:
        self.client.answered(
            reply, command.removeprefix(AHEAD), self.sender, recipient, self._cause
        )

    def _refusal(self, reply: Reply, after: str = "") -> Deferred | Failed:
        return refusal(reply, after or self.after, self.client.target, self.client.address)

    def _refusal_of_one(self, reply: Reply) -> Outcome:
        """LMTP: the store says no for one of several, when it has the letter."""
        outcome = self._refusal(reply)
        why = f"{OF_ONE}: {as_heard(reply)}"
        if isinstance(outcome, Deferred):
            return replace(outcome, why=why, errno=0)
        return replace(outcome, why=why)

    @property
    def _open(self) -> list[str]:
        return [recipient for recipient in self.recipients if recipient not in self.outcomes]

    def _close(self, reply: Reply) -> Sent:
        """The reply behind the dot is for all who are still open."""
        self._tell(reply, self.after, None)
        self.outcomes.update(dict.fromkeys(self._open, self._judged(reply)))
        return self._sent(reply)

    async def _close_each(self, reply: Reply) -> Sent:
        """LMTP: a reply for each who is still open, in their order (RFC 2033 §4.2)."""
        for number, recipient in enumerate(self._open):
            if number:
                reply = await self.client.next_answer()
            self._tell(reply, self.after, recipient)
            self.outcomes[recipient] = self._judged(reply)
        return self._sent(reply)

    def _judged(self, reply: Reply) -> Outcome:
        if reply.code // 100 != 2:
            return self._refusal_of_one(reply) if self.client.lmtp else self._refusal(reply)
        target, address = self.client.target, self.client.address
        return Delivered(as_heard(reply), target, address, reports="DSN" in self.client.extensions)

    def _give_up(self, reply: Reply | None) -> Sent:
        """Refused before the letter crossed."""
        if reply is not None:
            self._tell(reply, self.after, None)
            self.outcomes.update(dict.fromkeys(self._open, self._refusal(reply)))
        if self._ahead:
            last = self._ahead[-1].heard
            if isinstance(last, Exception) or last.code == GO_ON:
                self.client.close()
        return self._sent(reply)

    def lost(self, error: Exception) -> Sent:
        """The conversation broke off: whoever is still open may be tried again."""
        outcome = silence(error, self.after, self.client.target, self.client.address)
        self.outcomes.update(dict.fromkeys(self._open, outcome))
        return self._sent(None)

    def _sent(self, reply: Reply | None) -> Sent:
        signs = self.client.signs
        outcomes = {each: replace(self.outcomes[each], signs=signs) for each in self.recipients}
        return Sent(outcomes, reply)


def _no_address(recipient: str) -> str:
    """Why nobody can be written to there, or ""."""
    return _problem(recipient) or ("" if recipient else "no address")


def _problem(address: str) -> str:
    """Why this is no address, or "". What is none could say more than an address on the wire."""
    if not address:
        return ""
    try:
        _, rest = parse_path(f"<{address}>")
    except PathError as problem:
        return str(problem)
    return "not one address" if rest else ""
