"""Replies: what a server may say, each said in one place: code, enhanced code and words together.

A reply is three digits for the program and words for the reader (RFC 5321 §4.2). The first digit is
all that a client needs: 2 done, 3 go on, 4 not now, 5 never. The enhanced code (RFC 3463, offered
as ENHANCEDSTATUSCODES by RFC 2034) says more exactly what it is about: ``X.1`` the address, ``X.3``
the mail system, ``X.5`` the protocol, ``X.7`` security::

    550-5.1.1 unknown user
    │││ │││
    ││└ which of its kind            5.1.1: bad destination mailbox address (RFC 3463 §3.2)
    │└─ 0 syntax 2 connection 5 mail system
    └── 2 yes · 3 go on · 4 later · 5 no

Nothing that a client sent is echoed raw: what is not printable ASCII leaves as ``?``.

Try: ``python -m labmail.smtp replies`` prints them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_REPLY_LINE = 512
"""Octets of a reply line, with code and CRLF (RFC 5321 §4.5.3.1.5)."""

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: +|$)")


@dataclass(frozen=True, slots=True)
class Reply:
    r"""A reply: ``code``, ``text`` (may have several lines, ``\n`` between) and enhanced code.

    >>> Reply(250, "OK", "2.1.0").wire()
    b'250 2.1.0 OK\r\n'
    >>> Reply(550, "first\nsecond", "5.7.1").wire()
    b'550-5.7.1 first\r\n550 5.7.1 second\r\n'
    """

    code: int
    text: str = ""
    enhanced: str | None = None
    utf8: bool = False
    """Whether it may go beyond ASCII: the client has said that it can read that (RFC 6531)."""

    def __post_init__(self) -> None:
        if not 200 <= self.code <= 599:
            raise ValueError(f"a reply code has three digits from 200 to 599, found {self.code}")

    @property
    def positive(self) -> bool:
        """2yz or 3yz: done, or go on (RFC 5321 §4.2.1)."""
        return self.code < 400

    @property
    def temporary(self) -> bool:
        """4yz: the same again may work later."""
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        """5yz: the same again will not work."""
        return self.code >= 500

    def lines(self) -> list[str]:
        """The lines without CRLF, split where a line would be longer than 512 octets."""
        prefix = f"{self.enhanced} " if self.enhanced else ""
        room = MAX_REPLY_LINE - len("250-\r\n") - len(prefix)
        lines = (_clean(line, self.utf8) for line in self.text.split("\n"))
        words = [part for line in lines for part in _fold(line, room)]
        ends = ["-"] * (len(words) - 1) + [" "]
        return [f"{self.code}{end}{prefix}{line}" for end, line in zip(ends, words, strict=True)]

    def wire(self) -> bytes:
        """The bytes that cross the network."""
        return "".join(f"{line}\r\n" for line in self.lines()).encode("utf-8")

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)

    def with_enhanced(self) -> Reply:
        """Itself with an enhanced code, the general one of its class where it has none.

        RFC 2034 §4 asks for one in each 2yz, 4yz and 5yz reply but to the greeting, HELO and EHLO.
        """
        if self.enhanced or self.code // 100 == 3:
            return self
        return replace(self, enhanced=f"{self.code // 100}.0.0")

    @classmethod
    def heard(cls, code: int, text: str) -> Reply:
        """The reply that a client heard: takes the enhanced code out of the words.

        >>> Reply.heard(550, "5.1.1 unknown user")
        Reply(code=550, text='unknown user', enhanced='5.1.1')
        """
        found = _ENHANCED.match(text)
        if not found or int(found[1][0]) != code // 100:
            return cls(code, text)
        words = "\n".join(line.removeprefix(found[0]) for line in text.split("\n"))
        return cls(code, words, found[1])


def _clean(line: str, utf8: bool) -> str:
    if not utf8:
        return _UNPRINTABLE.sub("?", line)
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _fold(line: str, room: int) -> Iterator[str]:
    if not line.isascii():
        room //= 4  # octets of the longest letter of UTF-8
    while len(line) > room:
        cut = line.rfind(" ", room // 2, room + 1)
        cut = cut if cut > 0 else room
        yield line[:cut]
        line = line[cut:].lstrip(" ")
    yield line


# --- yes (2yz), go on (3yz) ---------------------------------------------------------------------

OK = Reply(250, "OK", "2.0.0")
SENDER_OK = Reply(250, "OK", "2.1.0")
RECIPIENT_OK = Reply(250, "Accepted", "2.1.5")
CANNOT_VERIFY = Reply(252, "Cannot verify the user, but will try to deliver", "2.5.0")
"""RFC 5321 §3.5.3: neither yes nor no."""
READY_FOR_TLS = Reply(220, "Ready to start TLS", "2.0.0")
"""RFC 3207 §4."""
LOGGED_IN = Reply(235, "Authentication succeeded", "2.7.0")
"""RFC 4954 §6."""
START_CONTENT = Reply(354, 'Enter the message, end with "." on a line by itself')

# --- not now (4yz) ------------------------------------------------------------------------------

IDLE_TOO_LONG = Reply(421, "Nothing heard for too long, closing connection", "4.4.2")
"""RFC 5321 §4.5.3.2; RFC 3463 X.4.2, bad connection."""
SHUTTING_DOWN = Reply(421, "Service is shutting down, closing connection", "4.3.2")
"""RFC 5321 §3.8."""
TOO_MANY_ERRORS = Reply(421, "Too many errors, closing connection", "4.7.0")
TOO_MANY_LOGINS = Reply(421, "Too many failed logins, closing connection", "4.7.0")
TOO_MANY_RECIPIENTS = Reply(452, "Too many recipients; send the rest in a further letter", "4.5.3")
"""RFC 5321 §4.5.3.1.10, which prefers 452 to 552."""
TOO_MANY_CONNECTIONS = Reply(421, "Too many connections, please try later", "4.7.0")
"""RFC 5321 §3.8; nobody inside can make room."""
MAKING_ROOM = Reply(421, "Too many connections: this one has to make room for another", "4.7.0")
LETTER_TOO_SLOW = Reply(421, "The letter comes too slowly, closing connection", "4.4.2")
LETTERS_TOO_MANY = Reply(421, "Too much mail is coming in, please try this letter later", "4.3.1")
"""RFC 3463 X.3.1, mail system full."""
LOCAL_PROBLEM = Reply(451, "Local problem while working on this, please try again later", "4.3.0")
LOCAL_PROBLEM_CLOSING = Reply(421, "Local problem, closing connection", "4.3.0")

# --- no: the line itself (50z) ------------------------------------------------------------------

UNKNOWN_COMMAND = Reply(500, "Command not recognized; HELP lists those that are", "5.5.2")
EMPTY_LINE = Reply(500, "An empty line is no command", "5.5.2")
LINE_TOO_LONG = Reply(500, "Command line too long", "5.5.2")
AUTH_LINE_TOO_LONG = Reply(500, "Authentication line too long", "5.5.6")
"""RFC 4954 §6."""
BARE_LINE_FEED = Reply(500, "A line ends with CR LF, not with LF alone (RFC 5321 2.3.8)", "5.5.2")
CONTROL_CHARACTER = Reply(500, "Control characters have no place in a command", "5.5.2")
NOT_ASCII = Reply(501, "Only ASCII may stand in this command", "5.5.2")
NOT_IMPLEMENTED = Reply(502, "Command not implemented here", "5.5.1")
NO_SUCH_HELP = Reply(504, "No help about that; HELP alone lists the commands", "5.5.4")
BAD_CHUNK = Reply(501, "Syntax: BDAT octets [LAST]", "5.5.4")
"""RFC 3030 §2."""
NO_ARGUMENT = Reply(501, "This command takes no argument", "5.5.4")
BAD_HELO = Reply(501, "Give a domain name or an address literal such as [192.0.2.1]", "5.5.4")
"""RFC 5321 §4.1.1.1."""
ADDRESS_NOT_ASCII = Reply(553, "An address beyond ASCII takes the parameter SMTPUTF8", "5.6.7")
"""RFC 6531 §3.5 and its enhanced code X.6.7."""
NOT_UTF8 = Reply(501, "That is neither ASCII nor UTF-8", "5.5.2")
"""RFC 6531 §3.1: what is not ASCII must be UTF-8."""
UTF8_ANSWER = Reply(252, "The answer is beyond ASCII; ask again with SMTPUTF8", "2.6.8")
"""RFC 6531 §3.7.4.2: the client has not said that it can read it."""

# --- no: out of order (503) ---------------------------------------------------------------------

HELLO_FIRST = Reply(503, "HELO or EHLO required", "5.5.1")
EHLO_FIRST = Reply(503, "EHLO required", "5.5.1")
SENDER_FIRST = Reply(503, "Sender not yet given: MAIL comes first", "5.5.1")
RECIPIENT_FIRST = Reply(503, "No valid recipient yet: RCPT comes first", "5.5.1")
"""RFC 5321 §3.3 allows 503 or 554 where all recipients were refused."""
SENDER_KNOWN = Reply(503, "Sender already given: RSET to begin again", "5.5.1")
CHUNKS_BEGUN = Reply(503, "The letter has begun with BDAT: go on with BDAT, or RSET", "5.5.1")
"""RFC 3030 §2: DATA and BDAT do not mix."""
IN_TRANSACTION = Reply(503, "Not while a letter is being handed over", "5.5.1")
"""RFC 4954 §4: AUTH is not permitted during a mail transaction."""
TLS_ALREADY = Reply(503, "TLS is already in use", "5.5.1")
LOGGED_IN_ALREADY = Reply(503, "Already authenticated", "5.5.1")
"""RFC 4954 §4: after a success no more AUTH in this session."""
ONLY_QUIT = Reply(503, "No service here: only QUIT is answered", "5.5.1")
"""RFC 5321 §3.1: what follows a 554 greeting."""

# --- no: parameters -----------------------------------------------------------------------------

PARAMETERS_NEED_EHLO = Reply(555, "Parameters may follow only after EHLO", "5.5.4")
BAD_PARAMETER = Reply(501, "Parameters are written NAME or NAME=value", "5.5.4")
BAD_SIZE = Reply(501, "SIZE= takes a number of octets, at most 20 digits", "5.5.4")
"""RFC 1870 §3."""
BAD_BODY = Reply(501, "BODY= takes 7BIT or 8BITMIME", "5.5.4")
"""RFC 6152 §2."""
BAD_XTEXT = Reply(501, "AUTH= takes <> or an address in xtext", "5.5.4")
"""RFC 4954 §5, RFC 3461 §4."""

# --- authentication and TLS (RFC 4954 §6, RFC 3207 §4) ----------------------------------------

TLS_FIRST = Reply(538, "Encryption required for authentication: STARTTLS first", "5.7.11")
BAD_MECHANISM = Reply(504, "Authentication mechanism not offered", "5.5.4")
BAD_BASE64 = Reply(501, "That is not base64", "5.5.2")
BAD_CREDENTIALS = Reply(501, "The mechanism's answer is malformed", "5.5.2")
LOGIN_CANCELLED = Reply(501, "Authentication cancelled", "5.7.0")
LOGIN_REFUSED = Reply(535, "Incorrect authentication data", "5.7.8")
LOGIN_PROBLEM = Reply(454, "Temporary authentication failure", "4.7.0")

# --- no: the letter -----------------------------------------------------------------------------

DECLARED_TOO_BIG = Reply(552, "Message size exceeds the maximum permitted", "5.3.4")
TOO_BIG = DECLARED_TOO_BIG
TEXT_LINE_TOO_LONG = Reply(500, "A line of the message is too long", "5.6.0")
"""RFC 5321 §4.5.3.1.9 and .10."""
TOO_MANY_HOPS = Reply(554, "Too many Received fields: this letter goes round in a loop", "5.4.6")
"""RFC 5321 §6.3; RFC 3463 X.4.6, routing loop detected."""
NOT_MAIL = Reply(554, "This is a mail server and you speak HTTP to it", "5.5.1")


# --- replies with something to say ---------------------------------------------------------------


def greeting(hostname: str) -> Reply:
    """220, the server's first word (RFC 5321 §4.3.1: its name comes first)."""
    return Reply(220, f"{hostname} ESMTP labmail")


