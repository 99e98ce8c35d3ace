"""What a person hears in answer to a line: the words, what they mean, or why there are none.

Try: ``talk.say("NOOP").code``, ``talk.say("NOOP").meaning``.
"""

from __future__ import annotations

from dataclasses import dataclass

from labmail.trace.meaning import Meaning


@dataclass(frozen=True, slots=True, repr=False)
class Heard:
    """What came back. ``lines`` are the other side's, without line ends; shown as they are."""

    lines: tuple[str, ...]
    meaning: Meaning | None = None
    silence: str = ""
    """Why there is no reply, where there is none."""

    @property
    def code(self) -> int | None:
        """SMTP's three digits, of the last reply."""
        last = self.lines[-1][:3] if self.lines else ""
        return int(last) if last.isdecimal() and len(last) == 3 else None

    @property
    def ok(self) -> bool:
        """Whether the last reply was a yes, or a go on."""
        return self.meaning is not None and self.meaning.verdict in ("done", "go on")

    def __str__(self) -> str:
        return "\n".join(self.lines) if self.lines else f"({self.silence})"

    __repr__ = __str__
