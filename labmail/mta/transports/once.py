"""Once: whoever has had an answer does not get another, or not before some time has passed.

Law: Exim specification, chapter 27 (once, once_repeat, once_file_size).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.mda import notes
from labmail.mda.onceonly import answered, noted
from labmail.message.outcome import Deferred

from .asking import Hindered

if TYPE_CHECKING:
    from .answering import Answer
    from .base import Hands


class Once:
    """The book in which an answer is looked up and written down, if there is one."""

    def __init__(self, answer: Answer, most: int, mode: int, hands: Hands) -> None:
        self.answer, self.most, self.mode, self.hands = answer, most, mode, hands

    async def is_due(self) -> bool:
        """Whether the person has had no answer, or had it long ago. Raises `Hindered`."""
        if not self.answer.once:
            return True
        last = answered(await self._book(), self.answer.to)
        repeat = self.answer.once_repeat
        return last is None or (repeat > 0 and self.hands.now() - last >= repeat)

    async def note(self) -> None:
        """Writes down that there was an answer now."""
        if self.answer.once:
            book = noted(await self._book(), self.answer.to, int(self.hands.now()), self.most)
            await self._try(notes.replace, book, self.mode)

    async def _book(self) -> bytes:
        try:
            return await self.hands.disk(notes.read, self.hands.files, self.answer.once)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise self._trouble(error) from None

    async def _try(self, deed: object, *args: object) -> None:
        try:
            await self.hands.disk(deed, self.hands.files, self.answer.once, *args)  # type: ignore[arg-type]
        except OSError as error:
            raise self._trouble(error) from None

    def _trouble(self, error: OSError) -> Hindered:
        why = f'Failed to open "once" file {self.answer.once}: {error.strerror}'
        return Hindered(Deferred(why, error.errno or 0, code="4.3.5"))
