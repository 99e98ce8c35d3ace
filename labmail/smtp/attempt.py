"""An attempt: one letter, offered to one server, with one outcome for each recipient.

::

    MAIL ─▶ RCPT for each recipient ─▶ DATA ─▶ the letter and the dot
      │        │ refused: for this one     │        │
      └────────┴──── refused for all ──────┴────────┴─▶ outcomes

Whoever has no outcome yet when something happens to the whole letter gets that one. If nobody is
left, no DATA is said; RSET then comes before the next letter, if there is one.

What the sender wants to be told goes along where the server offers DSN. What is beyond ASCII goes
along where it offers SMTPUTF8, and fails where it does not: nobody may write an address anew.

Law: RFC 5321 §3.3, RFC 1870 (SIZE), RFC 6152 (8BITMIME), RFC 4954 §5 (AUTH=), RFC 3461 §5.2 (DSN),
RFC 6531 §3.2 (SMTPUTF8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome, Signs

from . import xtext
from .content import stuffed, with_line_ends
from .dsn import Wishes
from .paths import PathError, parse_path
from .replies import Reply
from .results import END, OF_ONE, Sent, as_heard, refusal, silence

HEADER = "its header"


class Speaker(Protocol):
    """What an attempt needs of a client."""

    target: str
    address: str
    extensions: dict[str, str]
    lmtp: bool
    unclean: bool
    signs: Signs

    @property
    def connected(self) -> bool: ...

    async def command(self, text: str) -> Reply: ...

    async def content(self, octets: bytes) -> Reply: ...

    async def next_answer(self) -> Reply: ...

    def answered(self, reply: Reply, command: str, sender: str, recipient: str | None) -> None: ...


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
        reply = await self._command(self._mail(content, submitter, size))
        self.client.unclean = True
        if reply.code // 100 != 2:
            return self._give_up(reply)
        for recipient in self._open:
            await self._offer(recipient)
        if not self._open:
            return self._give_up(None)
        reply = await self._command("DATA")
        if reply.code != 354:
            return self._give_up(reply)
        octets = stuffed(content)
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
        self.after = text
        return await self.client.command(text)

    async def _offer(self, recipient: str) -> None:
        if problem := _problem(recipient) or ("" if recipient else "no address"):
            self.outcomes[recipient] = Failed(f"<{recipient}>: {problem}", code="5.1.3")
            return
        wish = self.wishes.of.get(recipient) if "DSN" in self.client.extensions else None
        more = wish.words() if wish else ""
        if self.ignore_quota and "IGNOREQUOTA" in self.client.extensions:
            more += " IGNOREQUOTA"
        reply = await self._command(f"RCPT TO:<{recipient}>{more}")
        if reply.code // 100 != 2:
            self.outcomes[recipient] = self._refusal(reply)
        self.client.answered(reply, self.after, self.sender, recipient)

    def _refusal(self, reply: Reply) -> Outcome:
        return refusal(reply, self.after, self.client.target, self.client.address)

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
        self.client.answered(reply, self.after, self.sender, None)
        self.outcomes.update(dict.fromkeys(self._open, self._judged(reply)))
        return self._sent(reply)

    async def _close_each(self, reply: Reply) -> Sent:
        """LMTP: a reply for each who is still open, in their order (RFC 2033 §4.2)."""
        for number, recipient in enumerate(self._open):
            if number:
                reply = await self.client.next_answer()
            self.client.answered(reply, self.after, self.sender, recipient)
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
            self.client.answered(reply, self.after, self.sender, None)
            self.outcomes.update(dict.fromkeys(self._open, self._refusal(reply)))
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


def _problem(address: str) -> str:
    """Why this is no address, or "". What is none could say more than an address on the wire."""
    if not address:
        return ""
    try:
        _, rest = parse_path(f"<{address}>")
    except PathError as problem:
        return str(problem)
    return "not one address" if rest else ""
