"""Closing an attempt: what becomes of the letter as a whole.

    somebody failed        a bounce is written; when it is safe, they are done
    … and nobody cares     the sender wants no report (NOTIFY=NEVER): they are done
    somebody was served    a confirmation is written, if the sender asked for one
    … of a bounce          nobody can be told: the letter is frozen
    everybody is done      "Completed", and the files go
    somebody waits         the -H file is brought up to date, and the queue sets its timer

Law: RFC 5321 §6.1; Exim specification, §49 (bounces) and chapter 14 under ``timeout_frozen_after``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from .. import events, log
from ..letter import Letter
from ..office import Office, leg_of
from ..queue.thawing import GIVEN_UP, ignores_errors
from ..reports.bounce import Loss
from ..reports.reportfiles import wants_warnings
from ..reports.reporting import OWN_REPORT, Reporter
from ..reports.warning import span, stage
from .onetime import take_the_place
from .result import Result
from .settling import note_done

WHEN_STUCK = 900.0
"""Seconds until a letter is tried again whose failure no rule speaks of, such as a full disk."""


def told_to(letter: Letter, loss: Loss) -> str:
    """Who hears of a loss: whom a router or a filter names, else the sender; "": nobody can."""
    return letter.sender if loss.errors_to is None else loss.errors_to


@dataclass(slots=True)
class Closing:
    """Closes attempts for one host."""

    office: Office
    reporter: Reporter

    async def close(self, letter: Letter, body: bytes, result: Result) -> list[Letter]:
        """Acts on ``result``; gives the reports that are to be delivered, if any were written."""
        letter.next_tries |= result.put_off
        letter.event = next((told for told in result.told.values() if told), letter.event)
        freeze, reports = result.freeze, []
        if result.untold:
            self._keep_quiet(letter, result)
        if any(self._is_stuck(letter, loss) for loss in result.losses):
            freeze = "delivery error message"
        elif result.losses:
            reports += await self._report(letter, body, result)
        elif result.failed:
            await self._note(letter, result)
        if result.successes and not letter.is_bounce:
            reports += await self._confirm(letter, result)
        take_the_place(letter, result.members)
        if not letter.waiting:
            await self.complete(letter)
        elif freeze:
            self._freeze(letter, freeze)
            reports += await self._tell_somebody(letter, freeze, result)
            await self.keep(letter)
        else:
            reports += await self._warn(letter, result)
            await self.keep(letter)
        await self._save_hints()
        return reports

    def _is_stuck(self, letter: Letter, loss: Loss) -> bool:
        """Whether nobody can be told of a loss, and it matters."""
        if told_to(letter, loss) or loss.errors_to == "":
            return False
        return not ignores_errors(letter, self.office.now(), self.office.orders)

    async def give_up(self, letter: Letter, body: bytes) -> list[Letter]:
        """A letter that has been frozen for too long goes back, or, without a sender, away."""
        result = Result(failed=[each.unique for each in letter.waiting])
        result.losses = [Loss(each, "") for each in letter.waiting]
        result.lost_event = self._tell_given_up(letter)
        reports = [] if letter.is_bounce else await self._report(letter, body, result)
        if letter.is_bounce:
            await self._note(letter, result)
        await self.complete(letter)
        return reports

    def _tell_given_up(self, letter: Letter) -> str | None:
        """Tells of all who waited that nobody tries any more; gives the last event."""
        told = letter.event
        for each in letter.waiting:
            told = self.office.tell(
                events.GivenUp,
                letter,
                recipient=each.known_as,
                cause=letter.event,
                leg="return",
                id=letter.id,
                address=each.address,
                problem=GIVEN_UP.line,
            )
        return told

    async def _report(self, letter: Letter, body: bytes, result: Result) -> list[Letter]:
        """Writes the bounces, one for each who is told; only then is what failed done."""
        bounces = []
        try:
            for to in dict.fromkeys(told_to(letter, loss) for loss in result.losses):
                if not to:
                    self._ignore(letter, result)
                    continue
                losses = [loss for loss in reversed(result.losses) if told_to(letter, loss) == to]
                made = await self.reporter.write(letter, body, losses, result.lost_event, to)
                bounces.append(made)
        except OSError as error:
            self._panic(letter, "cannot write the bounce, which is tried again", error)
            later = self.office.now() + WHEN_STUCK
            lost = {loss.recipient.original.address for loss in result.losses}
            letter.next_tries |= dict.fromkeys(lost, later)
            return bounces
        await self._note(letter, result)
        return bounces

    def _ignore(self, letter: Letter, result: Result) -> None:
        """Nobody is told, and nobody minds."""
        for loss in result.losses:
            if told_to(letter, loss) == "":
                self.office.logs.main(f"{log.address(loss.recipient)}: error ignored", letter.id)

    async def _warn(self, letter: Letter, result: Result) -> list[Letter]:
        """Tells the sender that it takes long, if it is time to, and if she wants to know."""
        office = self.office
        delays = [each for each in result.delays if not each.wish.notify or each.wish.delay]
        times = [each for each in office.orders.main("delay_warning") if each > 0]
        waited = office.now() - letter.head.received
        count, shown = stage(waited, times)
        if letter.is_bounce or not delays or count <= letter.head.warned:
            return []
        if not await wants_warnings(office, letter):
            return []
        try:
            made = await self.reporter.warn(letter, delays, span(waited, shown), letter.event)
        except OSError as error:
            self._panic(letter, "cannot write a warning", error)
            return []
        letter.head.warned = count
        return [made]

    async def _tell_somebody(self, letter: Letter, why: str, result: Result) -> list[Letter]:
        """Tells those whom ``freeze_tell`` names that a letter is frozen; not of a report of our
        own, or reports would cause reports without end."""
        named = self.office.orders.main("freeze_tell")
        if not named or OWN_REPORT in letter.head.facts:
            return []
        try:
            return [await self.reporter.frozen(letter, why, result.losses, str(named))]
        except OSError as error:
            self._panic(letter, "cannot tell that it is frozen", error)
            return []

    async def _note(self, letter: Letter, result: Result) -> None:
        """Those who failed are done."""
        letter.head.done |= frozenset(result.failed)
        await note_done(self.office, letter, result.failed)

    async def _confirm(self, letter: Letter, result: Result) -> list[Letter]:
        """Writes the confirmation. It is a courtesy: the letter has arrived without it, too."""
        cause = result.told.get(result.successes[-1].recipient)
        try:
            return [await self.reporter.confirm(letter, result.successes, cause)]
        except OSError as error:
            self._panic(letter, "cannot write the confirmation", error)
            return []

    def _keep_quiet(self, letter: Letter, result: Result) -> None:
        """Tells that nobody is told, because the sender wants it so."""
        recipients = tuple(dict.fromkeys(result.untold))
        self.office.tell(
            events.Unreported,
            letter,
            cause=result.lost_event or letter.event,
            leg="return",
            id=letter.id,
            to=letter.sender,
            recipients=recipients,
            notify=",".join(letter.wish(recipients[0]).notify),
        )

    def _freeze(self, letter: Letter, why: str) -> None:
        """Nobody tries it any more until an administrator does."""
        letter.head.facts["frozen"] = str(int(self.office.now()))
        self.office.logs.main(f"Frozen ({why})", letter.id)
        self.office.logs.note(letter.id, f"*** Frozen ({why})", stamped=False)
        told = self.office.tell(
            events.Frozen,
            letter,
            cause=letter.event,
            leg="return",
            id=letter.id,
            recipients=tuple(dict.fromkeys(each.known_as for each in letter.waiting)),
            problem=why,
            bounce=letter.is_bounce,
        )
        letter.event = told or letter.event

    async def keep(self, letter: Letter) -> None:
        """Writes the -H file anew, with those who are done and the event to go on from."""
        letter.cause = letter.event
        await self.office.disk(self.office.logs.keep, letter.id)
        if letter.kept == letter.changing:
            return
        try:
            await self.office.spool.update(letter.head)
            letter.kept = letter.changing
        except OSError as error:  # the old -H and the journal say the same
            self._panic(letter, f"cannot write {letter.id}-H", error)

    async def complete(self, letter: Letter) -> None:
        """Everybody is done: the letter is forgotten."""
        self.office.spool.remove(letter.id)
        logs = self.office.logs
        logs.main(log.completed(letter, self.office.now(), logs.selection), letter.id)
        if logs.preserved:
            await self.office.disk(logs.preserve, letter.id)
        logs.forget(letter.id)
        self.office.tell(
            events.Completed,
            letter,
            cause=letter.event,
            leg=leg_of(letter, "take"),
            id=letter.id,
        )

    async def _save_hints(self) -> None:
        changes = self.office.hints.changes()
        if changes:
            with suppress(OSError):  # hints are hints
                await self.office.disk(self.office.hints.save, changes)

    def _panic(self, letter: Letter, problem: str, error: OSError) -> None:
        self.office.logs.panic(f"{problem}: {error.strerror}", letter.id)
