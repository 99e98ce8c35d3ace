"""A fair share: nobody holds the floor for long, however much was sent ahead.

A server that works through all the lines it has before it lets the others speak is polite to one
client and deaf to the rest: fifty thousand ``NOOP`` sent in one go are answered in one go. So a
conversation spends a share for each line. Whoever has spent it all in one turn of the loop gives
way, until what has arrived elsewhere has been handed over::

    turn 1    flood: 20 lines    flood: 20 lines    honest: MAIL
    turn 2    flood: 20 lines    flood: 20 lines    honest: RCPT      … and not 50,000 first

Some lines cost more than others, so in a live lab a turn also ends when it has lasted 5 ms; then
everybody gets one line in. An honest client, who waits for answers, never spends a share and never
notices.

Try::

    share = Share(clock)
    while line := await next_line():
        await share.spend()
        …
"""

from __future__ import annotations

from .clock import Clock

LINES = 20
"""Lines in one turn: about a millisecond of work."""


class Share:
    """What one conversation may do before others have their turn."""

    def __init__(self, clock: Clock, most: int = LINES) -> None:
        self._clock, self._most = clock, most
        self._turn, self._spent = clock.turn, 0

    async def spend(self) -> None:
        """One more line is about to be worked on: at once, or after the others had their turn."""
        if self._turn != self._clock.turn:
            self._turn, self._spent = self._clock.turn, 0
        if self._spent >= self._most or (self._spent and self._clock.late):
            await self._clock.give_way()
            self._turn, self._spent = self._clock.turn, 0
        self._spent += 1
