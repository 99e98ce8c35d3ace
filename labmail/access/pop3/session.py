"""A session: what the server knows of one conversation, and what it is asked to do next.

`Session.receive` is given a line and gives one of five answers; the server does what it says. No
answer but `Update` ever removes anything, and only QUIT in TRANSACTION gives an `Update`.

Try::

    >>> session = Session()
    >>> session.receive(b"user bob\\r\\n")
    Say(reply=Reply(ok=True, text='bob, and the password?', code=''), lines=None)
    >>> session.state.name
    'NAMED'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from labmail.store import StoredMessage

from ..events import counted
from .dialogue import TABLE, Refused, State, check, parse
from .replies import LINE_TOO_LONG, TOO_MANY_ERRORS, Reply, ok

MOST_ERRORS = 100
"""Commands in a row that may be refused before the server hangs up."""
MOST_DIGITS = 10
"""Digits of a number in a command; more cannot be meant."""

CAPABILITIES = (
    "TOP",
    "UIDL",
    "USER",
    "RESP-CODES",
    "AUTH-RESP-CODE",
    "PIPELINING",
    "EXPIRE NEVER",
    "IMPLEMENTATION labmail",
)
"""What CAPA tells (RFC 2449 §6, RFC 3206 §6), before login and after it."""


@dataclass(frozen=True, slots=True)
class Say:
    """A reply, with further lines where ``lines`` is not None."""

    reply: Reply
    lines: Iterable[str] | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """Check the password and open the maildrop; then call `Session.accept` or `Session.refuse`."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message: the whole, or its header and so many ``lines`` of its body."""

    message: StoredMessage
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Remove these messages for good, let go of the maildrop, say good-bye: the UPDATE state."""

    deleted: list[int]


@dataclass(frozen=True, slots=True)
class Bye:
    """Say good-bye and close."""

    reply: Reply


Answer = Say | Login | Send | Update | Bye


@dataclass(slots=True)
class Session:
    """One conversation. ``deleted`` holds the numbers that DELE has marked."""

    capabilities: Sequence[str] = CAPABILITIES
    state: State = State.AUTHORIZATION
    login: str = ""
    messages: tuple[StoredMessage, ...] = ()
    deleted: set[int] = field(default_factory=set)
    errors: int = 0

    def receive(self, line: bytes) -> Answer:
        """What is to be done about a line."""
        try:
            command = parse(line)
            check(self.state, command)
            answer = COMMANDS[command.verb](self, *command.arguments)
        except Refused as refused:
            return self._refused(refused.reply)
        self.errors = 0
        return answer

    def too_long(self) -> Answer:
        """What is to be done about a line that had to be cut."""
        return self._refused(LINE_TOO_LONG)

    def _refused(self, reply: Reply) -> Answer:
        self.errors += 1
        return Bye(TOO_MANY_ERRORS) if self.errors > MOST_ERRORS else Say(reply)

    def accept(self, messages: tuple[StoredMessage, ...]) -> Reply:
        """The password was right and the maildrop is open."""
        self.messages, self.state = messages, State.TRANSACTION
        return ok(f"{self.login} has {self.summary()}")

    def refuse(self) -> None:
        """Back to the beginning: after a failed PASS, USER has to come again (RFC 1939 §7)."""
        self.login, self.state = "", State.AUTHORIZATION

    def left(self) -> Iterator[StoredMessage]:
        """The messages that are not marked for removal."""
        return (message for message in self.messages if message.number not in self.deleted)

    def summary(self) -> str:
        sizes = [message.size for message in self.left()]
        return counted(len(sizes), sum(sizes))


# ── the commands ─────────────────────────────────────────────────────────────────────────────────


def user(session: Session, name: str) -> Answer:
    """Never tells whether the name is known: that would be an address book for spammers."""
    session.login, session.state = name, State.NAMED
    return Say(ok(f"{name}, and the password?"))


def password(session: Session, secret: str) -> Answer:
    return Login(session.login, secret)


def capa(session: Session) -> Answer:
    return Say(ok("capabilities follow"), session.capabilities)


def stat(session: Session) -> Answer:
    """Two numbers with a single space between them: the *drop listing*."""
    sizes = [message.size for message in session.left()]
    return Say(ok(f"{len(sizes)} {sum(sizes)}"))


def list_(session: Session, number: str | None = None) -> Answer:
    """A *scan listing* for one message or for all."""
    if number is not None:
        message = _message(session, number)
        return Say(ok(f"{message.number} {message.size}"))
    return Say(ok(session.summary()), (f"{m.number} {m.size}" for m in session.left()))


def uidl(session: Session, number: str | None = None) -> Answer:
    """A *unique-id listing* for one message or for all."""
    if number is not None:
        message = _message(session, number)
        return Say(ok(f"{message.number} {message.uid}"))
    return Say(ok("unique ids follow"), (f"{m.number} {m.uid}" for m in session.left()))


def retr(session: Session, number: str) -> Answer:
    return Send(_message(session, number))


def top(session: Session, number: str, lines: str) -> Answer:
    return Send(_message(session, number), _number(lines, "number of lines"))


def dele(session: Session, number: str) -> Answer:
    message = _message(session, number)
    session.deleted.add(message.number)
    return Say(ok(f"message {message.number} deleted at QUIT"))


def noop(session: Session) -> Answer:
    return Say(ok())


def rset(session: Session) -> Answer:
    session.deleted.clear()
    return Say(ok(f"maildrop has {session.summary()}"))


def quit_(session: Session) -> Answer:
    logged_in = session.state is State.TRANSACTION
    session.state = State.UPDATE
    return Update(sorted(session.deleted)) if logged_in else Bye(ok("good-bye"))


COMMANDS: dict[str, Callable[..., Answer]] = dict(
    zip(
        TABLE,
        (user, password, capa, stat, list_, retr, dele, noop, rset, top, uidl, quit_),
        strict=True,
    )
)


def _message(session: Session, text: str) -> StoredMessage:
    number = _number(text, "message number")
    if not 1 <= number <= len(session.messages):
        raise Refused(f"no such message, only {len(session.messages)} in maildrop")
    if number in session.deleted:
        raise Refused(f"message {number} already deleted")
    return session.messages[number - 1]


def _number(text: str, what: str) -> int:
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Refused(f"{text[:40]} is no {what}")
    return int(text)
