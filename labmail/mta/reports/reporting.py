"""Reporting: letters that the MTA writes itself, and damaged ones that it keeps to be looked at.

A report goes the way of every letter: into the spool first, then through the queue. The event that
made it necessary is the cause of its own story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from labmail.message.dates import rfc5322_date
from labmail.message.field import Field

from .. import events, log
from ..header import dissect, find, own_field
from ..letter import CAUSE, LETTER, Letter
from ..office import Office
from ..queue.wanted import FIRST_TIME
from ..reception.localacl import refused
from ..reception.received import Origin, received
from ..reception.stamping import stamp as stamp_anew
from ..spool.spoolfile import SpoolHeader
from . import bounce, confirmation, warning
from .confirmation import Success
from .reportfiles import errors_copy, reporter_of, texts
from .statusreport import Manner, Reported, in_ascii

WRITER = "Debian-exim"
OWN_REPORT = "localerror"
"""The fact of the -H file that says: this letter tells about another one."""

Written = tuple[tuple[Field, ...], bytes]
"""Header fields and body."""


@dataclass(slots=True)
class Reporter:
    """Writes reports for one host."""

    office: Office

    async def write(
        self,
        letter: Letter,
        body: bytes,
        losses: Sequence[bounce.Loss],
        cause: str | None,
        to: str | None = None,
    ) -> Letter:
        """Puts a bounce about ``letter`` into the spool, and gives it; to its sender, unless ``to``
        says to whom.

        Raises OSError where it could not be kept.
        """
        who = letter.sender if to is None else to
        told = {"bounce_recipient": who}
        manner = await self._manner(letter, body, "bounce_message_file", told)
        written = bounce.report(letter, body, losses, manner, to=to)
        copies = await errors_copy(self.office, letter, who)
        report = await self._keep(letter, written, (who, *copies))
        recipients = tuple(dict.fromkeys(each.recipient.known_as for each in losses))
        kind = events.Bounced
        self._tell(letter, report, cause, kind, bounce=report.name, recipients=recipients, to=to)
        return report

    async def confirm(
        self, letter: Letter, successes: Sequence[Success], cause: str | None
    ) -> Letter:
        """Puts a confirmation about ``letter`` into the spool, and gives it; as `write`."""
        manner = await self._manner(letter, b"")
        written = confirmation.report(letter, successes, manner)
        report = await self._keep(letter, written, (letter.sender,))
        self._tell(
            letter,
            report,
            cause,
            events.Confirmed,
            confirmation=report.name,
            recipients=tuple(each.recipient for each in successes),
            actions=tuple(each.action for each in successes),
        )
        return report

    async def warn(
        self, letter: Letter, delays: Sequence[warning.Delay], shown: str, cause: str | None
    ) -> Letter:
        """Puts a warning about ``letter`` into the spool, and gives it; ``shown`` is for how long
        it has waited, in words."""
        told = {"warn_message_delay": shown, "warn_message_recipients": letter.sender}
        manner = await self._manner(letter, b"", "warn_message_file", told)
        written = warning.report(letter, delays, manner, shown)
        report = await self._keep(letter, written, (letter.sender,))
        self._tell(
            letter,
            report,
            cause,
            events.Warned,
            warning=report.name,
            recipients=tuple(each.recipient.known_as for each in delays),
            delay=shown,
        )
        return report

    async def frozen(
        self, letter: Letter, why: str, losses: Sequence[bounce.Loss], to: str
    ) -> Letter:
        """Puts a note that ``letter`` is frozen into the spool, and gives it; ``to`` are addresses
        with commas between them."""
        office = self.office
        fields = (
            own_field("Auto-Submitted", "auto-replied"),
            own_field("From", await reporter_of(office, letter)),
            own_field("To", to),
            *Reported(letter=letter, body=b"", manner=Manner(hostname="")).references(),
            own_field("Subject", "Message frozen"),
        )
        lines = [
            f"Message {letter.id} has been frozen ({why}).",
            f"The sender is <{letter.sender}>.",
        ]
        if losses:
            lines += ["", "The following address(es) have yet to be delivered:"]
        for loss in reversed(losses):
            lines.append(f"  {log.address(loss.recipient)}: {loss.why}")
        text = "".join(f"{in_ascii(each)}\r\n" for each in lines).encode("ascii")
        domain = office.orders.qualify_domain
        named = [each.strip() for each in to.split(",") if each.strip()]
        recipients = tuple(each if "@" in each else f"{each}@{domain}" for each in named)
        report = await self._keep(letter, (fields, text), recipients)
        report.event = letter.event
        return report

    async def _manner(
        self, letter: Letter, body: bytes, file: str = "", told: Mapping[str, str] | None = None
    ) -> Manner:
        """How the configuration wants a report; ``file``: the option that names its texts."""
        office = self.office
        main, now = office.orders.main, office.now()
        number = int(office.chance.id("boundary", office.name, letter.id, str(now)), 16) % 2**31
        return Manner(
            hostname=office.orders.hostname,
            reporter=await reporter_of(office, letter),
            reply_to=str(main("errors_reply_to") or ""),
            boundary=f"{int(now)}-eximdsn-{number}",
            size_limit=int(main("bounce_return_size_limit")),
            line_limit=int(main("bounce_return_linesize_limit")),
            with_body=bool(main("bounce_return_body")),
            text=str(main("bounce_message_text") or "") if "bounce" in file else "",
            items=await texts(office, letter, body, file, told or {}),
        )

    async def answer(
        self, letter: Letter, content: bytes, recipients: Sequence[str], cause: str | None
    ) -> Letter:
        """Puts an answer to ``letter`` into the spool, and gives it (RFC 3834; as `write`).

        It has no sender, so that nobody answers it; what is missing in its header is added.
        """
        office, now = self.office, self.office.now()
        message_id, hostname = office.ids.new(now), office.orders.hostname
        fields, body = dissect(content)
        stamp = received(
            ORIGIN, by=hostname, id=message_id, sender="", recipients=tuple(recipients), when=now
        )
        own = {
            "Message-Id": f"<E{message_id}@{hostname}>",
            "From": f"{WRITER}@{office.orders.sender_domain}",
            "Date": rfc5322_date(now),
        }
        missing = [own_field(*each) for each in own.items() if find(fields, each[0]) is None]
        whole = (stamp, *fields, *missing)
        new = _made(whole, body, tuple(recipients), message_id, now)
        new.head.variables[LETTER] = f"{office.name}/{message_id}"
        await office.spool.store(new.head, new.body or b"")
        self._log(new, letter.id)
        new.event = office.tell(
            events.Spooled,
            new,
            cause=cause,
            leg="return",
            id=message_id,
            sender="",
            recipients=new.head.recipients,
            size=new.size,
            own=True,
        )
        return new

    async def send(
        self,
        fields: tuple[Field, ...],
        body: bytes,
        recipients: tuple[str, ...],
        *,
        about: str = "",
    ) -> Letter:
        """Sends a letter of this host's own: into the spool, and through the queue. ``about`` is
        the id of the letter that it tells about. Raises OSError where it could not be kept."""
        office, now = self.office, self.office.now()
        made = await self._letter(recipients, (fields, body), office.ids.new(now), now)
        await office.spool.store(made.head, made.body or b"")
        self._log(made, about)
        office.take(made)
        return made

    async def _keep(self, letter: Letter, written: Written, to: tuple[str, ...]) -> Letter:
        """A new letter that tells about ``letter``, safe in the spool and in the log."""
        office, now = self.office, self.office.now()
        report = await self._letter(to, written, office.ids.new(now), now)
        report.head.variables[LETTER] = f"{office.name}/{report.id}"
        await office.spool.store(report.head, report.body or b"")
        self._log(report, letter.id)
        return report

    def _log(self, made: Letter, about: str) -> None:
        """That a letter of our own has come in."""
        logs = self.office.logs
        more: dict[str, Any] = {"about": about, "wanted": logs.selection}
        logs.main(log.arrival(made, ORIGIN, **more), made.id)
        logs.note(made.id, log.noted_arrival(made, ORIGIN, **more))

    def _tell(
        self,
        letter: Letter,
        report: Letter,
        cause: str | None,
        kind: type[events.LetterEvent],
        /,
        **fields: object,
    ) -> None:
        office = self.office
        fields["to"] = fields.get("to") or letter.sender
        told = office.tell(kind, letter, cause=cause, leg="return", id=letter.id, **fields)
        report.event = office.tell(
            events.Spooled,
            report,
            cause=told or cause,
            leg="return",
            id=report.id,
            sender="",
            recipients=report.head.recipients,
            size=report.size,
            own=True,
        )

    async def _letter(
        self, to: tuple[str, ...], written: Written, message_id: str, now: float
    ) -> Letter:
        """The report as a letter, with the fields that every letter of ours has."""
        fields, content = written
        hostname = self.office.orders.hostname
        stamp = received(ORIGIN, by=hostname, id=message_id, sender="", recipients=to, when=now)
        own = (
            own_field("Message-Id", f"<E{message_id}@{hostname}>"),
            own_field("Date", rfc5322_date(now)),
        )
        made = _made((stamp, *fields, *own), content, to, message_id, now)
        await stamp_anew(self.office, made)
        if await refused(self.office, made) is not None:
            self.office.logs.main("a report is sent whatever the ACL for programs says", made.id)
        return made

    async def put_aside(self, letter: Letter, problem: str) -> None:
        """Keeps the files of a letter that cannot be read, and says so."""
        office = self.office
        for kind in ("H", "D", "J"):
            with suppress(OSError):
                aside = await office.disk(office.spool.put_aside, letter.id, kind, problem)
                office.logs.panic(f"{problem}; kept as {aside.kept}", letter.id)
                office.tell(
                    events.SetAside,
                    letter,
                    cause=letter.event,
                    file=aside.file,
                    kept=aside.kept,
                    problem=problem,
                )


def _made(
    fields: tuple[Field, ...], content: bytes, to: tuple[str, ...], message_id: str, now: float
) -> Letter:
    """A letter of this host's own, without a sender."""
    facts = {"ident": WRITER, "received_protocol": "local", "spool_file_wireformat": ""}
    facts |= {OWN_REPORT: "", FIRST_TIME: ""}
    head = SpoolHeader(
        id=message_id,
        sender="",
        received=now,
        recipients=to,
        fields=fields,
        facts=facts | ({} if all(each.isascii() for each in to) else {"smtputf8": ""}),
        variables={LETTER: "", CAUSE: ""},
    )
    return Letter(head, len(content), content)


ORIGIN = Origin(protocol="local", ident=WRITER)
"""Where the MTA's own letters come from."""
