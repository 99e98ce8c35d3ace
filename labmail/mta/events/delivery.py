"""Arrived: at the next host, in a mailbox, or nowhere at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Place, Role, fact, sentence

from .base import AddressEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(AddressEvent):
    """The next host said 250 after the data: it is responsible now."""

    target: str
    target_address: str
    reply: str

    component: ClassVar[str] = "transport"
    step: ClassVar[bool] = False
    label = "handed over"
    question = sentence("Did {target} take the letter for {address}?")
    answer = sentence("Yes: “{reply}”. {host} may forget it.")
    peer = fact("target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(AddressEvent):
    """The letter lies in a mailbox of this host."""

    store: str
    """``maildir`` or ``mbox``."""
    mailbox: str
    file: str
    uid: str

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "store"

    @property
    def label(self) -> str:
        return "Maildir" if self.store == "maildir" else self.store

    question = sentence("Does the letter lie in the mailbox of {address}?")

    @property
    def answer(self) -> str:
        if self.store == "maildir":
            return f"Yes, one new file under {self.mailbox}/new. Then the queue's files go."
        return f"Yes, at the end of the file {self.mailbox}. Then the queue's files go."

    @property
    def proof(self) -> str:
        return self.file.lstrip("/")

    def places(self) -> Mapping[str, Place]:
        return self._place("store", "delivered", self.mailbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded(AddressEvent):
    """An alias says ``:blackhole:``: the letter is taken, and thrown away."""

    router: str

    role: ClassVar[Role] = "decide"
    component: ClassVar[str] = "router"
    label = "discarded"
    question = sentence("Where does the letter for {address} go?")
    answer = sentence("Nowhere: {router} says :blackhole:, so it is thrown away without a word.")

    def places(self) -> Mapping[str, Place]:
        return self._place("router", "delivered", ":blackhole:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piped(AddressEvent):
    """A program of this host has read the letter, and says that all is well."""

    program: str
    """The program, or the socket of one that was running."""

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "program"
    label = "program"
    question = sentence("Does a program take the letter for {address}?")
    answer = sentence("Yes: {program} has read it, and says that all is well.")

    def places(self) -> Mapping[str, Place]:
        return self._place("program", "delivered", self.program)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(AddressEvent):
    """The letter was answered by a letter of this host's own (RFC 3834)."""

    reply: str
    """The id of the answer; "" where none was due."""

    role: ClassVar[Role] = "keep"
    component: ClassVar[str] = "program"
    label = "autoreply"
    question = sentence("Is the letter for {address} answered?")

    @property
    def answer(self) -> str:
        if not self.reply:
            return "No: whoever would get an answer has had one, or wants none."
        return f"Yes, by a new letter, {self.reply}. Its sender is <>, so nobody answers it."

    def places(self) -> Mapping[str, Place]:
        return self._place("program", "delivered", self.reply or "no answer")
