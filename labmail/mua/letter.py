"""A draft is what a person has written; a letter is what she has sent.

Both are an envelope and a message, kept apart, because they *are* apart: the envelope is said to
the server, the message is handed over. A user agent makes the one from the other and nobody ever
compares them, so each may be changed alone::

    draft.replace(envelope=draft.envelope.replace(sender="boss@example.com"))   where bounces go
    draft.replace(header=draft.header.replace("From", "Boss <boss@ask.com>"))   what people read

Try: ``print(draft)`` before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from labmail.message import (
    Body,
    Deferred,
    Delivered,
    Envelope,
    Header,
    Message,
    Outcome,
    Shown,
    compare,
    show_letter,
)

from .holding import Holding


@dataclass(frozen=True)
class Draft(Holding):
    """An envelope and the bytes of a message. A value: every change makes a new draft."""

    envelope: Envelope
    content: bytes

    def replace(
        self,
        *,
        envelope: Envelope | None = None,
        header: Header | None = None,
        body: Body | bytes | None = None,
        content: bytes | None = None,
    ) -> Draft:
        """A new draft; what is None stays as it was. ``content`` is header and body in one."""
        new = Message(self.content if content is None else content)
        if header is not None or body is not None:
            new = new.replace(header=header, body=body)
        return Draft(self.envelope if envelope is None else envelope, new.content)

    def show(self) -> Shown:
        """Envelope, header and body side by side, and where they disagree."""
        compared = compare(self.envelope, self.header)
        return show_letter(self.envelope, self.message, compared, title=self._title())

    def _title(self) -> str:
        return f"Draft: {self.subject or 'no subject'}"

    def __repr__(self) -> str:
        return f"<{self._title()}, {len(self.content)} octets>"


@dataclass(frozen=True, repr=False)
class Letter(Draft):
    """A draft that was handed to a submission server, and what the server said.

    ``name`` is the lab's name for it on its whole road; ``outcomes`` has one for each recipient of
    the envelope: `Delivered` means no more than that the server has taken it over.
    """

    name: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """True if the server has taken it over for every recipient."""
        return bool(self.outcomes) and not self.refused

    @property
    def refused(self) -> dict[str, str]:
        """The recipients for whom the server did not take it, and its words."""
        return {
            recipient: outcome.why
            for recipient, outcome in self.outcomes.items()
            if not isinstance(outcome, Delivered)
        }

    def _title(self) -> str:
        words = [_in_words(self.outcomes)] if self.outcomes else ["not handed over"]
        return f"Letter {self.name}: {self.subject or 'no subject'}: {words[0]}"

    def __repr__(self) -> str:
        return f"<{self._title()}>"


def _in_words(outcomes: Mapping[str, Outcome]) -> str:
    """``taken over for bob@ask.com``; refusals with the server's words."""
    taken = [who for who, outcome in outcomes.items() if isinstance(outcome, Delivered)]
    said = [f"taken over for {len(taken)} recipients" if len(taken) > 3 else ""]
    if 0 < len(taken) <= 3:
        said = [f"taken over for {', '.join(taken)}"]
    for who, outcome in list(outcomes.items())[:20]:
        if not isinstance(outcome, Delivered):
            verb = "not taken now" if isinstance(outcome, Deferred) else "refused"
            said.append(f"{verb} for {who} ({outcome.why})")
    return "; ".join(filter(None, said))
