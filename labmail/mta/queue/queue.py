"""The queue: every letter that this host has accepted and not yet delivered, and who works on it.

A letter that comes in is delivered at once, by a task of its own. What could not be delivered waits
for its next try; a timer of the lab's clock wakes it, so ``clock.advance("4d")`` plays four days of
tries. `run` is ``exim -q``: it tries everything (`running`), and waits until that is done. On a
host whose /etc/default/exim4 says so, there are no timers, and a queue runner comes round
(`rounds`).

    taken ──▶ delivering ──▶ all done             the letter is forgotten
                   │  ▲   └▶ somebody failed      a bounce, a letter of its own
                   ▼  │      (a bounce failed:    frozen, for somebody to look at)
                waiting ──── next try is due

Law: Exim specification, chapter 3 and §5.2 (``-q``, ``-qf``, ``-qff``), RFC 5321 §4.5.4.1.

Try: ``[letter.id for letter in mta.queue]``.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence

from .. import events
from ..delivery.closing import WHEN_STUCK, Closing
from ..delivery.delivery import Delivery
from ..delivery.manner import AT_ONCE, IN_TURN, Manner
from ..delivery.result import Result
from ..letter import Letter
from ..office import Office, leg_of
from ..recipient import Recipient
from ..reports.reporting import Reporter
from ..spool.spoolfile import SpoolFormatError
from .alarm import Alarm
from .atwork import AtWork, Turn
from .listing import listing
from .rounds import Rounds
from .running import Running
from .wanted import FIRST_TIME, Wanted

MOST_LETTERS = 20
"""How many letters are worked on at the same time."""
ITS_TIME = Turn(IN_TURN, everybody=False)
SEEN_AFTER = 0.05
"""Seconds after which a letter that is still here has files in the input folder."""


class Queue:
    """The letters of one host."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.reporter = Reporter(office)
        self.closing = Closing(office, self.reporter)
        self.open = True
        self._letters: dict[str, Letter] = {}
        self._at_work = AtWork(self._work, self._rest, MOST_LETTERS)
        self._alarm = Alarm(office.now, self._is_due)
        self._unseen: dict[str, asyncio.TimerHandle] = {}
        self._new: list[str] = []
        """What came of deliveries while nobody delivers by himself."""
        self.runs = itertools.count(1)
        self.rounds = Rounds(self)
        office.take, office.lines.rouse = self.take, self.rouse

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    def __iter__(self) -> Iterator[Letter]:
        """The letters, oldest first."""
        return iter(sorted(self._letters.values(), key=lambda each: (each.received, each.id)))

    def __len__(self) -> int:
        return len(self._letters)

    def __getitem__(self, message_id: str) -> Letter:
        """The letter of this id. Raises KeyError."""
        return self._letters[message_id]

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._letters

    def __str__(self) -> str:
        """What ``exim -bp`` shows."""
        return listing(self, self.office.now()) or "The queue is empty.\n"

    def __repr__(self) -> str:
        return f"<the queue of {self.office.name}: {len(self)} letters>"

    # ── coming in ────────────────────────────────────────────────────────────────────────────────

    def take(
        self, letter: Letter, *, at_once: bool | None = None, manner: Manner = AT_ONCE
    ) -> None:
        """Takes a letter that is safe in the spool, and begins to deliver it, unless the
        configuration (``queue_only``) or ``at_once`` says otherwise."""
        begins = self._at_once if at_once is None else at_once and self.open
        self._letters[letter.id] = letter
        if self._at_work.crowded or not begins:
            letter.body = None  # its turn comes later: it is on the disk
        if begins:
            later = asyncio.get_running_loop().call_later
            self._unseen[letter.id] = later(SEEN_AFTER, self._see, letter)
            self._start(letter, Turn(manner, everybody=False))
            return
        self.office.spool.rest(letter)
        if at_once is None and not self.open and not self.office.orders.main("queue_only"):
            self._new.append(letter.id)

    def _see(self, letter: Letter) -> None:
        """A letter is still here: Exim's files are to be, too. One that stands in line may fold."""
        self._unseen.pop(letter.id, None)
        if letter.held:
            self.office.spool.show(letter.head)
        else:
            self.office.spool.rest(letter)

    @property
    def _at_once(self) -> bool:
        return self.open and not self.office.orders.main("queue_only")

    def resume(self, letter: Letter) -> None:
        """Takes up a letter that was found in the spool after a start."""
        told = self.office.tell(
            events.Resumed,
            letter,
            cause=letter.cause,
            leg=leg_of(letter, "take"),
            id=letter.id,
            recipients=tuple(dict.fromkeys(each.known_as for each in letter.waiting)),
        )
        self._letters[letter.id] = letter
        letter.event = told or letter.cause
        if letter.frozen is None and self._at_once and not self.rounds.rule:
            self._start(letter, ITS_TIME)

    # ── working ──────────────────────────────────────────────────────────────────────────────────

    async def run(self, *, force: bool = False, frozen: bool = False) -> None:
        """``exim -q``: tries every letter and returns when that is done.

        ``force`` (-qf) looks at no retry time; ``frozen`` (-qff) thaws what is frozen, too.
        """
        wanted = Wanted(force=force or frozen, thaw=frozen)
        await Running(self, wanted, at_once=MOST_LETTERS).run()

    def rouse(self, message_id: str) -> bool:
        """Sets to work on a letter that waits, whatever time its next try is due: the host it
        waits for is there. False where there is no such letter, or somebody is at it already."""
        letter = self._letters.get(message_id)
        if letter is None or letter.frozen is not None or not self.open:
            return False
        self._alarm.unset(message_id)
        return self._at_work.begin_beside(message_id, Turn(IN_TURN))

    def is_roused(self, letter: Letter) -> bool:
        """Whether somebody works on it because he was handed a line."""
        return self._at_work.is_beside(letter.id)

    async def roused(self) -> None:
        """Waits until the lines that letters hand to each other have come to their end."""
        await self._at_work.all_beside()

    def _thaw(self, letter: Letter) -> None:
        letter.head.facts.pop("frozen", None)
        self.office.logs.main("Unfrozen by forced delivery", letter.id)

    # ── by hand (`byhand`) ───────────────────────────────────────────────────────────────────────

    def is_busy(self, letter: Letter) -> bool:
        """Whether somebody is at work on the letter now."""
        return letter.id in self._at_work

    async def deliver(
        self, letter: Letter, manner: Manner = AT_ONCE, *, thaw: bool = False
    ) -> None:
        """Tries one letter now, and returns when that is done; a frozen one only if it may thaw.

        Who forces it does not take another one's try for his own: he waits for that to end."""
        if manner.force:
            await self._at_work.insist(letter.id, Turn(manner))
            if letter.id not in self:
                return
        if letter.frozen is not None:
            if not thaw:
                self.office.logs.main("Message is frozen", letter.id)
                return
            self._thaw(letter)
        self._start(letter, Turn(manner))
        await self._at_work.done(letter.id)

    async def deliver_new(self) -> None:
        """Delivers what has come of deliveries, where nobody does so by himself."""
        while self._new:
            letter = self._letters.get(self._new.pop(0))
            if letter is not None:
                await self.deliver(letter, thaw=True)

    async def give_up(self, letter: Letter) -> None:
        """A letter that nobody has looked at for too long goes back to its sender, or away."""
        body = await self.office.disk(self.office.spool.body, letter.id)
        reports = await self.closing.give_up(letter, body)
        self._forget(letter)
        for report in reports:
            self.take(report)

    async def keep(self, letter: Letter) -> None:
        """Writes down what somebody has changed, and sets the clock for the next try."""
        letter.kept = None
        await self.closing.keep(letter)
        self._rest(letter.id)

    async def drop(self, letter: Letter) -> None:
        """The letter is gone, whoever waits for it."""
        self._alarm.unset(letter.id)
        await self.closing.complete(letter)
        self._forget(letter)

    async def close(self, letter: Letter, body: bytes, result: Result) -> None:
        """Acts on the result of an attempt, or on one that was made by hand."""
        self._alarm.unset(letter.id)
        await self._close(letter, body, result)

    def _start(self, letter: Letter, turn: Turn) -> None:
        """Has the letter tried, unless somebody is at it already."""
        self._alarm.unset(letter.id)
        self._at_work.begin(letter.id, turn)

    def _is_due(self, message_id: str) -> None:
        """The alarm rings for a letter."""
        if message_id in self._letters:
            self._at_work.begin(message_id, ITS_TIME)

    async def _work(self, message_id: str, turn: Turn) -> None:
        letter = self._letters.get(message_id)
        if letter is None:
            return
        try:
            body = await self._open(letter)
            if body is not None:
                due = self._due(letter, turn.everybody)
                await self._attempt(letter, body, due, turn.manner)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a fault of ours must not cost a letter: it stays in the queue
            problem = f"delivery failed: {type(error).__name__}: {error}"
            self.office.logs.panic(problem, letter.id)
            letter.next_tries |= {
                each.address: self.office.now() + WHEN_STUCK for each in letter.waiting
            }
        finally:
            letter.let_go()

    async def _open(self, letter: Letter) -> bytes | None:
        """Takes a letter into the hand, and gives its body. None: what the disk has of it cannot be
        read, and is put aside."""
        try:
            letter.hold()
            if letter.body is not None:
                return letter.body
            return await self.office.disk(self.office.spool.body, letter.id)
        except (OSError, SpoolFormatError) as problem:
            letter.stand_in()
            self._forget(letter)
            await self.reporter.put_aside(letter, str(problem))
            return None

    def _due(self, letter: Letter, everybody: bool) -> tuple[Recipient, ...]:
        """Whose turn it is: a timer wakes only those whose time has come."""
        soon = self.office.now() + 0.001
        return tuple(
            each
            for each in letter.waiting
            if everybody or letter.next_tries.get(each.address, 0.0) <= soon
        )

    async def _attempt(
        self, letter: Letter, body: bytes, due: Sequence[Recipient], manner: Manner
    ) -> None:
        result = await Delivery(self.office, letter, body, manner).run(due)
        if not manner.first_pass and letter.head.facts.pop(FIRST_TIME, None) is not None:
            letter.kept = None  # the -H file says otherwise
        await self.office.wholly(self._close(letter, body, result))

    async def _close(self, letter: Letter, body: bytes, result: Result) -> None:
        reports = await self.closing.close(letter, body, result)
        if not letter.waiting:
            self._forget(letter)
        for report in reports:
            self.take(report)

    def _rest(self, message_id: str) -> None:
        """Nobody works on a letter any more: it waits, and the memory lets go of it."""
        self._set_alarm(message_id)
        if self.open and (letter := self._letters.get(message_id)) is not None:
            self.office.spool.rest(letter)

    def _set_alarm(self, message_id: str) -> None:
        """Has a letter woken when the first of its recipients is due, if anybody wakes letters
        here."""
        self._alarm.unset(message_id)
        letter = self._letters.get(message_id)
        if not self.open or letter is None or letter.frozen is not None:
            return
        if self.rounds.rule or (self.office.orders.main("queue_only") and not letter.next_tries):
            return
        now = self.office.now()
        tries = (letter.next_tries.get(each.address, now + WHEN_STUCK) for each in letter.waiting)
        self._alarm.set(letter.id, min(tries, default=now))

    def _forget(self, letter: Letter) -> None:
        self._letters.pop(letter.id, None)
        if timer := self._unseen.pop(letter.id, None):
            timer.cancel()

    # ── stopping ─────────────────────────────────────────────────────────────────────────────────

    async def stop(self) -> None:
        """Breaks off what can be broken off; what waits stays in the spool."""
        self.open = False
        await self.rounds.end()
        self._alarm.stop()
        for timer in self._unseen.values():
            timer.cancel()
        self._unseen.clear()
        await self._at_work.stop()
        await self._finish_deeds()

    async def _finish_deeds(self) -> None:
        """Lets work on the disk come to its end. What waits for a lock does not end by itself."""
        if self.office.deeds:
            await self.office.clock.settle()
        deeds = list(self.office.deeds)
        for deed in deeds:
            deed.cancel()
        await asyncio.gather(*deeds, return_exceptions=True)
