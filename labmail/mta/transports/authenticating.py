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
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from labmail.exim.config.split import split
from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.message.outcome import Deferred
from labmail.smtp import Client, NoSession
from labmail.smtp.loggingin import masked
from labmail.smtp.results import refusal

from ..told import words as shown
from .asking import Asked

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block

    from ..hosts import Host
    from .base import Hands

FAILED, MISCONFIGURED = -42, -48
"""Exim's numbers: could not log in; an authenticator's string is wrong."""
FALSE = frozenset({"", "0", "no", "false"})

Tried = Literal["", "refused", "let in"]
"""What came of an authenticator, or of all: it was not meant for this host; no; yes."""


async def log_in(asked: Asked, client: Client, host: Host, hands: Hands) -> None:
    """Logs in, if this host is one of those with whom we do. Raises `NoSession` where we must, and
    could not."""
    required = await asked.for_host("hosts_require_auth", host)
    if not required and not await asked.for_host("hosts_try_auth", host):
        return
    if "AUTH" in client.extensions:
        tried = await _one_of_them(asked, client, host, hands)
        if tried == "let in":
            return
        did = "authentication attempt(s) failed" if tried else "no common mechanisms were found"
    else:
        did = "server did not advertise AUTH support"
    if required:
        raise await _none(client, f"authentication required but {did}", FAILED)


async def _none(client: Client, why: str, number: int) -> NoSession:
    await client.quit()
    return NoSession(Deferred(why, number, client.target, client.address, "4.7.0"))


async def _one_of_them(asked: Asked, client: Client, host: Host, hands: Hands) -> Tried:
    offered = client.extensions["AUTH"].upper().split()
    tried: Tried = ""
    for block in hands.configuration.authenticators:
        if str(block["public_name"]).upper() not in offered or not await _used(asked, block):
            continue
        came = await _try(asked, client, block, hands)
        if came == "let in":
            return came
        tried = came or tried
    return tried


async def _used(asked: Asked, block: Block) -> bool:
    """Whether an authenticator is one for clients, and its condition holds."""
    ready = block["client_send"] if "client_send" in block.options else None
    secret = block["client_secret"] if "client_secret" in block.options else None
    if ready is None and secret is None:
        return False
    condition = block["client_condition"]
    if condition is None:
        return True
    try:
        told = (await expand(condition, asked.context)).text
    except (ExpansionFailed, NotNow):
        return False
    return told.strip().lower() not in FALSE


async def _try(asked: Asked, client: Client, block: Block, hands: Hands) -> Tried:
    """One authenticator. Raises `NoSession` where its strings are wrong, or the host says that it
    cannot now."""
    words: list[bytes] = []
    answer = None
    for item in _strings(block):
        told = await _expanded(asked, client, block, item)
        if told is None:
            return ""
        words.append(told.encode("latin-1"))
    if block.driver == "cram_md5":
        name, secret = words
        words, answer = [], lambda challenge: _riddle(challenge, name, secret)
    else:
        words = [plain(word.decode("latin-1")) for word in words]
    mechanism = block["public_name"]
    refused = await client.authenticate(mechanism, words, answer)
    if refused is None:
        named = block["client_set_id"]
        login = await _expanded(asked, client, block, named) if named is not None else None
        client.signs = replace(client.signs, authenticator=block.name, auth_id=login or "")
        return "let in"
    if refused.temporary:
        await client.quit()
        said = masked(mechanism, words[0] if words else b"")
        raise NoSession(refusal(refused, said, client.target, client.address))
    where = f"H={client.target} [{client.address}]"
    hands.log(f"{block.name} authenticator failed {where} {refused}")
    return "refused"


def _strings(block: Block) -> list[str]:
    """What is to be expanded before anything is said."""
    if block.driver == "cram_md5":
        return [block["client_name"] or "$primary_hostname", block["client_secret"]]
    return list(split(block["client_send"]))


async def _expanded(asked: Asked, client: Client, block: Block, text: str) -> str | None:
    """A string's value; None where it is forced to have none."""
    try:
        return (await expand(text, asked.context)).text
    except ExpansionFailed as failed:
        if failed.forced:
            return None
        problem = failed.message
    except NotNow as later:
        problem = later.message
    why = f'expansion of "{text}" failed in {block.name} authenticator: {problem}'
    raise await _none(client, shown(why), MISCONFIGURED)


def plain(text: str) -> bytes:
    r"""What a string of ``client_send`` means.

    >>> plain("^bob^a^^b")
    b'\x00bob\x00a^b'
    """
    whole = text.encode("latin-1")
    return b"^".join(part.replace(b"^", b"\0") for part in whole.split(b"^^"))


def _riddle(challenge: str, name: bytes, secret: bytes) -> Sequence[bytes]:
    """CRAM-MD5: the server's riddle, keyed with the password (RFC 2195 §2)."""
    digest = hmac.new(secret, b64decode(challenge), "md5").hexdigest()
    return [name + b" " + digest.encode("ascii")]
