"""Logging in as a client: the dialogue of AUTH, from the side that has to prove who it is.

    C: AUTH PLAIN AGJvYgBzZWNyZXQ=          the first words go with the command
    C: AUTH LOGIN                           or the server asks for them, one by one
    S: 334 VXNlcm5hbWU6
    C: Ym9i

Base64 keeps nothing secret: what crosses here belongs inside TLS (RFC 8314 §3).

Law: RFC 4954 §4. Try: ``await authenticate(client, "PLAIN", [b"\\0bob\\0secret"])``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .replies import Reply
from .results import NoSession, refusal

if TYPE_CHECKING:
    from .client import Client

Riddle = Callable[[str], Sequence[bytes]]
"""What answers the first question of a server."""

GO_ON, WELCOME = 334, 235


async def authenticate(
    client: Client,
    mechanism: str,
    words: Sequence[bytes],
    answer: Riddle | None = None,
) -> Reply | None:
    """The first of ``words`` goes with the command, unless it is empty, and the others answer what
    the server asks; ``answer`` makes them of its first question. None where it let us in, else its
    reply. Raises `NoSession` where the conversation is lost.
    """
    left = list(words)
    first = f" {_base64(left[0])}" if left and left[0] else ""
    shown = masked(mechanism, left.pop(0) if left else b"")
    reply = await client.asked(f"AUTH {mechanism}{first}", shown)
    while reply.code == GO_ON:
        if answer is not None:
            left, answer = list(answer(reply.text)), None
        said = _base64(left.pop(0)) if left else "*"
        reply = await client.asked(said, shown)
    if reply.code != WELCOME:
        return reply
    client.user = mechanism
    return None


async def login(client: Client, user: str, password: str) -> None:
    """Logs in with PLAIN or LOGIN, as the server offers it; once, so that it is told once. Raises
    `NoSession`."""
    name, secret = user.encode("utf-8"), password.encode("utf-8")
    ways = {"PLAIN": [b"\0" + name + b"\0" + secret], "LOGIN": [name, secret]}
    offered = [way for way in ways if way in client.extensions.get("AUTH", "").split()]
    if not offered:
        client.close()
        raise NoSession(client.not_offered("AUTH PLAIN or LOGIN"))
    refused = await authenticate(client, offered[0], ways[offered[0]])
    if refused is not None:
        raise NoSession(refusal(refused, "AUTH", client.target, client.address))
    client.user = user


def masked(mechanism: str, first: bytes = b"") -> str:
    r"""The command as it may be told: a secret is as many stars.

    >>> masked("PLAIN", b"\0bob\0secret")
    'AUTH PLAIN ****************'
    """
    return f"AUTH {mechanism} {'*' * len(_base64(first))}" if first else f"AUTH {mechanism}"


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii") or "="
