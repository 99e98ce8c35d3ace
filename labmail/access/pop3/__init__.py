"""POP3: the access agent that lets a person's program fetch letters and, if it likes, remove them.

In the order to read: `dialogue`, the commands as a table; `session`, what is decided about each
line; `wire`, how a message is sent; `conversation` and `server`, which do it; `replies` and
`limits`.
"""

from .dialogue import TABLE, State, allowed, drawing, parse
from .limits import Limits
from .replies import Reply
from .server import serve
from .session import Session
from .telling import LetterOf, NameOf

__all__ = [
    "TABLE",
    "LetterOf",
    "Limits",
    "NameOf",
    "Reply",
    "Session",
    "State",
    "allowed",
    "drawing",
    "parse",
    "serve",
]
