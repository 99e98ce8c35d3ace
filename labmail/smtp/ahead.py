"""Ahead: several commands in one go, and their answers, one after the other.

A command that waits for the answer to the one before costs the way there and back each time. A
server that offers PIPELINING takes them together, and answers in the same order::

    C: MAIL FROM:<alice@example.com>      one write
       RCPT TO:<bob@ask.com>
       DATA
    S: 250 · 250 · 354                    three answers, each to its command

In the trace each answer must hang below what the server did for it, and not below what it has done
meanwhile for the next: so the connection keeps, for each reply, what was the last event then.

Law: RFC 2920 §3.1. Try: ``labmail.smtp.Client.in_one_go``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from .replies import Reply
from .wire import Malformed, Wire


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one command of several."""

    heard: Reply | Exception
    cause: str | None = None
    """The server's event behind it, if there is one since the answer before."""


async def in_one_go(wire: Wire, commands: Sequence[str], patience: float) -> list[Answer]:
    """Says the commands and hears the answers, each within ``patience`` seconds. What breaks the
    conversation off is the last answer."""
    link, causes = wire.link, deque[str | None]()
    link.answers = causes
    said = "".join(f"{command}\r\n" for command in commands)
    heard, before = list[Answer](), link.heard
    try:
        wire.write(said.encode("utf-8", "surrogateescape"))
        while len(heard) < len(commands):
            reply = await wire.reply(patience)
            told = causes.popleft() if causes else before
            heard.append(Answer(reply, None if told == before else told))
            before = told
    except (OSError, Malformed) as error:
        heard.append(Answer(error))
    finally:
        link.answers = None
    return heard
