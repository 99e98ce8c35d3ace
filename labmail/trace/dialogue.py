"""Who said what on a connection, and which words belong to which step.

The servers tell every line (`Said`) in the order in which it crossed the wire, and tell their steps
in between, while they work out the reply::

    C: RCPT TO:<bob@ask.com>      ┐
       ACL: accepted              ├ one exchange: the ACL's dialogue
    S: 250 Accepted               ┘

So a connection is cut into exchanges, each ending with the server's last word before the client
speaks again. An exchange belongs to the first step told within it; without one, to the step before
it (QUIT), and at the beginning of a connection to the step after it (EHLO, STARTTLS). So does MAIL,
which begins something new, unless the client has just told that it sets out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile

from .causes import Stream, causes
from .event import Event, Said
from .words import printable


@dataclass(slots=True)
class Exchange:
    """What the client said, what the server said to it, and the steps that were taken between.

    ``sets_out``: a step was told behind the server's last word, so it is about what follows.
    """

    lines: list[Said] = field(default_factory=list)
    steps: list[Event] = field(default_factory=list)
    sets_out: bool = False

    @property
    def begins(self) -> bool:
        """Does a new letter begin here?"""
        return bool(self.lines) and self.lines[0].text[:10].upper() == "MAIL FROM:"


def exchanges(events: Iterable[Event]) -> Iterator[Exchange]:
    """Cuts the events of one connection, oldest first, into exchanges."""
    now, answered = Exchange(), False
    for event in events:
        if not isinstance(event, Said):
            now.steps.append(event)
            now.sets_out = now.sets_out or (answered and event.step)
            continue
        if event.speaker == "C" and answered:
            yield now
            now, answered = Exchange(), False
        now.lines.append(event)
        answered = answered or (event.speaker == "S" and not _goes_on(event))
    if now.lines or now.steps:
        yield now


def _goes_on(said: Said) -> bool:
    """Is this reply a request for more, which does not end the exchange? (354, SASL's 334, +)"""
    return said.text.startswith(("354", "334", "+ "))


def by_step(events: Sequence[Event], steps: Iterable[str]) -> dict[str, list[Said]]:
    """The lines of one connection, under the names of those ``steps`` to which they belong."""
    wanted = set(steps)
    found: dict[str, list[Said]] = {}
    waiting: list[Said] = []
    owner = last = ""
    set_out = False
    for exchange in exchanges(events):
        mine = [step for step in exchange.steps if step.step]
        if mine:
            owner = next((e.name for e in mine if e.name in wanted), mine[0].name)
        elif exchange.begins and not set_out:
            owner, last = "", owner
        set_out = exchange.sets_out
        waiting.extend(exchange.lines)
        if owner:
            found.setdefault(owner, []).extend(waiting)
            waiting = []
    found.setdefault(owner or last, []).extend(waiting)
    return {name: lines for name, lines in found.items() if name in wanted}


def led_to(stream: Stream, step: Event) -> Iterator[Said]:
    """The words without a connection that led to a step, such as a question to a name server."""
    between = takewhile(lambda event: not event.step, causes(stream, step))
    words = [event for event in between if isinstance(event, Said) and not event.connection]
    return reversed(words)


# ── as text ──────────────────────────────────────────────────────────────────────────────────────

_ARROWS = {("C", False): " -> ", ("S", False): "<-  ", ("C", True): " ~> ", ("S", True): "<~  "}
_REFUSED = {False: "<** ", True: "<~* "}


def transcript(events: Iterable[Event]) -> str:
    """A connection's dialogue as text, in the manner of swaks, line by line as on the wire.

    ``->`` and ``<-`` in the clear, ``~>`` and ``<~`` within TLS, ``<**`` and ``<~*`` where the
    server refused. A secret stands as the event has it: masked. Empty where nobody spoke.
    """
    lines: list[str] = []
    tls, asked = False, False
    for said in events:
        if not isinstance(said, Said):
            continue
        refused = said.speaker == "S" and _refuses(said)
        arrow = _REFUSED[tls] if refused else _ARROWS[said.speaker, tls]
        lines += [arrow + line for line in wire_lines(said)]
        if said.elided:
            lines.append(f"=== {said.elided} bytes are left out here")
        if said.speaker == "S" and asked and not refused:
            lines.append("=== TLS from here on")
            tls = True
        asked = said.speaker == "C" and said.text.strip().upper() in ("STARTTLS", "STLS")
    return "\n".join(lines)


def _refuses(said: Said) -> bool:
    return said.text[:1] in ("4", "5") if said.protocol != "POP3" else said.text.startswith("-ERR")


def wire_lines(said: Said) -> list[str]:
    """The text line by line; what cannot be printed is shown as an escape."""
    text = said.text.removesuffix("\n").removesuffix("\r")
    return [wire_line(line.removesuffix("\r")) for line in text.split("\n")]


def wire_line(line: str) -> str:
    """A line of the wire as text: UTF-8 where it is UTF-8, every control character escaped."""
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        line = line.encode("latin-1").decode("utf-8")
    return printable(line)
