"""The witness: tells the trace what is said to a service that a person answers.

A server of the lab tells every line itself (`Said`); a person has nobody but this. So a letter that
was taken, or refused, by hand has its dialogue in its story like any other.

Try: ``[line.text for step in lab.story(letter) for line in step.said]``.
"""

from __future__ import annotations

from typing import Literal

from labmail.trace import Recorder, Said
from labmail.trace.heard import Line
from labmail.world import Link

END = b".\r\n"


class Witness:
    """Of one service on ``host``. ``written``: octets of the letter that came last, its dot too."""

    def __init__(self, trace: Recorder, host: str) -> None:
        self._trace, self._host = trace, host
        self._content = b""
        self.written = 0

    def client(self, line: Line, link: Link | None, protocol: str) -> None:
        """A line of the client. A letter's content is told as one, when its dot has come."""
        if line.kind != "content":
            self._letter(link, protocol)
            self._tell("C", line.octets, line.masked, link, protocol)
            return
        self._content += line.octets
        if line.octets == END:
            self._letter(link, protocol)

    def server(self, line: Line, link: Link | None, protocol: str) -> None:
        """A line that the person said."""
        self._letter(link, protocol)
        self._tell("S", line.octets, False, link, protocol)

    def forget(self) -> None:
        """The call is over: what had come of a letter is none."""
        self._content, self.written = b"", 0

    def _letter(self, link: Link | None, protocol: str) -> None:
        if self._content:
            octets, self._content, self.written = self._content, b"", len(self._content)
            self._tell("C", octets, False, link, protocol)

    def _tell(
        self,
        speaker: Literal["C", "S"],
        octets: bytes,
        masked: bool,
        link: Link | None,
        protocol: str,
    ) -> None:
        if link is None:
            return
        self._trace.tell(
            Said,
            host=self._host,
            letter=link.letter,
            cause=link.heard or link.cause,
            connection=link.name,
            protocol=protocol,
            speaker=speaker,
            text=octets.decode("latin-1"),
            masked=masked,
        )
