"""Access agents: servers that let a person's program reach the message store, and their clients.

In the order to read: `accounts`, who may read which mailbox; `lines`, how strangers' octets become
lines; `pop3`, the server; `client`, the other end of the line; `events`, what the trace is told.
"""

from .accounts import Accounts, Passwords, User
from .client import Pop3Client, Pop3Error
from .events import Expunged, LoggedIn, LoginRefused, Retrieved
from .pop3 import serve

__all__ = [
    "Accounts",
    "Expunged",
    "LoggedIn",
    "LoginRefused",
    "Passwords",
    "Pop3Client",
    "Pop3Error",
    "Retrieved",
    "User",
    "serve",
]
