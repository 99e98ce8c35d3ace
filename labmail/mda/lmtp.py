"""LMTP: a letter is handed to a message store, which answers for each recipient by itself.

SMTP has one answer behind the dot, for all: who takes a letter keeps a queue. A store that keeps
none must be able to say, behind the dot, "ann yes, ben is over quota"::

    LHLO mx1.lab.test               250 …
    MAIL FROM:<alice@example.com>   250
    RCPT TO:<ann@ask.com>           250        RCPT TO:<ben@ask.com>   250
    DATA                            354
    … .                             250 ann    552 ben is over quota

The dialogue here is spoken with a program, over its standard input and output, or at a Unix socket.
Whoever is at the other end may be broken or hostile: answers are short and few, or it is over.

Law: RFC 2033; RFC 5321 §4.2 (replies).

Try: ``Dialogue(wire, "mx1.lab.test").deliver("a@b.test", ["c@d.test"], content)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome
from labmail.smtp.content import stuffed
from labmail.smtp.replies import Reply

LONGEST_LINE, MOST_LINES = 2048, 100


class Wire(Protocol):
    """Octets to and fro. Blocks; raises OSError, TimeoutError."""

    def read_line(self, most: int) -> bytes:
        """A line with its end; "" where the other side has closed."""
        ...

    def write(self, octets: bytes) -> None: ...


class Broken(Exception):
    """The conversation cannot go on."""


class Dialogue:
    """One conversation. ``ignore_quota`` asks the store to take letters for full mailboxes."""

    def __init__(self, wire: Wire, helo: str, *, ignore_quota: bool = False) -> None:
        self.wire, self.helo, self.ignore_quota = wire, helo, ignore_quota
        self.after = "initial connection"

    def deliver(self, sender: str, recipients: Sequence[str], content: bytes) -> list[Outcome]:
        """Hands the letter over; one outcome for each recipient, in order. Blocks; never raises."""
        outcomes: dict[int, Outcome] = {}
        try:
            self._talk(sender, recipients, content, outcomes)
        except TimeoutError:
            self._close(outcomes, recipients, f"LMTP timeout after {self.after}", 110)
        except (OSError, Broken) as problem:
            why = f"LMTP connection closed after {self.after}"
            if isinstance(problem, Broken) and str(problem):
                why = f"Malformed LMTP response after {self.after}: {problem}"
            self._close(outcomes, recipients, why, -18)
        return [outcomes[number] for number in range(len(recipients))]

    def _close(
        self, outcomes: dict[int, Outcome], recipients: Sequence[str], why: str, number: int
    ) -> None:
        for each in range(len(recipients)):
            outcomes.setdefault(each, Deferred(why, number, code="4.4.2"))

    def _talk(
        self,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        outcomes: dict[int, Outcome],
    ) -> None:
        everybody = range(len(recipients))
        if not self._is_well(self._reply(), 2, outcomes, everybody):
            return
        hello = self._say(f"LHLO {self.helo}")
        if not self._is_well(hello, 2, outcomes, everybody):
            return
        wish = " IGNOREQUOTA" if self.ignore_quota and "IGNOREQUOTA" in hello.text.upper() else ""
        if not self._is_well(self._say(f"MAIL FROM:<{sender}>"), 2, outcomes, everybody):
            return
        for number, recipient in enumerate(recipients):
            self._is_well(self._say(f"RCPT TO:<{recipient}>{wish}"), 2, outcomes, [number])
        left = [number for number in everybody if number not in outcomes]
        if left and self._is_well(self._say("DATA"), 3, outcomes, left):
            self.wire.write(stuffed(content))
            self.after = "end of data"
            for number in left:
                reply = self._reply()
                if self._is_well(reply, 2, outcomes, [number]):
                    outcomes[number] = Delivered(str(reply))
        self._say("QUIT")

    def _is_well(
        self, reply: Reply, first: int, outcomes: dict[int, Outcome], whom: Sequence[int]
    ) -> bool:
        if reply.code // 100 == first:
            return True
        why = f"LMTP error after {self.after}: {reply}"
        outcome: Outcome = Deferred(why, 0, code=reply.enhanced or "4.0.0")
        if reply.permanent:
            outcome = Failed(why, code=reply.enhanced or "5.0.0", reply=str(reply))
        for number in whom:
            outcomes.setdefault(number, outcome)
        return False

    def _say(self, line: str) -> Reply:
        if "\r" in line or "\n" in line:
            raise Broken("an address with a line end in it")
        self.after = line
        self.wire.write(f"{line}\r\n".encode("utf-8", "surrogateescape"))
        return self._reply()

    def _reply(self) -> Reply:
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            octets = self.wire.read_line(LONGEST_LINE)
            line = octets.decode("utf-8", "replace").rstrip("\r\n")
            if not octets:
                raise Broken
            if not octets.endswith(b"\n") or not line[:3].isdecimal() or line[3:4] not in "- ":
                raise Broken(line)
            lines.append(line[4:])
            if line[3:4] != "-":
                return Reply.heard(int(line[:3]), "\n".join(lines))
        raise Broken("an answer without end")
