"""What a POP3 server says: ``+OK`` or ``-ERR``, perhaps a code in brackets, and words for people.

Programs look at the first word only, and, since RFC 2449 §8, at the code: it tells "you are wrong"
from "come back later". A first line has at most 512 octets; longer replies go on, line by line, up
to a line with a single dot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 512
"""Octets of a reply's first line, CRLF included (RFC 1939 §3)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """``code`` is a response code without brackets: ``IN-USE``, ``AUTH``, ``SYS/TEMP``."""

    ok: bool
    text: str = ""
    code: str = ""

    def __str__(self) -> str:
        words = ["+OK" if self.ok else "-ERR"]
        words += [f"[{self.code}]"] if self.code else []
        return " ".join([*words, self.text] if self.text else words)

    def wire(self) -> bytes:
        """
        >>> Reply(False, "maildrop is open in another session", "IN-USE").wire()
        b'-ERR [IN-USE] maildrop is open in another session\\r\\n'
        """
        line = str(self).encode("ascii", "replace").replace(b"\r", b"?").replace(b"\n", b"?")
        return line[: LONGEST - 2] + b"\r\n"


def ok(text: str = "") -> Reply:
    return Reply(True, text)


def err(text: str, code: str = "") -> Reply:
    return Reply(False, text, code)


def listing(reply: Reply, lines: Iterable[str]) -> bytes:
    """A reply with more lines, which are ASCII and do not begin with a dot."""
    return reply.wire() + "".join(f"{line}\r\n" for line in lines).encode("ascii") + b".\r\n"


# RFC 1939 §7, RFC 3206 §4: the credentials are at fault; the same words for a name that nobody has.
WRONG_PASSWORD = err("login and password do not belong together", "AUTH")
TOO_MANY_LOGINS = err("too many failed logins, good-bye", "AUTH")
# RFC 2449 §8.1.2
IN_USE = err("the maildrop is open in another session, or being written to", "IN-USE")
# RFC 2449 §8.1.1
LOGIN_DELAY = err("you were here a moment ago, come back later", "LOGIN-DELAY")
# RFC 2449 §4: a command has at most 255 octets.
LINE_TOO_LONG = err("the line is too long: a command has at most 255 octets")
# RFC 3206 §3: not the client's fault, and later it may work.
TOO_MANY_CONNECTIONS = err("too many connections, please come back later", "SYS/TEMP")
MAKING_ROOM = err("too many connections: this one has to make room for another", "SYS/TEMP")
TOO_MANY_ERRORS = err("too many errors in a row, good-bye")
# RFC 1939 §6: the server was not able to remove what was marked.
NOT_REMOVED = err("some deleted messages not removed, they will be here next time")
