"""What the lab itself tells: a fault has been set or mended, a file has been carried over.

A fault is nobody's deed in the town: no host did it, and no letter caused it. But a letter that
was under way meanwhile met it, and its story shows it, where the fault fell into that story.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import ClassVar

from ..trace import Event, Role, fact, sentence


@dataclass(frozen=True, slots=True)
class Words:
    """A fault in words: what is so and what comes of it, before and after it was mended.

    ``{host}``, ``{other}``, ``{service}`` and ``{detail}`` stand for what the fault is about.
    """

    broken: str
    then: str
    mended: str
    after: str


HELD = "What TCP still held for it arrives now; what was put off waits for its next try."

WORDS: dict[str, Words] = {
    "down": Words(
        "{host} is switched off",
        "Nothing that is sent to it gets an answer: who calls waits, and gives up in the end.",
        "{host} is switched on again",
        HELD,
    ),
    "refuse": Words(
        "{service} on {host} refuses connections",
        "Whoever calls is told at once that nobody listens there.",
        "{service} on {host} takes connections again",
        "The next call is answered.",
    ),
    "black hole": Words(
        "{host} becomes a black hole",
        "What is sent to it vanishes without a word, while it goes on speaking itself.",
        "{host} can be reached again",
        HELD,
    ),
    "partition": Words(
        "the road between {host} and {other} is cut",
        "Nothing passes between these two; each of them can still reach everybody else.",
        "the road between {host} and {other} is mended",
        "What TCP still held on either side arrives now.",
    ),
    "delay": Words(
        "everything between {host} and {other} takes {detail} longer",
        "Each packet, each way: a dialogue of ten replies waits twenty times.",
        "the road between {host} and {other} is as quick as before",
        "What is on its way still takes its time.",
    ),
    "cut": Words(
        "connections to {service} on {host} die after {detail}",
        "Those bytes arrive; then both sides hear that the connection was reset.",
        "connections to {service} on {host} live on",
        "The next try gets through.",
    ),
    "reset": Words(
        "every open connection to {host} is broken off",
        "Both sides hear “connection reset”; neither knows what the other had still received.",
        "{host} is left alone",
        "New connections are taken as before.",
    ),
    "lost reply": Words(
        "the reply behind the dot is lost on its way from {host}",
        "The server has the letter and says so; the client never hears it, and must try again.",
        "replies of {host} get through again",
        "The next try is heard; the letter may have arrived twice by then (RFC 1047).",
    ),
    "slow": Words(
        "{host} reads only {detail} a second",
        "Whoever writes to it must wait: first the buffers fill, then the patience runs out.",
        "{host} reads as fast as it can",
        "What waited in the buffers goes on at once.",
    ),
    "dns fails": Words(
        "the name server {host} fails",
        "It answers SERVFAIL to every question: not “no such name”, but “ask again later”.",
        "the name server {host} answers again",
        "Who asks anew is told; a failure may be remembered for a while (RFC 2308 §7.1).",
    ),
    "dns silent": Words(
        "the name server {host} is silent",
        "Questions vanish: who asks repeats them, tries the next server, and gives up.",
        "the name server {host} answers again",
        "The next question is answered.",
    ),
    "dns lies": Words(
        "the name server {host} lies: {detail}",
        "Nothing in plain DNS shows it: whoever asks believes it, and goes to the wrong place.",
        "the name server {host} tells the truth again",
        "Who has kept the lie believes it until it expires.",
    ),
    "read-only": Words(
        "{host} can change nothing in {detail}",
        "The file system is mounted read-only; what is there can be read.",
        "{host} can write in {detail} again",
        "The next try is kept.",
    ),
    "power": Words(
        "{host} loses its power: {detail}",
        "Its programs are gone then, and all that was not synced to its disk.",
        "{host} has its power back",
        "It comes up on what its disk has kept: the journal first, and then the spool's files.",
    ),
    "disk full": Words(
        "the disk of {host} is full",
        "Nothing new can be kept: a letter is refused for now, and stays with its sender.",
        "the disk of {host} has room again",
        "The next try is kept.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEvent(Event):
    """Common to both. ``fault`` is a word of `WORDS`, ``hosts`` whom it is about, by any name.

    ``wide`` says that it may concern any letter, as a name server's fault does.
    """

    fault: str
    hosts: tuple[str, ...]
    other: str = ""
    service: str = ""
    detail: str = ""
    wide: bool = False

    role: ClassVar[Role] = "keep"

    @property
    def words(self) -> Words:
        facts = {key: getattr(self, key) for key in ("host", "other", "detail")}
        facts["service"] = self.service.upper() if self.service != "submission" else self.service
        table = WORDS[self.fault]
        return Words(
            *(
                text.format(**facts)
                for text in (table.broken, table.then, table.mended, table.after)
            )
        )

    def touches(self, hosts: Set[str]) -> bool:
        return self.wide or not hosts.isdisjoint(self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSet(FaultEvent):
    """From here on something does not work, on purpose."""

    component: ClassVar[str] = "fault"
    lasting: ClassVar[bool] = True
    label = "fault"
    question = "What is broken now?"

    @property
    def answer(self) -> str:
        return _sentences(self.words.broken, self.words.then)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLifted(FaultEvent):
    """It works again. ``ends`` is the name of the event with which it began."""

    ends: str = ""

    component: ClassVar[str] = "mended"
    label = "mend"
    question = "What is mended now?"

    @property
    def answer(self) -> str:
        return _sentences(self.words.mended, self.words.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFailed(Event):
    """A host went off in the middle of its work."""

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "fault"
    label = "power"
    question = sentence("Has {host} still power?")
    answer = "No. It is off in the middle of its work, and what was not synced to its disk is gone."


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCopied(Event):
    """A person has carried a file of ``host`` over to another host."""

    path: str
    other: str
    target: str
    octets: int

    role: ClassVar[Role] = "person"
    component: ClassVar[str] = "lab"
    step = False
    label = "copy"
    question = sentence("Does {path} come over to {other}?")
    answer = sentence("Yes, as {target}: {octets} octets, as they are at this moment.")
    peer = fact("other")


def _sentences(what: str, comes_of_it: str) -> str:
    """Two sentences. A host's name keeps its small letter, also at the beginning."""
    start = what if "." in what.split()[0] else what[:1].upper() + what[1:]
    return f"{start}. {comes_of_it}"


__all__ = ["WORDS", "FaultLifted", "FaultSet", "FileCopied", "PowerFailed", "Words"]
