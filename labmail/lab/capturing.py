"""Captures: what crosses the lab's network, kept in a file that Wireshark reads.

    with lab.capture("journey.pcap"):
        alice.send(to="bob@ask.com", subject="Lunch?")

Every packet has the lab's addresses, ports and time. What is said inside TLS stays unreadable, as
it would on a real wire.

Try: ``tshark -r journey.pcap``, or open it in Wireshark and follow the TCP stream at port 25.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..message import Shown, look
from ..world import Capture
from .showable import Showable, title

if TYPE_CHECKING:
    from ..world import LoopThread
    from .site import Site


class Capturing(Showable):
    """A capture under way; it ends with `stop`, with its ``with``, or with the lab."""

    def __init__(self, site: Site, thread: LoopThread, path: str | Path) -> None:
        self.path = Path(path).expanduser()
        self._thread = thread
        self._capture = thread.call(self._begin(site))

    async def _begin(self, site: Site) -> Capture:
        return Capture(site.world.network, self.path, site.world.clock.time)

    @property
    def packets(self) -> int:
        """How many packets have been written."""
        return self._capture.packets

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self._capture.network.capture is self._capture

    def stop(self) -> None:
        """Ends the capture; the file is complete. Safe to call twice."""
        if self.active:
            self._thread.call(self._stop())

    async def _stop(self) -> None:
        self._capture.close()

    def __enter__(self) -> Capturing:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def show(self) -> Shown:
        """The file, and how many packets are in it."""
        state = "so far" if self.active else "complete"
        text = f"{self.path.name}: {self.packets:,} packets, {state}"
        return Shown(text, look.card(look.row(title("host", text)), label="capture"))

    def __repr__(self) -> str:
        return f"<capture {self}>"
