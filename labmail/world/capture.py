"""A capture: what crosses the lab's network, as a file for Wireshark.

It is taken as if somebody stood beside every sender: a segment is written when it leaves, whether
or not it will arrive, and an acknowledgement when the other side has read. So a letter that is lost
in a partition shows as segments that nobody acknowledges::

    client                             server
      │ ── SYN ────────────────────────▶ │    sequence numbers count bytes, and one for
      │ ◀──────────────────── SYN, ACK ─ │    each SYN and FIN (RFC 9293 §3.4)
      │ ── ACK ────────────────────────▶ │
      │ ◀──────────── 220 … (PSH, ACK) ─ │

What the lab does not do is not invented: nothing is sent twice, since nothing is lost by chance.
It is the same for both carriers.

Try: ``with lab.capture("journey.pcap"): …``, then ``tshark -r journey.pcap``.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from . import pcap
from .link import Endpoint, Line, Link, Sign

if TYPE_CHECKING:
    from .network import Network

FLAGS = {Sign.SYN: pcap.SYN, Sign.FIN: pcap.FIN, Sign.RST: pcap.RST}


class Stream:
    """One direction of a connection, in sequence numbers."""

    def __init__(self, name: str, under_way: int) -> None:
        self.sent = zlib.crc32(name.encode())
        """The number of the next octet; it begins anywhere, but at the same place in each run."""
        self.arrived = self.sent - under_way
        self.acknowledged = self.arrived


class Capture:
    """Writes what crosses ``network`` into a file, until `close`. ``now`` gives POSIX seconds.

    Raises OSError where the file cannot be written, RuntimeError where one is being written.
    """

    def __init__(self, network: Network, path: Path, now: Callable[[], float]) -> None:
        if network.capture is not None:
            raise RuntimeError(f"a capture is under way: {network.capture.path}; stop it first")
        self.network, self._now = network, now
        self.path: Path = path
        self.packets = 0
        self._file = open(path, "wb")  # noqa: SIM115 (closed by close)
        self._file.write(pcap.FILE_HEADER)
        self._streams: dict[Link, tuple[Stream, Stream]] = {}
        self._numbers: defaultdict[str, count[int]] = defaultdict(count)
        network.capture = self

    def close(self) -> None:
        """Ends the capture; the file is complete. Safe to call twice."""
        self._file.close()
        if self.network.capture is self:
            self.network.capture = None

    # -- what the network tells

    def leaves(self, line: Line, what: Sign | bytes) -> None:
        """A sign or data has been put on a line."""
        here, _ = self._sides(line)
        if isinstance(what, bytes):
            for at in range(0, len(what), pcap.MSS):
                data = what[at : at + pcap.MSS]
                last = pcap.PSH if at + pcap.MSS >= len(what) else 0
                self._send(line, pcap.ACK | last, here.sent, data)
                here.sent += len(data)
            return
        first = what is Sign.SYN and line.direction == 0
        self._send(line, FLAGS[what] | (0 if first else pcap.ACK), here.sent)
        here.sent += what is not Sign.RST

    def arrives(self, line: Line, what: Sign | int) -> None:
        """A sign, or so many octets of data, has been handed over: its reader acknowledges it.

        A SYN is acknowledged by the answer to it, a RST by nothing.
        """
        here, _ = self._sides(line)
        here.arrived += what if isinstance(what, int) else what is not Sign.RST
        back = line.link.lines[1 - line.direction]
        if what is Sign.RST or (what is Sign.SYN and line.direction == 0):
            return
        if here.arrived != here.acknowledged:
            self._send(back, pcap.ACK, self._sides(back)[0].sent)

    def snaps(self, line: Line) -> None:
        """A connection has been broken off on the way: the reader of this line is told."""
        self._send(line, pcap.RST | pcap.ACK, self._sides(line)[0].arrived)

    def datagram(self, source: Endpoint, target: Endpoint, data: bytes) -> None:
        """A datagram has been sent."""
        number = next(self._numbers[source[0]])
        self._write(pcap.udp(source, target, data, number=number))

    # -- writing it down

    def _sides(self, line: Line) -> tuple[Stream, Stream]:
        """The streams of a connection: that of the line first, then the other."""
        streams = self._streams.get(line.link)
        if streams is None:
            name = line.link.name
            one, other = (Stream(f"{name} {side.direction}", side.size) for side in line.link.lines)
            streams = self._streams[line.link] = one, other
        return streams if line.direction == 0 else streams[::-1]

    def _send(self, line: Line, flags: int, seq: int, data: bytes = b"") -> None:
        source, target = (line.link.client, line.link.server)[:: 1 - 2 * line.direction]
        _, there = self._sides(line)
        ack = 0
        if flags & pcap.ACK:
            ack = there.acknowledged = there.arrived
        number = next(self._numbers[source[0]])
        self._write(
            pcap.tcp(source, target, seq=seq, ack=ack, flags=flags, data=data, number=number)
        )

    def _write(self, frame: bytes) -> None:
        self._file.write(pcap.record(self._now(), frame))
        self.packets += 1
