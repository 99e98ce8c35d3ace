"""A session: one visitor's question, and the streams of the command that answers it.

The command sees ordinary streams. Reading from one sends a frame that asks the terminal for input;
writing to one fills a buffer, which is sent when it is full, when the command waits for input, and
at the end.

Try: ``labmail at mail.example.com exim -be`` and type ``${uc:hello}``.
"""

from __future__ import annotations

import io
import struct
import weakref
from typing import TYPE_CHECKING, Any

from . import frames
from .frames import Line, Question

if TYPE_CHECKING:
    from labmail.lab import Lab

INTERNAL = 70
"""EX_SOFTWARE: a fault of ours."""


class Streams:
    """Standard input, output and errors of a command, at the other end of a line."""

    def __init__(self, line: Line) -> None:
        self.out = io.BufferedWriter(_Sent(line, frames.OUTPUT), frames.CHUNK)
        self.err = io.BufferedWriter(_Sent(line, frames.ERRORS), frames.CHUNK)
        self.input = io.BufferedReader(_Asked(line, self), frames.CHUNK)

    def flush(self) -> None:
        """Sends what was written."""
        self.out.flush()
        self.err.flush()


class _Sent(io.RawIOBase):
    def __init__(self, line: Line, kind: bytes) -> None:
        self._line, self._kind = line, kind

    def writable(self) -> bool:
        return True

    def write(self, octets: Any) -> int:
        chunk = bytes(octets[: frames.CHUNK])
        self._line.send(self._kind, chunk)
        return len(chunk)


class _Asked(io.RawIOBase):
    """Input that is asked for when it is wanted."""

    def __init__(self, line: Line, streams: Streams) -> None:
        self._line, self._streams = line, streams
        self._rest = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest and not self._ended:
            self._streams.flush()
            self._line.send(frames.WANT)
            _, self._rest = self._line.receive(frames.INPUT)
            self._ended = not self._rest
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def converse(line: Line, lab: weakref.ref[Lab]) -> None:
    """Hears a question and has it answered. Raises OSError, ChannelError where the line breaks."""
    _, asked = line.receive(frames.QUESTION)
    question = Question.read(asked)
    streams = Streams(line)
    code = _answered(question, lab(), streams)
    streams.flush()
    line.send(frames.EXIT, struct.pack("!i", code))


def _answered(question: Question, lab: Lab | None, streams: Streams) -> int:
    from .answering import answer
    from .call import NotThere

    try:
        if lab is None or not lab.is_open:
            raise NotThere("the lab has been closed")
        return answer(lab, question, streams)
    except NotThere as problem:
        streams.err.write(f"labmail at: {problem}\n".encode())
        return NotThere.code
    except (OSError, frames.ChannelError):
        raise
    except RuntimeError as problem:  # the lab was closed meanwhile, or somebody moves its clock
        streams.err.write(f"labmail at: {problem}\n".encode())
    except Exception as problem:  # a fault of ours: it must be told, and the lab goes on
        told = f"labmail at: {type(problem).__name__}: {problem}\n"
        streams.err.write(told.encode("utf-8", "surrogateescape"))
    return INTERNAL
