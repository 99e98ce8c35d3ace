r"""Transcripts: a dialogue as text, which can be kept, compared and spoken again.

::

    S: 220 mail.ask.com ESMTP labmail
    C: EHLO my.laptop
    S: 250-mail.ask.com Hello my.laptop [192.0.2.1]
    ...
    C: RCPT TO:<bbo@ask.com>
    S: 550 5.1.1 unknown user
    # mail.ask.com hung up

A line that did not end with CR LF says so: ``⏎LF`` or ``⏎none``. In a transcript that is spoken
again, a ``*`` in a line of the server stands for anything.

Try: ``print(talk.transcript)``, then ``lab.talk("mail.ask.com", "smtp").replay(talk.transcript)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labmail.message.visible import visible
from labmail.trace.heard import Line

NOTHING = "(nothing)"
ENDS = {b"\r\n": "", b"\n": " ⏎LF", b"": " ⏎none"}


@dataclass(frozen=True, slots=True)
class Note:
    """What happened beside the words: a host hung up, an ACL decided. ``why`` tells more."""

    text: str
    why: tuple[str, ...] = ()


Entry = Line | Note


def end_of(octets: bytes) -> bytes:
    """The line end that these octets have: CR LF, LF, or none."""
    return next(end for end in ENDS if octets.endswith(end))


def line_text(line: Line) -> str:
    """A line as a transcript has it; bytes that are no text are seen as ``\\xNN``."""
    end = end_of(line.octets)
    shown = line.octets.removesuffix(end).decode("utf-8", "backslashreplace")
    return f"{line.speaker}: {visible(shown)}".rstrip(" ") + ENDS[end]


def transcript(entries: Iterable[Entry]) -> str:
    """The dialogue as text, an entry a line."""
    lines = (f"# {e.text}" if isinstance(e, Note) else line_text(e) for e in entries)
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a dialogue went another way than its transcript says."""

    line: int
    expected: str
    found: str

    def __str__(self) -> str:
        return f"line {self.line}: expected {self.expected!r}, found {self.found!r}"

    __repr__ = __str__


def turns(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, ``C`` or ``S``, and the words, of each line that was said.

    Raises ValueError for a line that cannot be said again, because its secret was not kept.
    """
    for number, line in enumerate(text.splitlines(), 1):
        speaker, colon, words = line.partition(":")
        if not colon or speaker not in ("C", "S"):
            continue
        if speaker == "C" and words.rstrip().endswith("***"):
            raise ValueError(
                f"line {number} of the transcript, {line!r}: the secret was not kept; "
                "write it in, or the name of its owner as in ⟨bob@ask.com's password⟩"
            )
        yield number, speaker, words.removeprefix(" ")


Expected = tuple[int, str]
"""A line of the server: its number in the transcript, and its words."""


def exchanges(text: str) -> Iterator[tuple[str | None, list[Expected]]]:
    """Each line of the client with the answers that follow it; first None, with the greeting."""
    said: str | None = None
    answers: list[Expected] = []
    for number, speaker, words in turns(text):
        if speaker == "S":
            answers.append((number, words))
        else:
            yield said, answers
            said, answers = words, []
    yield said, answers


def differences(expected: list[Expected], found: list[str]) -> list[Difference]:
    """Where the answers to one line are others than expected: the first such line, if any."""
    for at, (number, words) in enumerate(expected):
        line = found[at] if at < len(found) else NOTHING
        if not fits(words, line):
            return [Difference(number, words, line)]
    if len(found) > len(expected):
        last = expected[-1][0] if expected else 0
        return [Difference(last, NOTHING, found[len(expected)])]
    return []


def fits(pattern: str, line: str) -> bool:
    """Whether a line is what the transcript says; ``*`` is anything."""
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), line, re.DOTALL) is not None
