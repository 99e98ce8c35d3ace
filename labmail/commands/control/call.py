"""A command being run on a host: its words, whose they are, and where it may speak.

Try: ``call.say("hello\\n")``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..exim.hosts import caller_on

if TYPE_CHECKING:
    from labmail.lab import Lab, LabHost

    from ..exim.caller import Caller
    from .session import Streams


class NotThere(Exception):
    """No such host, no such user; the message names those that there are."""

    code = 125


@dataclass(frozen=True, slots=True)
class Call:
    """A command being run."""

    lab: Lab
    host: LabHost
    user: str
    name: str
    arguments: Sequence[str]
    streams: Streams

    def say(self, text: str) -> None:
        """A line (or more) on standard output."""
        self.streams.out.write(text.encode("utf-8", "surrogateescape"))

    def complain(self, text: str, code: int = 1) -> int:
        """A line on standard error, under the name of the command; gives the exit code."""
        self.streams.flush()
        self.streams.err.write(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return code

    @property
    def is_root(self) -> bool:
        return self.user in ("", "root")

    @property
    def texts(self) -> list[str]:
        """The words as text; they come as octets."""
        return [
            each.encode("latin-1").decode("utf-8", "surrogateescape") for each in self.arguments
        ]

    @property
    def caller(self) -> Caller:
        """Whoever types it, on that host, for Exim's command line. Raises `NoSuchUser`."""
        streams = self.streams
        return caller_on(
            self.lab, self.host, streams.input, streams.out, streams.err, {}, user=self.user
        )


Command = Callable[[Call], int]


def root_only(command: Command) -> Command:
    """A command that nobody but root may run."""

    def checked(call: Call) -> int:
        if not call.is_root:
            return call.complain("Operation not permitted")
        return command(call)

    return checked
