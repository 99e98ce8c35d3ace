"""autoreply: the letter is answered by a letter of this host's own.

What it says comes from one of two places, and never from a mixture of both:

    the transport's options        to, subject, text …   asked now
    a filter's mail or vacation    its texts             asked when the filter ran

The answer goes out with an empty sender and is marked ``Auto-Submitted: auto-replied``, so that two
hosts cannot answer each other for ever. ``once`` remembers who has had one.

Law: Exim specification, chapter 27; RFC 3834 §3.1 and §5 (when not to answer, Auto-Submitted).

Try: ``vacation file /home/bob/away.txt`` in a filter.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.mda import notes
from labmail.message.outcome import Delivered, Outcome

from ..letter import Letter
from .answering import Answer, letter_of, recipients_of
from .asking import Asked
from .base import Assigned, Hands, Transport
from .collecting import collected
from .copies import copy
from .once import Once


class AutoreplyTransport(Transport):
    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        answer = await collected(asked, batch[0], hands, await self.folder(asked))
        kept = await self._without_some(asked, answer)
        if kept is None:
            return [Delivered("")]
        once = Once(kept, self["once_file_size"], self["mode"], hands)
        if not await once.is_due():
            await self._log(kept, hands, "Previously sent to")
            return [Delivered("")]
        returned = None
        if kept.return_message:
            returned = await copy(asked, letter, body, batch, hands.now(), letter.sender)
        content = letter_of(kept, letter, returned, hands.configuration.main["return_size_limit"])
        to = recipients_of(kept)
        sent = await hands.submit(content, to, batch[0].event) if to else ""
        await once.note()
        await self._log(kept, hands)
        return [Delivered(sent)]

    async def _without_some(self, asked: Asked, answer: Answer) -> Answer | None:
        """The answer without those whom ``never_mail`` names; None where nobody is left."""
        listed = await asked.text("never_mail")
        if listed is None or not listed.text:
            return answer
        return await answer.without(listed, asked.context)

    async def _log(self, answer: Answer, hands: Hands, instead: str = "") -> None:
        """A record of the answer in the file that ``log`` names."""
        if not answer.log:
            return
        lines = answer.record(hands.now(), instead)
        try:
            await hands.disk(notes.append, hands.files, answer.log, lines, self["mode"])
        except OSError as error:
            why = f"Problem writing log file {answer.log} for {self.name} transport"
            hands.log(f"{why}: {error.strerror}")
