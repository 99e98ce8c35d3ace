"""An answer, before it is a letter: who gets it, what it says, and what is kept of it.

Its header is, in this order::

    From  Reply-To  To  Cc  Subject          as they are set; Bcc gets a copy and is not seen
    In-Reply-To  References                  so that it stands behind the letter in a thread
    Auto-Submitted: auto-replied             so that no other program answers it
    (headers)                                and whatever else is wanted

Below, the text, then the file, then the letter that is answered.

Law: Exim specification, chapter 27; RFC 3834 §3.1, RFC 5322 §3.6.4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import gmtime, strftime
from typing import TYPE_CHECKING, Any

from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.addresses import BadAddress, addresses
from labmail.exim.expansion.addresses.commas import pieces
from labmail.exim.expansion.lists import match_address
from labmail.exim.text import Text
from labmail.message.field import Field

from ..header import find, join, own_field
from ..told import words
from .asking import GENERAL, hinder

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context

    from ..letter import Letter
    from .copies import Copy

COPY = "------ This is a copy of the message, including all the headers."
MOST_REFERENCES = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer is made of; texts are octets as the engine has them."""

    to: str = ""
    cc: str = ""
    bcc: str = ""
    from_: str = ""
    reply_to: str = ""
    subject: str = ""
    headers: str = ""
    text: str = ""
    body: bytes = b""
    """What the file says."""
    log: str = ""
    once: str = ""
    once_repeat: int = 0
    """Seconds after which somebody gets another; 0: never."""
    return_message: bool = False

    async def without(self, listed: Text, context: Context) -> Answer | None:
        """The answer without those who are in a list of addresses; None where nobody is left."""
        kept: dict[str, Any] = {
            name: await _kept(getattr(self, name), listed, context) for name in WHOM
        }
        left = replace(self, **kept)
        return left if any(kept.values()) else None

    def record(self, now: float, instead: str = "") -> bytes:
        """What the log file says of it."""
        stamp = strftime("%Y-%m-%d %H:%M:%S", gmtime(now))
        if instead:
            return f"{stamp}\n  {instead} {self.to}\n".encode("latin-1")
        told = {"From": self.from_, "To": self.to, "Cc": self.cc, "Bcc": self.bcc}
        lines = [f"  {name}: {text}\n" for name, text in told.items() if text]
        lines += [f"  Subject: {self.subject}\n"] if self.subject else []
        lines += [f"  {self.headers}\n"] if self.headers else []
        return "".join((f"{stamp}\n", *lines)).encode("latin-1")


WHOM = ("to", "cc", "bcc")


async def _kept(text: str, listed: Text, context: Context) -> str:
    found = []
    for piece in pieces(text) if text else ():
        try:
            whom = [each for each in addresses(piece) if not isinstance(each, BadAddress)]
            bad = [await match_address(context, Text(each.address, True), listed) for each in whom]
        except (ExpansionFailed, NotNow) as failed:
            said = f'Failed to expand "{listed.text}" for "never_mail": {failed.message}'
            raise hinder(said, GENERAL) from None
        if not any(bad):
            found.append(piece.strip())
    return ", ".join(found)


def recipients_of(answer: Answer) -> list[str]:
    """The addresses that the answer goes to, each once."""
    found: dict[str, None] = {}
    for text in (answer.to, answer.cc, answer.bcc):
        for each in addresses(text) if text.strip() else ():
            if not isinstance(each, BadAddress) and each.domain:
                found[words(each.address)] = None
    return list(found)


def letter_of(answer: Answer, letter: Letter, returned: Copy | None, most: int) -> bytes:
    """The answer as a letter, with CR LF line ends. ``most``: octets of a body that is returned."""
    fields = [
        own_field(name, words(text), utf8=True)
        for name, text in (
            ("From", answer.from_),
            ("Reply-To", answer.reply_to),
            ("To", answer.to),
            ("Cc", answer.cc),
            ("Subject", answer.subject),
        )
        if text
    ]
    fields += _thread(letter)
    fields.append(own_field("Auto-Submitted", "auto-replied"))
    if answer.headers:
        text = answer.headers.encode("latin-1").rstrip(b"\n").replace(b"\n", b"\r\n")
        fields.append(Field(text + b"\r\n"))
    return join(fields, _body(answer, returned, most).replace(b"\n", b"\r\n"))


def _thread(letter: Letter) -> list[Field]:
    """The answer's place behind the letter."""
    name = find(letter.fields, "Message-ID")
    if not name:
        return []
    before = find(letter.fields, "References") or find(letter.fields, "In-Reply-To") or ""
    older = before.split()
    if len(older) >= MOST_REFERENCES:
        older = [older[0], *older[-(MOST_REFERENCES - 2) :]]
    references = "\n ".join((*older, name.strip()))
    return [own_field("In-Reply-To", name.strip()), own_field("References", references)]


def _body(answer: Answer, returned: Copy | None, most: int) -> bytes:
    said = answer.text.encode("latin-1")
    if said and not said.endswith(b"\n"):
        said += b"\n"
    said += answer.body
    if returned is None:
        return said
    top, body = (part.replace(b"\r\n", b"\n") for part in returned)
    cut = [COPY]
    if most and len(body) > most:
        cut.append(f"------ The body is {len(body)} octets long; the first {most} are here.")
        body = body[:most]
    return b"".join((said, b"\n", "\n".join(cut).encode(), b"\n\n", top, body))


__all__ = ["Answer", "letter_of", "recipients_of"]
