r"""Commands: one line of a client, taken apart into a verb and its argument.

A command is a line of printable ASCII that ends with CR LF, at most 512 octets long (RFC 5321
§4.1.1, §4.5.3.1.4); an address in it may be UTF-8, where SMTPUTF8 is said (RFC 6531). Capitals do
not matter in a verb, and white space before the CRLF is forgiven. What is no such line is answered
here, before anything looks at its meaning:

* a line that ends with LF alone is not obeyed: what one server takes for two commands another
  takes for one, and mail has been smuggled between them (§2.3.8);
* control characters have no place, NUL least of all;
* ``GET / HTTP/1.1`` comes from a web browser, or from an attacker who uses one: a mail server that
  answers 500 and reads on would obey the SMTP commands hidden in the rest of the request.

Try: ``read_command(b"MAIL FROM:<alice@example.com>\r\n", Limits())``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import replies
from .dialogue import VERBS
from .limits import Limits
from .parameters import Refused

HTTP_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI")
)
"""RFC 9110 §9 and RFC 5789; PRI opens HTTP/2 (RFC 9113 §3.4)."""

ALONE = ("DATA", "RSET", "QUIT", "STARTTLS")
"""Verbs that take no argument (RFC 5321 §4.1.1, RFC 3207 §4)."""

ADDRESSED = ("MAIL", "RCPT", "VRFY", "EXPN")
"""Verbs whose argument may be UTF-8, where SMTPUTF8 is said (RFC 6531 §3)."""

FORMS = {
    "EHLO": "EHLO client.example.com",
    "HELO": "HELO client.example.com",
    "MAIL": "MAIL FROM:<alice@example.com> [SIZE=octets] [BODY=8BITMIME] [AUTH=<>] [SMTPUTF8]"
    " [RET=HDRS] [ENVID=name]",
    "RCPT": "RCPT TO:<bob@ask.com> [NOTIFY=SUCCESS,FAILURE] [ORCPT=rfc822;bob@ask.com]",
    "DATA": "DATA",
    "BDAT": "BDAT octets [LAST]",
    "RSET": "RSET",
    "NOOP": "NOOP [anything]",
    "QUIT": "QUIT",
    "VRFY": "VRFY bob",
    "EXPN": "EXPN list",
    "HELP": "HELP [verb]",
    "STARTTLS": "STARTTLS",
    "AUTH": "AUTH PLAIN [response]",
}
"""An example of each command, shown by HELP and by the replies that refuse a malformed one."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SECRET = re.compile(rb"(\s*AUTH[ \t]+\S+[ \t]+)[^\r\n]+", re.IGNORECASE)
_MASK = rb"\1***"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: ``verb`` in capitals, ``argument`` as it was written, without outer spaces."""

    verb: str
    argument: str = ""


def read_command(line: bytes, limits: Limits, *, cut: int = 0) -> Command:
    """The command on ``line``, which has its line end. Raises `Refused` with the fitting reply.

    ``cut`` octets were too much to be kept.
    """
    if verb_of(line) in HTTP_METHODS:
        raise Refused(replies.NOT_MAIL)
    if cut:
        raise Refused(too_long(verb_of(line)))
    if not line.endswith(b"\r\n") or b"\n" in line[:-2]:
        raise Refused(replies.BARE_LINE_FEED)
    verb, _, argument = line[:-2].decode("utf-8", "surrogateescape").partition(" ")
    command = Command(verb.upper() if verb.isascii() else verb, argument.strip(" "))
    if len(line) > limits.line(command.verb):
        raise Refused(too_long(command.verb))
    if not (command.verb or command.argument):
        raise Refused(replies.EMPTY_LINE)
    if command.verb not in VERBS:
        raise Refused(replies.UNKNOWN_COMMAND)
    _check_argument(command)
    return command


def _check_argument(command: Command) -> None:
    if command.argument and command.verb in ALONE:
        raise Refused(replies.NO_ARGUMENT)
    if _CONTROL.search(command.argument):
        raise Refused(replies.CONTROL_CHARACTER)
    if not command.argument.isascii() and command.verb not in ADDRESSED:
        raise Refused(replies.NOT_ASCII)


def too_long(verb: str) -> replies.Reply:
    """The reply to a line of ``verb`` that is longer than its limit."""
    return replies.AUTH_LINE_TOO_LONG if verb == "AUTH" else replies.LINE_TOO_LONG


def verb_of(line: bytes) -> str:
    """The first word of a line in capitals, whatever follows; "" if it is not ASCII letters."""
    word = line[:16].split(None, 1)[:1]
    return word[0].decode("latin-1").upper() if word and word[0].isalpha() else ""


def without_secret(line: bytes) -> bytes:
    r"""The line with the initial response of AUTH masked.

    >>> without_secret(b"AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n")
    b'AUTH PLAIN ***\r\n'
    """
    return _SECRET.sub(_MASK, line)
