"""A connection of the lab: what both sides know of it, and the two lines that carry it.

Protocols never hold a socket. They hold an `End` (end.py), an asyncio transport whose bytes travel
on a `Line` to the other `End`. Bytes, the greeting of TCP (SYN), its farewell (FIN) and its
slamming of the door (RST) keep their order on one line, as they do in a real stream::

    client protocol ── End ══ Line ══▶ End ── server protocol
                        ▲               │
                        └═════ Line ◀═══┘

Law: RFC 9293 (TCP) §3.5 and §3.6. Try: ``writer.get_extra_info("lab").name`` on an open connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .end import End
    from .network import Network

ROUND = 65536
"""The most bytes of one connection, in one direction, that one round hands over."""

Endpoint = tuple[str, int]


@dataclass(eq=False)
class Link:
    """What both ends know of a connection, and how causes cross it.

    A protocol reaches it by ``transport.get_extra_info("lab")``, through TLS as well.
    """

    number: int
    client: Endpoint
    server: Endpoint
    door: bool = False
    """Whether the client is a program outside the lab that came in through a door."""
    cause: str | None = None
    """The event of the client that opened the connection."""
    letter: str | None = None
    """The lab's name of the letter that the client is handing over."""
    heard: str | None = None
    """The last event that either side told about this connection: the cause of what comes next."""
    answers: deque[str | None] | None = field(default=None, repr=False)
    """For each reply of the server `heard` as it was then, while a client wants that: one that asks
    much in one go, and hears the replies when others have been given already."""
    ends: list[End] = field(default_factory=list, repr=False)
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """``128.10.12.4:49152>128.10.30.2:25``"""
        return f"{_text(self.client)}>{_text(self.server)}"

    @property
    def out(self) -> Line:
        """What the client says travels here."""
        return self.lines[0]

    @property
    def back(self) -> Line:
        """What the server says travels here."""
        return self.lines[1]

    def snap(self) -> bool:
        """The connection breaks in the middle: what is on the way is lost, both ends are reset.

        Tells whether it was open.
        """
        open_ = [end for end in self.ends if end.begun and not end.closed]
        for end in open_:
            end.break_off()
        return bool(open_)


def _text(endpoint: Endpoint) -> str:
    address, port = endpoint
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Sign(Enum):
    """What TCP says beside bytes (RFC 9293 §3.1, control bits)."""

    SYN = "synchronize"
    FIN = "finished"
    RST = "reset"


Item = tuple[float, "Sign | None", Any]
"""When it is due, what it is (None: bytes), and the bytes or what to call."""


class Line:
    """One direction of a connection. Whatever is put on it is handed over in order.

    A reader that has paused keeps bytes and FIN waiting on the line; a reset gets through.
    """

    def __init__(self, network: Network, link: Link, direction: int, latency: float) -> None:
        self.network, self.link, self.latency = network, link, latency
        self.direction, self.key = direction, (0, link.number, direction)
        """From the client (0) or from the server (1), and its place in the order of a round."""
        self.size = 0
        """Bytes that were written and not yet read."""
        self.carried = 0
        """Bytes that were read so far."""
        self.held = False
        """A held line keeps everything that is put on it: the other host cannot be reached."""
        self.delay = 0.0
        """Seconds that everything takes beyond ``latency``."""
        self.pace: int | None = None
        """Bytes a second that the reader takes; None: all that comes."""
        self.fuse: int | None = None
        """Bytes that may still pass until the connection snaps."""
        self._busy_until = 0.0
        self.reader: End | None = None
        self.writer: End | None = None
        self._items: deque[Item] = deque()

    def send(self, data: bytes) -> None:
        if (capture := self.network.capture) is not None:
            capture.leaves(self, data)
        self.size += len(data)
        self._carry(data)

    def _carry(self, data: bytes) -> None:
        self._put(None, data)

    def signal(self, sign: Sign, deliver: Callable[[], None]) -> None:
        """Puts a SYN, FIN or RST on the line: ``deliver`` is called when it gets there."""
        if (capture := self.network.capture) is not None:
            capture.leaves(self, sign)
        self._put(sign, deliver)

    def _put(self, sign: Sign | None, what: Any) -> None:
        way = self.latency + self.delay
        due = self.network.pulse.time() + way
        self._items.append((due, sign, what))
        if way:
            self.network.pulse.fly(due, self.key, self._hand_over)
        else:
            self.ring()

    def ring(self) -> None:
        """Says that there is something to hand over."""
        if self._items and not self.held:
            self.network.pulse.arrive(self.key, self._hand_over)

    def snap(self) -> None:
        """The connection is broken off on the way: the reader is told, the rest forgotten."""
        if (capture := self.network.capture) is not None:
            capture.snaps(self)
        self.clear()

    def clear(self) -> None:
        """Forgets bytes and FIN that have not been handed over: the connection was reset."""
        self._items = deque(item for item in self._items if item[1] is Sign.SYN)
        self.size = 0

    def close(self) -> None:
        """Both ends are gone."""

    def _hand_over(self) -> None:
        """One round: hands over what is due, at most `ROUND` bytes of it."""
        now = self.network.pulse.time() + 1e-9
        left = most = self.pace or ROUND
        while left > 0 and self._may_go(now):
            _, sign, what = self._items.popleft()
            if sign is None:
                left -= self._feed(what, left)
            else:
                self._told(sign)
                what()
        if self.pace and left < most:
            self._rest((most - left) / self.pace)
        elif left <= 0:
            self.ring()

    def _rest(self, pause: float) -> None:
        """The reader is slow: it comes back for more after ``pause`` seconds."""
        self._busy_until = self.network.pulse.time() + pause
        self.network.pulse.fly(self._busy_until, self.key, self._hand_over)

    def _may_go(self, now: float) -> bool:
        if self.held or not self._items:
            return False
        due, sign, _ = self._items[0]
        if sign is None and self.pace and self._busy_until > now:
            return False
        waits = sign is None or sign is Sign.FIN
        return due <= now and not (waits and self.reader is not None and self.reader.paused)

    def _feed(self, data: Any, most: int) -> int:
        """Feeds at most so many bytes to the reader, puts the rest back, tells how many went."""
        fits = min(most, len(data))
        burns = self.fuse is not None and self.fuse < fits
        head, rest = self._split(data, self.fuse or 0 if burns else fits)
        if len(rest):
            self._items.appendleft((0.0, None, rest))
        self._read(len(head))
        assert self.reader is not None and self.writer is not None
        if head:
            self.reader.feed(head)
            self.writer.drained()
        if burns:
            self.reader.link.snap()
        return len(head)

    def _split(self, data: Any, at: int) -> tuple[bytes, Any]:
        """The first bytes of an item, and the rest of it."""
        return (bytes(data), b"") if at == len(data) else (bytes(data[:at]), memoryview(data)[at:])

    def _told(self, what: Sign | int) -> None:
        if (capture := self.network.capture) is not None:
            capture.arrives(self, what)

    def _read(self, size: int) -> None:
        self._told(size)
        self.size -= size
        self.carried += size
        if self.fuse is not None:
            self.fuse -= size
