"""What one rule of an ACL says, and what the whole list decides.

A rule has five words. Three of them end the questioning; `Skip` leaves it to the next rule; `Ask`
says that the rule cannot answer before something has been found out.

    Allow    yes                          Skip   not my business, and why: ask the next rule
    Deny     no, with a reply 5xx         Ask    first find out whether the recipient can be routed
    Delay    not now, with a reply 4xx

Law: Exim specification, chapter 44 (access control lists). Try: ``Skip("192.0.2.1 is no relay")``.
"""

from __future__ import annotations

from dataclasses import dataclass

from labmail.smtp import Reply


@dataclass(frozen=True, slots=True)
class Allow:
    why: str


@dataclass(frozen=True, slots=True)
class Deny:
    reply: Reply
    why: str


@dataclass(frozen=True, slots=True)
class Delay:
    reply: Reply
    why: str


@dataclass(frozen=True, slots=True)
class Skip:
    why: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The rule needs to know whether the recipient can be routed (``verify = recipient``)."""

    why: str = "this takes the routers"


Answer = Allow | Deny | Delay | Skip | Ask


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a list of rules: ``reply`` is None for yes."""

    reply: Reply | None
    rule: str
    """The rule that decided."""
    why: tuple[str, ...]
    """A sentence of the rule that decided, then one of each rule that was passed over, in order."""

    @property
    def accepted(self) -> bool:
        return self.reply is None
