"""Following: whoever hears both sides of a conversation knows where it stands.

The server keeps its state by the table in dialogue.py. So does this listener, by the same table,
from nothing but the octets that cross: it waits for the reply to each command, and moves where the
reply says yes. A person who speaks by hand is shown what it knows; so is one who plays the server.

    C: MAIL FROM:<a@x>     asked: MAIL
    S: 250 OK              2yz, so TABLE[greeted]["MAIL"]: sender known

A client may say several commands ahead (RFC 2920); replies come in their order. What follows DATA
is the letter if 354 comes, and commands if not: until then it waits. What follows BDAT is counted.

Try::

    >>> following = Following()
    >>> _ = following.server(b"220 mail.ask.com\\r\\n"), following.client(b"EHLO x\\r\\n")
    >>> following.asked, following.server(b"250 hello\\r\\n")[-1].meaning.sentence[:16]
    ('EHLO', 'You are greeted.')
    >>> following.state.value
    'greeted'
"""

from __future__ import annotations

import re
from collections import deque

from labmail.trace.heard import Cutter, Line
from labmail.trace.meaning import Machine, Meaning

from .chunking import Chunk, read_chunk
from .commands import verb_of, without_secret
from .dialogue import END_OF_CONTENT, LAST_CHUNK, TABLE, VERBS, State
from .meaning import explain, nonsense
from .replies import Reply
from .verbwords import machine

GREETING = "greeting"
"""What is asked by connecting: the first reply answers no command."""
TURNS = ("DATA", "AUTH", "STARTTLS", "QUIT")
"""Verbs whose reply decides what the next line is."""

_REPLY = re.compile(rb"([2-5]\d\d)([ -]?)(.*)", re.DOTALL)


