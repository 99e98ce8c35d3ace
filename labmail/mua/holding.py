"""What a draft, a letter and a fetched message have in common: they hold a message, and show it.

Try: ``draft.header["Subject"]``, ``letter.subject``, ``fetched.body``.
"""

from __future__ import annotations

from functools import cached_property

from labmail.message import Body, Header, Message, Shown


class Holding:
    """Something with a ``content``, the octets of a message, that a notebook shows by ``show``."""

    content: bytes

    @cached_property
    def message(self) -> Message:
        return Message(self.content)

    @property
    def header(self) -> Header:
        return self.message.header

    @property
    def body(self) -> Body:
        return self.message.body

    @property
    def subject(self) -> str:
        return self.message.subject

    def show(self) -> Shown:
        """The same as text and as HTML."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        shown = self.show()
        return {"text/plain": shown.text, "text/html": shown.html}

    def __str__(self) -> str:
        return str(self.show())
