"""What an answer says, collected: from a filter's command, or from the transport's options.

Never from a mixture of both, but for the file, which is read here in either case: as the user may
read it, line by line expanded where that is wanted.

Law: Exim specification, chapter 27.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from labmail.exim.config.times import read_time
from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.exim.filters.deeds import printing
from labmail.exim.text import Text
from labmail.mda import notes
from labmail.message.outcome import Deferred, Failed

from ..told import words
from .answering import Answer
from .asking import Asked, Hindered
from .rights import check_read, check_write

if TYPE_CHECKING:
    from labmail.exim.filters.deeds import Reply

    from .base import Assigned, Hands

HEADER = ("from", "reply_to", "to", "cc", "bcc", "subject", "headers")
FILES = ("log", "once", "file")


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
