"""The speaker: what an attempt to hand over a letter needs of whoever says its words.

`Client` is one. Try: ``labmail.smtp.Client.send``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from labmail.message.outcome import Signs

from .ahead import Answer
from .replies import Reply


class Speaker(Protocol):
    """What an attempt needs of a client."""

    target: str
    address: str
    extensions: dict[str, str]
    lmtp: bool
    one_by_one: bool
    unclean: bool
    signs: Signs

    @property
    def connected(self) -> bool: ...

    async def command(self, text: str) -> Reply: ...

    async def in_one_go(self, commands: Sequence[str]) -> list[Answer]: ...

    async def content(self, octets: bytes) -> Reply: ...

    async def next_answer(self) -> Reply: ...

    def answered(
        self,
        reply: Reply,
        command: str,
        sender: str,
        recipient: str | None,
        cause: str | None = None,
    ) -> None: ...

    def close(self) -> None: ...
