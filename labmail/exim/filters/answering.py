r"""``mail`` and ``vacation``: the texts of an answer, expanded and looked over.

Whoever writes a filter puts a stranger's words into header lines. So a line end may only stand
where a header line goes on (blank behind it) or, in ``extra_headers``, where another begins; and
the name of a file is printable.

Law: "Exim's interfaces to mail filtering", §3.14.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .deeds import Deed, Ignored, Reply, printing
from .mistakes import FilterError
from .tree import MAIL_TEXTS, Mail

if TYPE_CHECKING:
    from .run import Run

_HEADER_NAME = re.compile(r"[!-9;-~]+:")
LONGEST_SHOWN = 1024


async def answer(command: Mail, run: Run) -> Deed:
    """The deed of a command. Nobody answers a bounce."""
    texts = {
        word: (await run.expanded(command.texts[word], command)).text
        for word in MAIL_TEXTS
        if word in command.texts
    }
    if run.value("return_path") == "":
        return Ignored(command.name, **run.common(command))
    for word, text in texts.items():
        _look_over(word, text, command.name)
    if "once_repeat" in texts and not run.allowed.testing:
        _interval(texts["once_repeat"])
    common = run.common(command)
    return Reply(
        texts,
        command=command.name,
        expand_file=command.expand_file,
        return_message=command.return_message,
        to=texts.get("to") or await _default(command, run),
        **common,
    )


async def _default(command: Mail, run: Run) -> str:
    """Whom it goes to, where nobody is named."""
    if "to" in command.texts:
        return ""
    return (await run.expanded("$reply_address", command)).text


def _look_over(word: str, text: str, command: str) -> None:
    if word == "text":
        return
    if MAIL_TEXTS.index(word) > MAIL_TEXTS.index("text"):
        if not all(" " <= c <= "~" or c == "\t" for c in text):
            raise FilterError(f'non-printing character in "{printing(text)}" in {command} command')
        return
    for at, character in enumerate(text):
        if character == "\n" and not text.startswith((" ", "\t"), at + 1):
            _new_line(word, text, at + 1, command)


def _new_line(word: str, text: str, at: int, command: str) -> None:
    """A line end without a blank behind it: another header line, if anything."""
    expected = "space"
    if word == "extra_headers":
        if _HEADER_NAME.match(text, at):
            return
        expected = "space or valid header name"
    shown = printing(text)[:LONGEST_SHOWN]
    raise FilterError(f'\\n not followed by {expected} in "{shown}" in {command} command')


def _interval(text: str) -> None:
    """Is it a time, as in ``5d4h``?"""
    from labmail.exim.config.times import read_time

    if read_time(text) is None:
        raise FilterError(f'Bad time value for "once_repeat" in mail or vacation command: {text}')
