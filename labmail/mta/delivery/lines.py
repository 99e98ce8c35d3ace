"""Lines: conversations with other hosts, and the letters that share them.

A connection costs a handshake, a greeting, EHLO, perhaps TLS and a password; a letter costs three
commands more. So who has done with a host does not hang up while other letters wait for it::

    letter 1   calls mail.ask.com     MAIL RCPT DATA …
    letter 3                                           MAIL RCPT DATA …
    letter 2                                                             MAIL RCPT DATA … QUIT

Which letters? Those that were put off before because of that host: one that answers again is told
everything at once, the youngest first, as Exim does it; their own next try may be hours away. And
those that would be one call too many at the same time (`MOST`).

Nor do twenty letters find out at the same time that a host is dead: while one of them is calling a
host with which nobody speaks, the others wait for its `news`. If nobody answers, they are put off
without a call of their own.

A host that is in serialize_hosts has one conversation at a time. Who finds it `busy` does not stand
in line: the letter is put off at once, and gets the conversation when the other has done.

What waits is only remembered, as a hint: forget it, and every letter makes a call of its own.

Law: Exim specification, §30.2 (multiple messages on a single connection: connection_max_messages),
§30.4 (serialize_hosts), and §3.1 on the ``wait-`` hints; RFC 5321 §4.1.4 (a session may hold
several transactions).

Try: ``mta.office.lines.put_off(Key("remote_smtp", "mail.ask.com", "128.10.30.2"), "1vwz8C-…")``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from labmail.smtp import Client

MOST = 10
"""Conversations with one host at the same time."""


class Key(NamedTuple):
    """What two letters must have in common to share a line."""

    transport: str
    name: str
    address: str


class Busy(Exception):
    """A host that has one conversation at a time is in one."""


@dataclass(slots=True)
class Line:
    """A conversation that letters hand to each other."""

    key: Key
    client: Client
    letters: int = 1
    """How many it has carried, with the one that has it now."""


@dataclass(slots=True)
class Turn:
    """A letter that has come to a host and waits for a line, or for leave to call."""

    letter: str
    came: asyncio.Future[Line | None]


@dataclass(slots=True)
class Lines:
    """The lines of one MTA. ``rouse`` begins an attempt for a letter of the queue, by its id, and
    says whether it could."""

    rouse: Callable[[str], bool] = lambda letter: False
    _waiting: defaultdict[Key, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _open: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))
    _turns: defaultdict[Key, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    _promised: dict[str, Line] = field(default_factory=dict)
    _knocks: dict[str, tuple[str, asyncio.Event]] = field(default_factory=dict)
    """For a host that is being called the letter that does so."""

    # ── who waits ────────────────────────────────────────────────────────────────────────────────

    def put_off(self, key: Key, letter: str) -> None:
        """A letter waits because this host could not be used."""
        self._waiting[key].setdefault(letter)

    def waiting(self, key: Key) -> tuple[str, ...]:
        """The letters that were put off for a host, in that order."""
        return tuple(self._waiting[key])

    # ── is somebody there? ───────────────────────────────────────────────────────────────────────

    def knock(self, key: Key, host: str, letter: str) -> None:
        """A letter is about to call a host; if nobody speaks with it, others wait for the news."""
        if self._open[key] <= 1 and host not in self._knocks:
            self._knocks[host] = letter, asyncio.Event()

    async def news(self, host: str, letter: str) -> None:
        """Waits until it is known whether a host answers that somebody else is calling."""
        who, known = self._knocks.get(host, (letter, None))
        if known is not None and who != letter:
            await known.wait()

    def heard(self, letter: str) -> None:
        """The letter knows now what it wanted to find out, or has ended."""
        for host, (who, known) in list(self._knocks.items()):
            if who == letter:
                del self._knocks[host]
                known.set()

    # ── a line ───────────────────────────────────────────────────────────────────────────────────

    def busy(self, key: Key, letter: str) -> bool:
        """Whether a conversation with the host goes on that is not promised to this letter."""
        promised = self._promised.get(letter)
        if promised is not None and promised.key == key:
            return False
        return any(count and other.name == key.name for other, count in self._open.items())

    async def take(self, key: Key, letter: str) -> Line | None:
        """The line on which a letter can go on; None: it is to call by itself, and must say
        `opened` or `closed` then."""
        promised = self._promised.get(letter)
        if promised is not None and promised.key == key:
            del self._promised[letter]
            return promised
        held = self._open[key]
        if held >= MOST or (held and letter in self._waiting[key]):
            return await self._turn(key, letter)
        self._open[key] += 1
        return None

    async def _turn(self, key: Key, letter: str) -> Line | None:
        turn = Turn(letter, asyncio.get_running_loop().create_future())
        self._turns[key].append(turn)
        try:
            return await turn.came
        except asyncio.CancelledError:
            if turn.came.done() and not turn.came.cancelled():  # it had come, and nobody is there
                self._ended(key)
            raise
        finally:
            if turn in self._turns[key]:
                self._turns[key].remove(turn)

    async def give(self, line: Line, most: int) -> None:
        """A letter has done with a line: the next has it, if one waits; else it is closed.

        ``most`` letters may go down it (0: as many as want to)."""
        if line.client.connected and (most <= 0 or line.letters < most) and self._hand_on(line):
            return
        await line.client.quit()
        self._ended(line.key)

    def failed(self, key: Key) -> None:
        """No conversation came about, or it broke off."""
        self._ended(key)

    def served(self, key: Key, letter: str) -> None:
        """A letter waits for this host no longer."""
        self._waiting[key].pop(letter, None)

    def over(self, letter: str) -> Line | None:
        """An attempt for a letter has ended; the line that it was promised and did not use."""
        self.heard(letter)
        return self._promised.pop(letter, None)

    def _hand_on(self, line: Line) -> bool:
        """Gives the line to the youngest letter that waits for it."""
        key = line.key
        turns = {turn.letter: turn for turn in self._turns[key] if not turn.came.done()}
        for letter in dict.fromkeys((*reversed(self._waiting[key]), *turns)):
            line.letters += 1
            if letter in turns:
                turns[letter].came.set_result(line)
                return True
            self._promised[letter] = line
            if self.rouse(letter):
                return True
            del self._promised[letter]
            self._waiting[key].pop(letter)  # nobody can set to work on it: the hint is old
            line.letters -= 1
        return False

    def _ended(self, key: Key) -> None:
        """One conversation less: whoever came first of those who still wait may call."""
        self._open[key] -= 1
        for turn in self._turns[key]:
            if not turn.came.done():
                self._open[key] += 1
                turn.came.set_result(None)
                return
