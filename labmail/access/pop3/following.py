"""Following: whoever hears both sides of a POP3 session knows where it stands.

The counterpart of the server's `session`, from outside: it waits for the reply to each command,
knows which replies have more lines (RFC 1939 §3), and moves as the table says: on +OK to the first
state of a command's row, on -ERR to the other, where there is one.

Try::

    >>> following = Following()
    >>> _ = following.server(b"+OK ready\\r\\n"), following.client(b"USER bob\\r\\n")
    >>> _ = following.server(b"+OK\\r\\n")
    >>> following.state.value, following.machine().allowed
    ('after USER', ('USER', 'PASS', 'CAPA', 'QUIT'))
"""

from __future__ import annotations

from collections import deque

from labmail.trace.heard import Cutter, Line
from labmail.trace.meaning import Machine

from .dialogue import TABLE, Refused, State, parse
from .meaning import explain, machine
from .telling import masked

GREETING = "greeting"
ALWAYS_MORE = ("CAPA", "RETR", "TOP")
"""Commands whose +OK is followed by lines, up to a single dot."""
MORE_WITHOUT_NUMBER = ("LIST", "UIDL")


class Following:
    """One session, heard from outside. Feed it `client` and `server` in the order heard."""

    protocol = "POP3"
    offered: tuple[str, ...] | None = None
    tls_agreed = False
    speaking = ""

    def __init__(self) -> None:
        self.state = State.AUTHORIZATION
        self.been: list[State] = [self.state]
        self._waiting: deque[tuple[str, bool]] = deque([(GREETING, False)])
        self._listing = self._broken = False
        self._client, self._server = Cutter(), Cutter()

    def client(self, octets: bytes) -> list[Line]:
        """What the client sent, as lines that are whole now."""
        return [self._heard(line) for line in self._client.feed(octets)]

    def _heard(self, line: bytes) -> Line:
        try:
            command = parse(line)
            verb, numbered = command.verb, bool(command.arguments)
        except Refused:
            verb, numbered = "?", False
        more = verb in ALWAYS_MORE or (verb in MORE_WITHOUT_NUMBER and not numbered)
        self._waiting.append((verb if verb in TABLE else "?", more))
        shown = masked(line)
        return Line("C", shown, "command", masked=shown != line)

    def server(self, octets: bytes) -> list[Line]:
        """What the server sent, as lines that are whole now; status lines are explained."""
        return [self._replied(line) for line in self._server.feed(octets)]

    def _replied(self, line: bytes) -> Line:
        if self._listing:
            self._listing = line != b".\r\n"
            return Line("S", line, "more")
        asked, more = self._waiting.popleft() if self._waiting else ("", False)
        meaning = explain(line, asked)
        self._listing = more and meaning.verdict == "done"
        self._move(asked, meaning.verdict == "done")
        return Line("S", line, "reply", meaning=meaning)

    def _move(self, asked: str, yes: bool) -> None:
        ways = TABLE[asked].leads.get(self.state, ()) if asked in TABLE else ()
        if ways and (yes or len(ways) > 1):
            self._go(ways[0] if yes else ways[-1])

    def _go(self, there: State) -> None:
        order = list(State)
        self.been = [each for each in self.been if order.index(each) < order.index(there)]
        self.been.append(there)
        self.state = there

    @property
    def asked(self) -> str:
        """The command whose reply, or the rest of it, is awaited; "" at the client's turn."""
        return "more" if self._listing else self._waiting[0][0] if self._waiting else ""

    @property
    def unfinished(self) -> tuple[bytes, bytes]:
        """What the client and the server have begun to say, without a line end yet."""
        return masked(self._client.rest), self._server.rest

    def secured(self) -> None:
        """TLS within a session is not for this server (STLS, RFC 2595)."""

    def closed(self) -> None:
        """The connection has ended. Without QUIT nothing was removed (RFC 1939 §6)."""
        self._waiting.clear()
        self._listing, self._broken = False, self.state is not State.UPDATE

    def machine(self) -> Machine:
        """Where it stands, what is allowed now, and what is not."""
        drawn = machine(self.state, self.been)
        return Machine(drawn.nodes, (), ()) if self._broken else drawn
