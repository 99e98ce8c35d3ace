"""A batch of SMTP: ``exim -bS`` reads a file of commands, and answers nothing while all is well.

    MAIL FROM:<ann@lab.test>
    RCPT TO:<ben@far.test>
    DATA
    …
    .
    MAIL FROM: …

It is how letters were carried on tapes and over dialled lines. No ACL is asked. The first mistake
ends it: the reply that a dialogue would have heard, and where in the file it stands.

Law: Exim specification, §48.9 (incoming batched SMTP).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress

from .accepting import Accepting
from .envelope import is_trusted
from .reading import Reader

if TYPE_CHECKING:
    from labmail.mta import Mta

    from ..arguments import Request
    from ..said import Who

ENVELOPE = re.compile(r"(MAIL) *FROM:(.*)|(RCPT) *TO:(.*)", re.IGNORECASE | re.DOTALL)
NOTHING = frozenset({"HELO", "EHLO", "NOOP", "VRFY", "EXPN", "HELP", "ETRN"})
"""Commands that change nothing here."""


class Wrong(Exception):
    """A mistake: the reply that a dialogue would have heard."""


class Batch:
    """One file of commands."""

    def __init__(
        self,
        mta: Mta,
        request: Request,
        who: Who,
        reader: Reader,
        say: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self.office, self.who, self.reader, self.say = mta.office, who, reader, say
        self.taking = Accepting(mta, request, who)
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.at = self.begun = 0
        self.line = ""

    async def run(self) -> int:
        """Works through the file; 0 where all went well, 1 where some letters got through before a
        mistake, 2 where none did."""
        try:
            while line := await self.reader.readline():
                self.at += 1
                self.line = line.decode("latin-1").rstrip("\r\n")
                if not await self._obey():
                    break
        except Wrong as wrong:
            return await self._complain(str(wrong))
        return 0

    async def _complain(self, reply: str) -> int:
        text = (
            f"{reply}\nTransaction started in line {self.begun}\n"
            f"Error detected in line {self.at}\n{self.line}\n"
        )
        await self.say(text.encode("latin-1"))
        return 1 if self.taking.count else 2

    async def _obey(self) -> bool:
        """One command; False: it was the last."""
        verb = self.line.split(" ")[0].upper()
        if found := ENVELOPE.match(self.line):
            await self._name((found[1] or found[3]).upper(), (found[2] or found[4]).strip())
        elif verb == "DATA":
            await self._data()
        elif verb == "RSET":
            self.sender, self.recipients = None, []
            self.begun = self.at
        elif verb not in NOTHING and verb != "QUIT":
            raise Wrong("500 Command unrecognized")
        return verb != "QUIT"

    async def _name(self, verb: str, path: str) -> None:
        try:
            if verb == "MAIL":
                if self.sender is not None:
                    raise Wrong("503 Sender already given")
                own = is_trusted(self.office.orders, self.who)
                self.sender = await self.taking.sender(path, own=own)
            elif self.sender is None:
                raise Wrong("503 No sender yet given")
            else:
                self.recipients.append(await self.taking.recipient(path))
        except BadAddress as bad:
            raise Wrong(f"501 {bad.message}") from None

    async def _data(self) -> None:
        if self.sender is None:
            raise Wrong("503 MAIL FROM:<sender> command must precede DATA")
        if not self.recipients:
            raise Wrong("503 RCPT TO:<recipient> must precede DATA")
        content: list[bytes] = []
        while line := await self.reader.readline():
            self.at += 1
            text = line.rstrip(b"\r\n")
            if text == b".":
                break
            content.append((text[1:] if text.startswith(b".") else text) + b"\n")
        await self.taking.take(
            b"".join(content), self.sender, self.recipients, "local-bsmtp", asking=False
        )
        self.sender, self.recipients, self.begun = None, [], self.at
