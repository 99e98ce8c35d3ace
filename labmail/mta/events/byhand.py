"""What an administrator did to a letter that waits: frozen, thawed, removed, changed.

Law: Exim specification, §5.3 (-Mf, -Mt, -Mrm, -Mg, -Mar, -Mmd, -Mes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from labmail.trace import Place, Role, State, sentence

from .base import LetterEvent

STATES: dict[str, State] = {
    "froze it": "frozen",
    "thawed it": "deferred",
    "removed it": "bounced",
    "gave it up": "bounced",
}
"""Where the letter then is, for whoever waits for it. Of a letter that is removed nobody is told:
it ends as a bounce does, without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand(LetterEvent):
    """Somebody with the right to do so has changed a letter in the queue."""

    id: str
    recipients: tuple[str, ...]
    """Those who wait for it."""
    by: str
    """The administrator's login."""
    deed: str
    """``froze it``, ``thawed it``, ``removed it``, ``gave it up``, …"""
    detail: str = ""

    role: ClassVar[Role] = "person"
    component: ClassVar[str] = "administrator"
    label = "by hand"
    question = sentence("What did {by} do with {id} in the queue of {host}?")

    @property
    def answer(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.by} {self.deed}{detail}."

    def places(self) -> Mapping[str, Place]:
        state = STATES.get(self.deed)
        if state is None:
            return {}
        return dict.fromkeys(
            self.recipients, Place(self.host, "spool", state, f"{self.by} {self.deed}")
        )
