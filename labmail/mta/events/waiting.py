"""What stays: put off, given up, frozen, found again after a start, gone for good.

Law: RFC 5321 §4.5.4.1 (retry, give up).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Place, Role, fact, sentence

from .base import INPUT, AddressEvent, LetterEvent, lasting, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff(AddressEvent):
    """The address cannot be served now; the letter stays in the queue."""

    problem: str
    wait: float
    """Seconds until the next try."""
    rule: tuple[str, ...]
    """The retry rule in force: what decided, then its other parts."""

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "retry"
    label = "retry"
    question = sentence("When is {address} tried again?")

    @property
    def answer(self) -> str:
        return f"In {lasting(self.wait)}: so says the retry rule. What failed: {self.problem}."

    why = fact("rule")

    def places(self) -> Mapping[str, Place]:
        return self._place("spool", "deferred", self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp(AddressEvent):
    """The address can never be served, or has been tried for too long."""

    problem: str
    reasons: tuple[str, ...] = ()
    timed_out: bool = False

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "queue"
    label = "give up"

    @property
    def question(self) -> str:
        if self.timed_out:
            return f"Is there any try left for {self.address}?"
        return f"Can the letter for {self.address} be delivered at all?"

    answer = sentence("No: {problem}.")

    why = fact("reasons")

    def places(self) -> Mapping[str, Place]:
        return self._place("spool", "bounced", self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(LetterEvent):
    """The letter can go neither on nor back; it stays, and nothing tries it any more."""

    id: str
    recipients: tuple[str, ...]
    problem: str
    bounce: bool = True

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "queue"
    ok = False
    label = "frozen"

    @property
    def question(self) -> str:
        if self.bounce:
            return "Who can be told about a bounce that cannot be delivered?"
        return f"Would trying again help the letter for {listed(self.recipients)}?"

    @property
    def answer(self) -> str:
        who = "Nobody: its sender is <>" if self.bounce else f"No: {self.problem}"
        return f"{who}. It is frozen until somebody looks."

    def places(self) -> Mapping[str, Place]:
        return dict.fromkeys(self.recipients, Place(self.host, "spool", "frozen", self.problem))


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(LetterEvent):
    """Every recipient is done, one way or the other: the spool files are gone."""

    id: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"
    step: ClassVar[bool] = False
    label = "completed"
    question = sentence("Has {host} anything left to do for this letter?")
    answer = sentence("No. {id}-H and {id}-D are removed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(LetterEvent):
    """After a start the letter was found in the spool, and is taken up again."""

    id: str
    recipients: tuple[str, ...]

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"
    label = "spool"
    question = sentence("Did the letter outlive the restart of {host}?")

    @property
    def answer(self) -> str:
        return f"Yes: {self.id}-H was found, so {listed(self.recipients)} will be served."

    @property
    def proof(self) -> str:
        return f"{INPUT[1:]}/{self.id}-H"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside(LetterEvent):
    """A spool file cannot be read: it is kept where it can be looked at, and nothing stops."""

    file: str
    kept: str
    problem: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "spool"
    ok = False
    label = "spool"
    question = sentence("Can {file} be read?")
    answer = sentence("No: {problem}. It is kept as {kept}.")
