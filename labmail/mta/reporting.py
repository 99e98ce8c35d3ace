"""Reporting: letters that the MTA writes itself, and damaged ones that it keeps to be looked at.

A bounce goes the way of every letter: into the spool first, then through the queue. The event that
made it necessary is the cause of its own story.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from labmail.message.dates import rfc5322_date

from . import bounce, events, log
from .header import own_field
from .letter import CAUSE, LETTER, Letter
from .office import Office
from .received import Origin, received
from .spoolfile import SpoolHeader

WRITER = "Debian-exim"


@dataclass(slots=True)
class Reporter:
    """Writes reports for one host."""

    office: Office

    async def write(
        self, letter: Letter, body: bytes, losses: Sequence[bounce.Loss], cause: str | None
    ) -> Letter:
        """Puts a bounce about ``letter`` into the spool, and gives it.

        Raises OSError where it could not be kept.
        """
        office, now = self.office, self.office.now()
        message_id = office.ids.new(now)
        name = f"{office.name}/{message_id}"
        report = self._letter(letter, body, losses, message_id, now)
        report.head.variables[LETTER] = name
        await office.disk(office.spool.store, report.head, report.body or b"")
        office.logs.main(log.arrival(report, ORIGIN, about=letter.id), message_id)
        told = office.tell(
            events.Bounced,
            letter,
            cause=cause,
            leg="return",
            id=letter.id,
            bounce=name,
            to=letter.sender,
            recipients=tuple(dict.fromkeys(each.recipient.original.address for each in losses)),
        )
        report.event = office.tell(
            events.Spooled,
            report,
            cause=told or cause,
            leg="return",
            id=message_id,
            sender="",
            recipients=report.head.recipients,
            size=report.size,
            own=True,
        )
        return report

    def _letter(
        self,
        letter: Letter,
        body: bytes,
        losses: Sequence[bounce.Loss],
        message_id: str,
        now: float,
    ) -> Letter:
        """The bounce as a letter, with the fields that every letter of ours has."""
        office = self.office
        hostname = office.settings.primary_hostname
        fields, content = bounce.report(
            letter,
            body,
            losses,
            hostname=hostname,
            domain=office.settings.home_domain,
            boundary=f"{message_id}-{office.chance.id('boundary', office.name, message_id)}",
            now=now,
        )
        stamp = received(
            ORIGIN, by=hostname, id=message_id, sender="", recipients=(letter.sender,), when=now
        )
        own = (
            own_field("Message-Id", f"<E{message_id}@{hostname}>"),
            own_field("Date", rfc5322_date(now)),
        )
        head = SpoolHeader(
            id=message_id,
            sender="",
            received=now,
            recipients=(letter.sender,),
            fields=(stamp, *fields, *own),
            facts={"ident": WRITER, "received_protocol": "local", "spool_file_wireformat": ""},
            variables={LETTER: "", CAUSE: ""},
        )
        return Letter(head, len(content), content)

    async def put_aside(self, letter: Letter, problem: str) -> None:
        """Keeps the files of a letter that cannot be read, and says so."""
        office = self.office
        for kind in ("H", "D", "J"):
            with suppress(OSError):
                aside = await office.disk(office.spool.put_aside, f"{letter.id}-{kind}", problem)
                office.logs.panic(f"{problem}; kept as {aside.kept}", letter.id)
                office.tell(
                    events.SetAside,
                    letter,
                    cause=letter.event,
                    file=aside.file,
                    kept=aside.kept,
                    problem=problem,
                )


ORIGIN = Origin(protocol="local", ident=WRITER)
"""Where the MTA's own letters come from."""