def bye(hostname: str) -> Reply:
    """221 to QUIT (RFC 5321 §4.1.1.10)."""
    return Reply(221, f"{hostname} closing connection", "2.0.0")


def syntax(form: str) -> Reply:
    """501: the command is known, its argument is not understood; ``form`` shows the right one."""
    return Reply(501, f"Syntax: {form}", "5.5.4")


def bad_path(form: str, problem: str, enhanced: str) -> Reply:
    """501: no path. ``enhanced`` is 5.1.7 for a sender, 5.1.3 for a recipient (RFC 3463 §3.2)."""
    return Reply(501, f"{problem}; syntax: {form}", enhanced)


def repeated_parameter(name: str) -> Reply:
    """501: RFC 5321 §4.1.1.11 gives a parameter one value."""
    return Reply(501, f"{name} given twice", "5.5.4")


def bad_value(problem: str) -> Reply:
    """501: the parameter is known, its value is none of those that it takes."""
    return Reply(501, problem, "5.5.4")


def chunk_taken(octets: int) -> Reply:
    """250 to a chunk that is not the last (RFC 3030 §2)."""
    return Reply(250, f"{octets} octets received", "2.0.0")


def unknown_parameter(name: str) -> Reply:
    """555: RFC 5321 §4.1.1.11."""
    return Reply(555, f"{name} is not a parameter that is offered here", "5.5.4")


def help_text(text: str) -> Reply:
    """214 (RFC 5321 §4.1.1.8)."""
    return Reply(214, text, "2.0.0")


def challenge(text: str) -> Reply:
    """334: the server's half of an authentication, in base64 (RFC 4954 §4)."""
    return Reply(334, text)
