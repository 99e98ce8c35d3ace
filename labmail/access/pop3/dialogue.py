"""POP3 as a table: in which state which command may be said, and where it leads.

::

                   USER PASS CAPA STAT LIST RETR DELE NOOP RSET TOP UIDL QUIT
    AUTHORIZATION   ●         ○                                           ◍    before USER
    NAMED           ○    ●    ○                                           ◍    after USER
    TRANSACTION               ○    ○    ○    ○    ○    ○    ○    ○   ○    ◍    logged in

    ○ stays   ● goes on: USER to NAMED, PASS to TRANSACTION, or back   ◍ ends the session

Three states of RFC 1939 §3 and §6; AUTHORIZATION is drawn as two, since PASS comes only after USER.
UPDATE, the third, is what QUIT does in TRANSACTION: only there letters are removed. A connection
that breaks never gets there, so nothing is lost with it.

The drawing is made from `TABLE`, and so are the refusals and the tests.

Try::

    >>> check(State.AUTHORIZATION, parse(b"STAT\\r\\n"))
    Traceback (most recent call last):
    labmail.access.pop3.dialogue.Refused: STAT is for after login: say USER and PASS first

Law: RFC 1939 (POP3), RFC 2449 (CAPA, response codes), RFC 3206 (AUTH, SYS).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .replies import err


class State(Enum):
    """Where a session is. The values are the words for people."""

    AUTHORIZATION = "before USER"
    NAMED = "after USER"
    TRANSACTION = "logged in"
    UPDATE = "after QUIT"


A, N, T, U = State


@dataclass(frozen=True, slots=True)
class Verb:
    """A command: how many arguments it takes, how it is written, the law, and what it leads to."""

    fewest: int
    most: int
    usage: str
    law: str
    leads: dict[State, tuple[State, ...]]


def _stays(*states: State) -> dict[State, tuple[State, ...]]:
    return {state: (state,) for state in states}


TABLE: dict[str, Verb] = {
    "USER": Verb(1, 1, "USER name", "RFC 1939 §7", {A: (N,), N: (N,)}),
    "PASS": Verb(1, 1, "PASS password", "RFC 1939 §7", {N: (T, A)}),
    "CAPA": Verb(0, 0, "CAPA", "RFC 2449 §5", _stays(A, N, T)),
    "STAT": Verb(0, 0, "STAT", "RFC 1939 §5", _stays(T)),
    "LIST": Verb(0, 1, "LIST [number]", "RFC 1939 §5", _stays(T)),
    "RETR": Verb(1, 1, "RETR number", "RFC 1939 §5", _stays(T)),
    "DELE": Verb(1, 1, "DELE number", "RFC 1939 §5", _stays(T)),
    "NOOP": Verb(0, 0, "NOOP", "RFC 1939 §5", _stays(T)),
    "RSET": Verb(0, 0, "RSET", "RFC 1939 §5", _stays(T)),
    "TOP": Verb(2, 2, "TOP number lines", "RFC 1939 §7", _stays(T)),
    "UIDL": Verb(0, 1, "UIDL [number]", "RFC 1939 §7", _stays(T)),
    "QUIT": Verb(0, 0, "QUIT", "RFC 1939 §4, §6", {A: (U,), N: (U,), T: (U,)}),
}


def allowed(state: State) -> tuple[str, ...]:
    """The commands that may be said in a state.

    >>> allowed(State.NAMED)
    ('USER', 'PASS', 'CAPA', 'QUIT')
    """
    return tuple(name for name, verb in TABLE.items() if state in verb.leads)


def drawing() -> str:
    """The table as the head of this module shows it."""
    rows = [" " * 15 + " ".join(TABLE)]
    for state in (A, N, T):
        marks = (_mark(verb, state).center(len(name)) for name, verb in TABLE.items())
        rows.append(f"{state.name:15}{' '.join(marks)}  {state.value}")
    return "\n".join(rows)


def _mark(verb: Verb, state: State) -> str:
    leads = verb.leads.get(state)
    if leads is None:
        return " "
    return "◍" if U in leads else "○" if leads == (state,) else "●"


# ── reading a line ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Command:
    """A line as read: the verb in capitals, and its arguments."""

    verb: str
    arguments: tuple[str, ...] = ()


class Refused(Exception):
    """A line that cannot be obeyed. ``reply`` says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.reply = err(text)


def parse(line: bytes) -> Command:
    """Reads a line. Raises `Refused`.

    PASS has one argument and takes everything after the first space, for passwords with spaces
    (RFC 1939 §7), and octets that are not ASCII. All others are printable ASCII, and a space more
    or less does no harm.

    >>> parse(b"top 1  10\\r\\n"), parse(b"PASS a  secret \\r\\n")
    (Command(verb='TOP', arguments=('1', '10')), Command(verb='PASS', arguments=('a  secret ',)))
    """
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    word, _, rest = line.partition(b" ")
    if word.upper() == b"PASS":
        _check(rest, lambda octet: octet >= 32 and octet != 127)
        return Command("PASS", (rest.decode("utf-8", "surrogateescape"),) if rest else ())
    _check(line, lambda octet: 32 <= octet < 127)
    verb, *arguments = line.decode("ascii").split(" ")
    return Command(verb.upper(), tuple(filter(None, arguments)))


def _check(octets: bytes, fine: Callable[[int], bool]) -> None:
    if not all(map(fine, octets)):
        raise Refused("a command is made of printable ASCII characters")


def check(state: State, command: Command) -> None:
    """Whether the table and the usage allow this command now. Raises `Refused`.

    >>> check(State.TRANSACTION, Command("RETR"))
    Traceback (most recent call last):
    labmail.access.pop3.dialogue.Refused: RETR number: one argument expected, none found
    """
    verb = TABLE.get(command.verb)
    if verb is None:
        harmless = command.verb.isalnum() and len(command.verb) <= 10
        raise Refused(f"unknown command {command.verb}" if harmless else "unknown command")
    if state not in verb.leads:
        raise Refused(_when(command.verb, state))
    found = len(command.arguments)
    if not verb.fewest <= found <= verb.most:
        raise Refused(f"{verb.usage}: {_expected(verb)} expected, {found or 'none'} found")


def _when(verb: str, state: State) -> str:
    if state is State.TRANSACTION:
        return f"{verb} is for login, and you are logged in already"
    return (
        "say USER first"
        if verb == "PASS"
        else f"{verb} is for after login: say USER and PASS first"
    )


def _expected(verb: Verb) -> str:
    words = ("no argument", "one argument", "two arguments")
    fewest, most = words[verb.fewest], words[verb.most]
    return most if verb.fewest == verb.most else f"{fewest.removesuffix(' argument')} or {most}"
