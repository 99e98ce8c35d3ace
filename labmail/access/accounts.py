"""Who may read which mailbox: what an access agent must know of a person.

Try: ``Passwords({"bob": ("secret", user)}).check("bob", "secret")``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from labmail.store import Store


@dataclass(frozen=True)
class User:
    """A person with a mailbox: ``login`` at the server, mail ``address``, ``mailbox`` as a path of
    the host's tree, and the ``store`` that keeps it."""

    login: str
    address: str
    mailbox: str
    store: Store


class Accounts(Protocol):
    """Whoever knows passwords."""

    def check(self, login: str, password: str) -> User | None:
        """The user, or None where login and password do not belong together."""
        ...


class Passwords:
    """Accounts in memory: users by login, each with a password. The address will do as a login too.

    An unknown login takes as long to refuse as a wrong password does, so that nobody can find out
    by a clock who has an account.
    """

    def __init__(self, users: Mapping[str, tuple[str, User]]) -> None:
        self._users = dict(users)
        for password, user in tuple(self._users.values()):
            self._users.setdefault(user.address, (password, user))

    def check(self, login: str, password: str) -> User | None:
        expected, user = self._users.get(login, ("", None))
        right = hmac.compare_digest(_octets(expected), _octets(password))
        return user if right and expected else None


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
