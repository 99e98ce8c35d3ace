"""What a reply means, and where a dialogue stands: the sentences for somebody who speaks by hand.

A protocol explains itself, each in its own room: ``smtp/meaning.py``, ``access/pop3/meaning.py``.
Here are the words they share. A reply is taken apart into signs, the digits or words that carry
meaning; a dialogue is drawn as a `Machine`: its states, what may come now, and what may not, with
the states in which it could::

    550 5.1.1 unknown user
    │     │ └ Sign("1", "no such mailbox")
    │     └── Sign("1.", "about the address")
    └── Sign("5", "no: the same again will not work", "RFC 5321 §4.2.1")

Try: ``print(talk.meaning)`` after ``talk = lab.talk("mail.ask.com", "smtp")``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from labmail.message.outcome import Outcome

Verdict = Literal["done", "go on", "not now", "no", ""]
"""What a reply comes to; "" where it is no reply at all."""

MARKS: dict[Verdict, str] = {"done": "✓", "go on": "→", "not now": "…", "no": "✕", "": "?"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A part of a reply, what it says, and the law that says so."""

    text: str
    says: str
    law: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A reply, explained. ``code`` and ``enhanced`` are its signs, ``sentence`` what it means here.

    ``enhanced`` is empty where the server gave no such code.
    """

    reply: str
    verdict: Verdict
    sentence: str
    code: tuple[Sign, ...] = ()
    enhanced: tuple[Sign, ...] = ()
    law: str = ""

    def __str__(self) -> str:
        """The same in words, a sign a line."""
        lines = [self.reply, f"  {MARKS[self.verdict]} {self.sentence}"]
        signs = (*self.code, *self.enhanced)
        wide = max((len(sign.text) for sign in signs), default=0)
        for sign in signs:
            law = f" ({sign.law})" if sign.law else ""
            lines.append(f"  {sign.text:<{wide}}  {sign.says}{law}")
        if self.law:
            lines.append(f"  see {self.law}")
        return "\n".join(lines)

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Node:
    """A state of the dialogue. ``words`` say what it waits for."""

    name: str
    words: str
    here: bool = False
    been: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A command: what it is for, the law, and where it leads ("" where nothing changes).

    ``when`` names the states in which it could come, where it may not come now; ``aside``: it may
    nearly always come, and brings nothing forward.
    """

    verb: str
    words: str
    law: str = ""
    leads: str = ""
    when: tuple[str, ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the dialogue is, what is allowed now, and what is not."""

    nodes: tuple[Node, ...]
    may: tuple[Move, ...]
    not_now: tuple[Move, ...]

    @property
    def here(self) -> Node:
        """The state in which the dialogue stands."""
        return next(node for node in self.nodes if node.here)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The verbs that may come now."""
        return tuple(move.verb for move in self.may)

    def __str__(self) -> str:
        """``[sender known; allowed: EHLO RCPT RSET QUIT]``"""
        return f"[{self.here.name}; allowed: {' '.join(self.allowed) or 'nothing'}]"


def times(items: Sequence[str]) -> str:
    """``greeted``, ``greeted or sender known``: states as a condition.

    >>> times(["before USER", "after USER", "logged in"])
    'before USER, after USER or logged in'
    """
    return " or ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a server could do now, and what the client would make of it.

    ``deed`` is ``say`` (then ``line`` is what), ``silence`` or ``hang up``. ``outcome`` is what the
    client would draw for every recipient that is still open, by its own rules; None where it just
    goes on.
    """

    deed: Literal["say", "silence", "hang up"]
    line: str
    words: str
    then: str
    outcome: Outcome | None = None