class Following:
    """One conversation, heard from outside. Feed it `client` and `server` in the order heard."""

    protocol = "SMTP"

    def __init__(self) -> None:
        self.state = State.CONNECTED
        self.been: list[State] = [self.state]
        self.offered: tuple[str, ...] | None = None
        """The extensions that the server named in its answer to EHLO; None before it."""
        self.tls_agreed = False
        """Both have agreed on TLS: the handshake comes next."""
        self._waiting: deque[str] = deque([GREETING])
        self._held: deque[bytes] = deque()
        self._reply: list[bytes] = []
        self._ahead, self._server = b"", Cutter()
        self._chunk: Chunk | None = None
        self._in_content = self._at_line_start = False
        self._logging_in = False

    # ── what the client says ─────────────────────────────────────────────────────────────────────

    def client(self, octets: bytes) -> list[Line]:
        """What the client sent, as lines that are whole now; a chunk counts as one when it is."""
        self._ahead += octets
        lines: list[Line] = []
        while True:
            if self._chunk is not None:
                if (piece := self._piece(self._chunk)) is None:
                    return lines
                lines += piece
                continue
            line, feed, rest = self._ahead.partition(b"\n")
            if not feed:
                return lines
            self._ahead = rest
            lines.append(self._heard(line + feed))

    def _piece(self, chunk: Chunk) -> list[Line] | None:
        """The chunk, cut at its line ends, once all of it is there (RFC 3030 §2)."""
        if len(self._ahead) < chunk.size:
            return None
        octets, self._ahead = self._ahead[: chunk.size], self._ahead[chunk.size :]
        self._chunk = None
        self._waiting.append(LAST_CHUNK if chunk.last else "BDAT")
        return [Line("C", part, "content") for part in octets.splitlines(keepends=True)]

    def _heard(self, line: bytes) -> Line:
        if any(verb in TURNS for verb in self._waiting) and not self._in_content:
            self._held.append(line)
            secret = "AUTH" in self._waiting
            return Line("C", b"***\r\n" if secret else line, "command", masked=secret)
        if self._in_content:
            return self._content(line)
        if self._logging_in:
            return self._answer(line)
        verb = verb_of(line)
        if verb == "BDAT":
            self._chunk = read_chunk(line.strip()[5:].decode("latin-1").strip())
        if self._chunk is None:
            self._waiting.append(verb if verb in VERBS else "?")
        shown = without_secret(line)
        return Line("C", shown, "command", masked=shown != line)

    def _content(self, line: bytes) -> Line:
        ended = self._at_line_start and line == b".\r\n"
        self._at_line_start = line.endswith(b"\r\n")
        if ended:
            self._in_content = False
            self._waiting.append(END_OF_CONTENT)
        return Line("C", line, "content")

    def _answer(self, line: bytes) -> Line:
        """An answer within AUTH: a secret, but for the star that gives up."""
        self._logging_in = False
        self._waiting.append("AUTH")
        plain = line == b"*\r\n"
        return Line("C", line if plain else b"***\r\n", "answer", masked=not plain)

    # ── what the server says ─────────────────────────────────────────────────────────────────────

    def server(self, octets: bytes) -> list[Line]:
        """What the server sent, as lines that are whole now; the last of a reply is explained."""
        return [self._replied(line) for line in self._server.feed(octets)]

    def _replied(self, line: bytes) -> Line:
        found = _REPLY.match(line.rstrip(b"\r\n"))
        if found is None or (found[3] and not found[2]):
            self._reply.clear()
            return Line("S", line, "reply", meaning=nonsense(line.decode("latin-1").rstrip()))
        self._reply.append(found[3])
        if found[2] == b"-":
            return Line("S", line, "more")
        reply = Reply.heard(int(found[1]), b"\n".join(self._reply).decode("utf-8", "replace"))
        self._reply.clear()
        return Line("S", line, "reply", meaning=self._understood(reply))

    def _understood(self, reply: Reply) -> Meaning:
        asked = self._waiting.popleft() if self._waiting else ""
        self._move(asked, reply)
        self._let_go()
        return explain(reply, asked)

    def _move(self, asked: str, reply: Reply) -> None:
        """Where the reply to ``asked`` leads."""
        yes = reply.code // 100 == 2
        if reply.code == 421:
            self._go(State.CLOSED)
        elif asked == GREETING:
            self._go(State.CONNECTED if yes else State.REFUSED)
        elif asked == "DATA" and reply.code == 354:
            self._in_content = self._at_line_start = True
            self._go(State.CONTENT)
        elif asked == END_OF_CONTENT:
            self._go(TABLE[State.CONTENT][END_OF_CONTENT])
        elif asked in ("BDAT", LAST_CHUNK) and not yes and reply.code // 10 != 50:
            self._go(TABLE[State.CHUNKS][LAST_CHUNK])  # the letter was judged, and is forgotten
        elif asked == "AUTH" and reply.code == 334:
            self._logging_in = True
        elif yes and (there := TABLE[self.state].get(asked)) is not None:
            self._note(asked, reply)
            self._go(there)

    def _note(self, verb: str, reply: Reply) -> None:
        self.tls_agreed = verb == "STARTTLS" or self.tls_agreed
        if verb in ("EHLO", "HELO"):
            lines = reply.text.split("\n")[1:] if verb == "EHLO" else []
            self.offered = tuple(line.split(" ")[0].upper() for line in lines)

    def _go(self, there: State) -> None:
        if there is State.GREETED and self.state is not State.CONNECTED:
            self.been = [State.CONNECTED]  # a new letter begins a new road
        if there not in self.been:
            self.been.append(there)
        self.state = there

    def _let_go(self) -> None:
        """What the client said ahead, and could not be understood until now."""
        held, self._held = self._held, deque()
        for line in held:
            self._heard(line)

    # ── what is known ────────────────────────────────────────────────────────────────────────────

    @property
    def asked(self) -> str:
        """The verb whose reply is awaited; "" where it is the client's turn."""
        return self._waiting[0] if self._waiting else ""

    @property
    def speaking(self) -> str:
        """What the client is in the middle of: ``content``, ``login`` or ""."""
        if self._in_content or self._chunk is not None:
            return "content"
        return "login" if self._logging_in else ""

    @property
    def unfinished(self) -> tuple[bytes, bytes]:
        """What the client and the server have begun to say, without a line end yet."""
        rest = self._ahead
        return (without_secret(rest) if not self._logging_in else b"***" * bool(rest)), (
            self._server.rest
        )

    def secured(self) -> None:
        """The TLS handshake is done: all that was said is forgotten (RFC 3207 §4.2)."""
        self.tls_agreed, self.offered = False, None
        self._go(State.CONNECTED)
        self.been = [State.CONNECTED]

    def closed(self) -> None:
        """The connection has ended."""
        self._waiting.clear()
        self._in_content = self._logging_in = False
        self._chunk = None
        self._go(State.CLOSED)

    def machine(self) -> Machine:
        """Where it stands, what is allowed now, and what is not."""
        return machine(self.state, self.been, offered=self.offered)
