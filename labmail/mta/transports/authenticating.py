r"""Who we are to the next host: logging in as a client, where it offers AUTH and we are to use it.

``hosts_try_auth`` and ``hosts_require_auth`` say with whom. The configuration's authenticators are
tried in their order: those that the host offers, and that have something to send::

    plain:
      driver = plaintext
      public_name = PLAIN
      client_send = ^bob^secret          a circumflex is a NUL, two are one circumflex
    login:
      driver = plaintext
      public_name = LOGIN
      client_send = : bob : secret       one string for each question

A string that forces a failure means: not with this one. That is how Debian keeps a password from
crossing the wire in the clear: ``${if !eq{$tls_out_cipher}{}{…}fail}``.

Law: Exim specification, §33.2, §34.3, §35.2; RFC 4954, RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5).

Try: a line in /etc/exim4/passwd.client.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.message.outcome import Deferred
from labmail.smtp import Client, NoSession

from .asking import Asked

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from ..hosts import Host
    from .base import Hands

FAILED = -42
"""Exim's number for "could not log in"."""
FALSE = frozenset({"", "0", "no", "false"})


async def log_in(asked: Asked, client: Client, host: Host, hands: Hands) -> None:
    """Logs in, if this host is one of those with whom we do. Raises `NoSession` where we must, and
    could not."""
    required = await asked.for_host("hosts_require_auth", host)
    if not required and not await asked.for_host("hosts_try_auth", host):
        return
    offered = client.extensions.get("AUTH", "").upper().split()
    tried = ""
    for block in hands.configuration.authenticators if offered else ():
        if str(block["public_name"]).upper() not in offered or not await _used(asked, block):
            continue
        problem = await _try(asked, client, block)
        if problem is None:
            return
        if problem:
            tried = problem
            hands.log(f"{block.name} authenticator failed H={host.name} [{host.address}] {problem}")
        if not client.connected:
            break
    if required:
        did = "authentication attempt(s) failed" if tried else "not attempted"
        why = f"authentication required but {did}"
        client.close()
        raise NoSession(Deferred(why, FAILED, host.name, host.address, "4.7.0"))


async def _used(asked: Asked, block: Block) -> bool:
    """Whether an authenticator is one for clients, and its condition holds."""
    ready = block["client_send"] if "client_send" in block.options else None
    secret = block["client_secret"] if "client_secret" in block.options else None
    if ready is None and secret is None:
        return False
    condition = block["client_condition"]
    if condition is None:
        return True
    told = await _expanded(asked, condition)
    return told is not None and told.strip().lower() not in FALSE


async def _try(asked: Asked, client: Client, block: Block) -> str | None:
    """None where it worked; "" where it was not meant for this host; else what went wrong."""
    if block.driver == "cram_md5":
        name = await _expanded(asked, block["client_name"] or "")
        secret = await _expanded(asked, block["client_secret"])
        if name is None or secret is None:
            return ""
        return await _riddle(client, block["public_name"], name, secret)
    words = []
    for item in split(block["client_send"]):
        told = await _expanded(asked, item)
        if told is None:
            return ""
        words.append(plain(told))
    return await client.authenticate(block["public_name"], words)


async def _expanded(asked: Asked, text: str) -> str | None:
    """A string's value; None where it has none, forced or not."""
    try:
        return (await expand(text, asked.context)).text
    except (ExpansionFailed, NotNow):
        return None


def plain(text: str) -> bytes:
    r"""What a string of ``client_send`` means.

    >>> plain("^bob^a^^b")
    b'\x00bob\x00a^b'
    """
    whole = text.encode("latin-1")
    return b"^".join(part.replace(b"^", b"\0") for part in whole.split(b"^^"))


async def _riddle(client: Client, mechanism: str, name: str, secret: str) -> str | None:
    """CRAM-MD5: the server's riddle, keyed with the password."""

    def answer(challenge: str) -> Sequence[bytes]:
        riddle = b64decode(challenge)
        digest = hmac.new(secret.encode("latin-1"), riddle, "md5").hexdigest()
        return [f"{name} {digest}".encode("latin-1")]

    return await client.authenticate(mechanism, (), answer)
