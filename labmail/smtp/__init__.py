"""SMTP: the language in which mail is handed over, spoken from both sides.

In the order to read: `replies` (what a server may say), `dialogue` (what may come when, as one
table), `commands`, `paths`, `parameters` and `dsn` (what a line means), `content` and `chunking`
(the letter, up to the dot or piece by piece), `session` (what is known, and the `Gate` that
decides), `conversation`, `authentication`, `hello`, `taking`, `verbs` and `server` (one side),
`client` and `results` (the other), `events` (what is told).

Law: RFC 5321, and for the extensions RFC 1870, 2034, 2920, 3030, 3207, 3461, 4954, 6152, 6531.
"""

# The order is that in which to read them.
# isort: off
from .replies import Reply
from .dialogue import State, allowed, mermaid, next_state
from .commands import Command, read_command
from .paths import NULL, Path, PathError, PathTooLong, parse_path
from .parameters import MailParameters, Refused
from .dsn import Wish, Wishes
from .content import Content, Intake, hops, stuffed
from .limits import Limits
from .session import Gate, Session, Transaction
from .server import Server, serve
from .results import NoSession, Sent
from .client import Client
# isort: on

__all__ = [
    "NULL",
    "Client",
    "Command",
    "Content",
    "Gate",
    "Intake",
    "Limits",
    "MailParameters",
    "NoSession",
    "Path",
    "PathError",
    "PathTooLong",
    "Refused",
    "Reply",
    "Sent",
    "Server",
    "Session",
    "State",
    "Transaction",
    "Wish",
    "Wishes",
    "allowed",
    "hops",
    "mermaid",
    "next_state",
    "parse_path",
    "read_command",
    "serve",
    "stuffed",
]
