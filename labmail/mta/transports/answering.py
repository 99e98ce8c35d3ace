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

import os
from dataclasses import dataclass, replace
from time import gmtime, strftime
from typing import TYPE_CHECKING, Any

from labmail.exim.config.times import read_time
from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.addresses import BadAddress, addresses
from labmail.exim.expansion.addresses.commas import pieces
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.lists import match_address
from labmail.exim.filters.deeds import printing
from labmail.exim.text import Text
from labmail.mda import notes
from labmail.message.field import Field
from labmail.message.outcome import Deferred, Failed

from ..header import find, join, own_field
from ..told import words
from .asking import GENERAL, Asked, Hindered, hinder
from .rights import check_read, check_write

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context
    from labmail.exim.filters.deeds import Reply

    from ..letter import Letter
    from .base import Assigned, Hands
    from .copies import Copy

HEADER = ("from", "reply_to", "to", "cc", "bcc", "subject", "headers")
FILES = ("log", "once", "file")
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


async def collected(asked: Asked, assigned: Assigned, hands: Hands, folder: str) -> Answer:
    """What the filter has said, or else what the options say. Files are looked for in ``folder``.
    Raises `Hindered`."""
    deed: Reply | None = assigned.address.deed if assigned.recipient.made else None
    if deed is not None:
        found, file, expanding = _of_filter(deed), deed.texts.get("file", ""), deed.expand_file
        returning = bool(deed.return_message or asked["return_message"])
    else:
        found, file, expanding = await _of_options(asked)
        returning = bool(asked["return_message"])
    log, once = within(folder, found.log), within(folder, found.once)
    for path in filter(None, (log, once)):
        await hands.disk(check_write, asked, assigned, path)
    if file:
        file = within(folder, file)
        await hands.disk(check_read, asked, assigned, words(file))
    body = await _file(asked, file, expanding, hands) if file else b""
    return replace(found, body=body, log=log, once=once, return_message=returning)


def within(folder: str, path: str) -> str:
    """A path as seen from a folder.

    >>> within("/home/bob", ".vacation"), within("/home/bob", "/etc/away"), within("/home/bob", "")
    ('/home/bob/.vacation', '/etc/away', '')
    """
    return path if path.startswith("/") or not path else f"{folder.rstrip('/')}/{path}"


def _of_filter(deed: Reply) -> Answer:
    texts = deed.texts
    return Answer(
        to=deed.to,
        cc=texts.get("cc", ""),
        bcc=texts.get("bcc", ""),
        from_=texts.get("from", ""),
        reply_to=texts.get("reply_to", ""),
        subject=texts.get("subject", ""),
        headers=texts.get("extra_headers", ""),
        text=texts.get("text", ""),
        log=words(texts.get("log", "")),
        once=words(texts.get("once", "")),
        once_repeat=read_time(texts.get("once_repeat", "0s")) or 0,
    )


async def _of_options(asked: Asked) -> tuple[Answer, str, bool]:
    """The answer, the name of the file, and whether that is expanded."""
    header: dict[str, Any] = {name: await _line(asked, name) for name in HEADER}
    text = await _option(asked, "text")
    paths = {name: await _path(asked, name) for name in FILES}
    repeat = await _option(asked, "once_repeat")
    seconds = read_time(repeat.text) if repeat.text else 0
    if seconds is None:
        name = asked.block.name
        why = f'Invalid time value "{repeat.text}" for "once_repeat" in {name} transport'
        raise Hindered(Failed(words(why), code="5.3.5"))
    header["from_"] = header.pop("from")
    found = Answer(
        **header,
        text=text.text,
        log=paths["log"],
        once=paths["once"],
        once_repeat=seconds,
    )
    return found, paths["file"], bool(asked["file_expand"])


async def _option(asked: Asked, option: str) -> Text:
    """What an option comes to; what cannot be expanded fails, as Exim has it."""
    given = asked[option]
    if given is None:
        return Text("")
    try:
        return await expand(str(given), asked.context)
    except (ExpansionFailed, NotNow) as failed:
        why = f'Expansion of "{given}" failed in {asked.block.name} transport: {failed.message}'
        raise Hindered(Failed(words(why), code="5.3.5")) from None


async def _line(asked: Asked, option: str) -> str:
    """A text for the header: printable, and folded where it goes on."""
    text = (await _option(asked, option)).text.rstrip("\n")
    for at, character in enumerate(text):
        blank_behind = text.startswith((" ", "\t"), at + 1)
        folded = character == "\n" and (blank_behind or option == "headers")
        if not (" " <= character != "\x7f" or character == "\t" or folded):
            why = f'Expansion of "{printing(text)}" in {asked.block.name} transport contains'
            problem = f"{why} non-printing character {ord(character)}"
            raise Hindered(Failed(words(problem), code="5.3.5"))
    return text


async def _path(asked: Asked, option: str) -> str:
    """The name of a file; a stranger's words are none."""
    told = await _option(asked, option)
    if told.tainted and told.text:
        what = {"log": "logfile", "once": "once file", "file": "file"}[option]
        name = asked.block.name
        refused = f"Tainted '{told.text}' ({what} for {name} transport) not permitted"
        why = f"{os.strerror(13)}: {refused}"
        raise Hindered(Deferred(words(why), 13, code="4.3.5"))
    return words(told.text)


async def _file(asked: Asked, path: str, expanding: bool, hands: Hands) -> bytes:
    name = asked.block.name
    try:
        content = await hands.disk(notes.read, hands.files, words(path))
    except OSError as error:
        if asked["file_optional"]:
            return b""
        why = f"Failed to open file {path} when sending message from {name} transport"
        problem = f"{error.strerror}: {why}: {error.strerror}"
        raise Hindered(Deferred(words(problem), error.errno or 0, code="4.3.5")) from None
    if not expanding:
        return content
    lines = []
    for line in content.decode("latin-1").splitlines(keepends=True):
        told = await asked.expanded(line, f'Expansion of "{line}" in file {path} failed: '.__add__)
        lines.append("" if told is None else told.text)
    return "".join(lines).encode("latin-1")


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


__all__ = ["Answer", "collected", "letter_of", "recipients_of"]
